import { describe, expect, it } from '@jest/globals';
import { productCardView } from '@entrepot/contracts/api/catalog';

import { batchesOf } from '../adapters/catalog-loader.ts';
import { rowCountOf } from '../adapters/product-rows.ts';
import { problemsOfDraft } from '../domain/product-draft.ts';
import { isSlug } from '../domain/slug.ts';
import { seedCategories } from './categories.ts';
import { draw } from './picture.ts';
import { seedArticles, seedProducts } from './seed-catalog.ts';

const currencies = new Map([
  ['in', 'INR'],
  ['eu', 'EUR'],
]);

describe('the seed', () => {
  it('has at least 40 products in at least 6 categories', () => {
    expect(seedProducts.length).toBeGreaterThanOrEqual(40);
    const used = new Set(seedProducts.map(({ categorySlug }) => categorySlug));
    expect(used.size).toBeGreaterThanOrEqual(6);
    const known = new Set(seedCategories.map(({ slug }) => slug));
    expect([...used].filter((slug) => !known.has(slug))).toEqual([]);
  });

  it.each(seedProducts.map((product) => [product.slug, product] as const))(
    '%s is told in three languages, priced in both markets and drawn',
    (slug, product) => {
      expect(isSlug(slug)).toBe(true);
      expect(problemsOfDraft({ ...product, categoryId: '' }, currencies)).toEqual([]);
      for (const locale of ['en', 'hi', 'de'] as const) {
        const { name, summary, description } = product.texts[locale] ?? {};
        expect(productCardView.shape.name.parse(name)).not.toBe('');
        expect([summary, description].every((text) => (text ?? '').length > 10)).toBe(true);
      }
      expect(product.texts.hi?.description).toMatch(/[\u0900-\u097f]/);
      for (const { prices, warehouseHint } of product.variants) {
        expect(prices.map(({ currency }) => currency)).toEqual(['INR', 'EUR']);
        expect(['blr', 'rtm']).toContain(warehouseHint);
      }
      expect(product.images).toHaveLength(1);
    },
  );

  it('names every article and every picture once', () => {
    expect(new Set(seedArticles.map(({ sku }) => sku)).size).toBe(seedArticles.length);
    const pictures = new Set(seedProducts.map(({ images }) => images[0]?.contentHash));
    expect(pictures.size).toBe(seedProducts.length);
  });

  it('draws the same picture twice, without anything that could run or load', () => {
    const picture = { shape: 'kite', colours: ['#111111', '#222222', '#333333'] } as const;
    expect(draw(picture).equals(draw(picture))).toBe(true);
    for (const { images } of seedProducts) {
      const svg = Buffer.from(images[0]?.bytes ?? []).toString('utf8');
      expect(svg).not.toMatch(/script|href|url\(|on\w+=|<!|&/i);
    }
  });

  it('is loaded in transactions of at most 250 rows', () => {
    const sizes = [...batchesOf([...seedProducts, ...seedProducts, ...seedProducts])].map((batch) =>
      batch.reduce((rows, product) => rows + rowCountOf({ ...product, categoryId: '' }), 0),
    );
    expect(sizes.length).toBeGreaterThan(1);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(250);
  });
});
