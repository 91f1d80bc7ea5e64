import { Injectable } from '@nestjs/common';
import type {
  CategoryListView,
  CategoryView,
  ProductCardView,
  ProductDetailView,
} from '@entrepot/contracts/api/catalog';

import { ProductViews } from '../application/product-views.ts';
import type { Category, CategoryNode } from '../domain/category-tree.ts';
import { treeOf } from '../domain/category-tree.ts';
import { inLocale } from '../domain/locale.ts';
import type { ByLocale, Locale } from '../domain/locale.ts';
import { priceRange, variantsForSale } from '../domain/product.ts';
import type { Product, ProductImage } from '../domain/product.ts';
import { mediaPathOf } from './media-path.ts';

/** Domain → view, REST and GraphQL alike. */
@Injectable()
export class JsonProductViews extends ProductViews {
  card(product: Product, locale: Locale): string | null {
    const view = cardOf(product, locale);
    return view === undefined ? null : JSON.stringify(view);
  }

  detail(product: Product, locale: Locale): string | null {
    const card = cardOf(product, locale);
    if (card === undefined) return null;
    const view: ProductDetailView = {
      ...card,
      description: inLocale(product.texts, locale)?.text.description ?? '',
      options: product.options.map(({ code, labels, values }) => ({
        code,
        label: labelOf(labels, locale, code),
        values: values.map((value) => ({
          code: value.code,
          label: labelOf(value.labels, locale, value.code),
        })),
      })),
      variants: variantsForSale(product).map(({ id, sku, choices, price }) => ({
        id,
        sku,
        choices: { ...choices },
        price: price.amount.toJSON(),
        priceVersion: price.priceVersion,
      })),
      media: product.images.map((image) => imageOf(image, locale)),
      updatedAt: product.updatedAt.toISOString(),
    };
    return JSON.stringify(view);
  }

  categories(categories: readonly Category[], locale: Locale): string {
    const view: CategoryListView = {
      items: treeOf(categories).flatMap((node) => categoryOf(node, locale)),
    };
    return JSON.stringify(view);
  }
}

/** Undefined where nothing of the product is for sale here, or it has no text at all. */
function cardOf(product: Product, locale: Locale): ProductCardView | undefined {
  const variants = variantsForSale(product);
  const range = priceRange(variants);
  const texts = inLocale(product.texts, locale);
  if (range === undefined || texts === undefined) return undefined;
  const [image] = product.images;
  return {
    id: product.id,
    slug: product.slug,
    name: texts.text.name,
    summary: texts.text.summary,
    locale: texts.locale,
    categoryId: product.categoryId,
    image: image === undefined ? null : imageOf(image, locale),
    priceFrom: range.from.toJSON(),
    priceTo: range.to.toJSON(),
    variantCount: variants.length,
    version: product.version,
  };
}

function categoryOf(node: CategoryNode, locale: Locale): CategoryView[] {
  const texts = inLocale(node.texts, locale);
  if (texts === undefined) return [];
  const { name, description } = texts.text;
  return [
    {
      id: node.id,
      slug: node.slug,
      name,
      description,
      locale: texts.locale,
      children: node.children.flatMap((child) => categoryOf(child, locale)),
    },
  ];
}

const imageOf = (image: ProductImage, locale: Locale) => ({
  url: mediaPathOf(image),
  alt: labelOf(image.alt, locale, ''),
  width: image.width,
  height: image.height,
});

const labelOf = (labels: ByLocale<string>, locale: Locale, otherwise: string): string =>
  inLocale(labels, locale)?.text ?? otherwise;
