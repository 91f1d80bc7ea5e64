import {
  Args,
  ArgsType,
  Context,
  Field,
  Int,
  Parent,
  Query,
  ResolveField,
  Resolver,
} from '@nestjs/graphql';
import { productListQuery, productPath } from '@entrepot/contracts/api/catalog';
import type {
  CatalogLocale,
  ProductCardView,
  ProductDetailView,
  ProductSort,
} from '@entrepot/contracts/api/catalog';
import { Access, validationFailed } from '@entrepot/platform-http';
import type { GraphqlContext } from '@entrepot/platform-http';

import { ListProducts } from '../application/list-products.ts';
import { ShowProduct } from '../application/show-product.ts';
import {
  CatalogLocaleEnum,
  ImageObject,
  ProductObject,
  ProductOptionObject,
  ProductPageObject,
  ProductSortEnum,
  VariantObject,
  variantObjectOf,
} from './catalog.graphql.ts';
import { listCursor } from './list-cursor.ts';
import { ProductDetailsLoader } from './product-details-loader.ts';
import { RequestedLocale } from './requested-locale.ts';

const optional = { nullable: true } as const;

@ArgsType()
class ProductListArguments {
  @Field(() => String, optional)
  category?: string;

  @Field(() => String, optional)
  q?: string;

  @Field(() => ProductSortEnum, optional)
  sort?: ProductSort;

  @Field(() => String, optional)
  cursor?: string;

  @Field(() => Int, optional)
  limit?: number;

  @Field(() => CatalogLocaleEnum, optional)
  locale?: CatalogLocale;
}

@Resolver(() => ProductObject)
export class ProductsResolver {
  constructor(
    private readonly listProducts: ListProducts,
    private readonly showProduct: ShowProduct,
    private readonly details: ProductDetailsLoader,
    private readonly locales: RequestedLocale,
  ) {}

  @Query(() => ProductPageObject)
  @Access('public')
  async products(
    @Args() listed: ProductListArguments,
    @Context() context: GraphqlContext,
  ): Promise<ProductPageObject> {
    const asked = productListQuery.safeParse(withoutNulls(listed));
    if (!asked.success) throw validationFailed(asked.error);
    const query = asked.data;
    const locale = this.locales.of(query.locale, context.req.headers['accept-language']);
    const { cards, next } = await this.listProducts.execute({
      categorySlug: query.category,
      words: query.q,
      sort: query.sort,
      after: query.cursor === undefined ? undefined : listCursor.decode(query.cursor),
      limit: query.limit,
      locale,
    });
    return {
      items: cards.map((card) => ({ ...(JSON.parse(card) as ProductCardView), asked: locale })),
      nextCursor: next === undefined ? null : listCursor.encode(next),
    };
  }

  @Query(() => ProductObject)
  @Access('public')
  async product(
    @Args('slug', { type: () => String }) slug: string,
    @Args('locale', { type: () => CatalogLocaleEnum, ...optional })
    inQuery: CatalogLocale | undefined,
    @Context() context: GraphqlContext,
  ): Promise<ProductObject> {
    const asked = productPath.safeParse({ slug });
    if (!asked.success) throw validationFailed(asked.error);
    const locale = this.locales.of(inQuery ?? undefined, context.req.headers['accept-language']);
    const { body } = await this.showProduct.execute(asked.data.slug, locale);
    return { ...(JSON.parse(body) as ProductDetailView), asked: locale };
  }

  @ResolveField(() => String)
  @Access('public')
  async description(
    @Parent() product: ProductObject,
    @Context() context: GraphqlContext,
  ): Promise<string> {
    return (await this.details.load(context, product))?.description ?? '';
  }

  @ResolveField(() => [ProductOptionObject])
  @Access('public')
  async options(
    @Parent() product: ProductObject,
    @Context() context: GraphqlContext,
  ): Promise<ProductOptionObject[]> {
    return (await this.details.load(context, product))?.options ?? [];
  }

  @ResolveField(() => [VariantObject])
  @Access('public')
  async variants(
    @Parent() product: ProductObject,
    @Context() context: GraphqlContext,
  ): Promise<VariantObject[]> {
    return (await this.details.load(context, product))?.variants.map(variantObjectOf) ?? [];
  }

  @ResolveField(() => [ImageObject])
  @Access('public')
  async media(
    @Parent() product: ProductObject,
    @Context() context: GraphqlContext,
  ): Promise<ImageObject[]> {
    return (await this.details.load(context, product))?.media ?? [];
  }
}

/** GraphQL says null where the contract leaves a field out. */
const withoutNulls = (values: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== null && value !== undefined),
  );
