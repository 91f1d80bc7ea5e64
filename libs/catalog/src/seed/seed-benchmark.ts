import type { Sku } from '@entrepot/kernel';
import type { CatalogDatabase } from '@entrepot/platform-database';

import { CatalogLoader } from '../adapters/catalog-loader.ts';
import type { LoadedCategory, LoadedProduct, LoadOutcome } from '../adapters/catalog-loader.ts';

export interface BenchmarkSize {
  readonly products: number;
  readonly variants: number;
}

const categoryCount = 20;
const materials = ['Brass', 'Cotton', 'Oak', 'Linen', 'Copper', 'Clay', 'Wool', 'Jute'];
const things = ['bowl', 'lamp', 'shawl', 'notebook', 'kettle', 'cushion', 'satchel', 'tray'];

const categories: readonly LoadedCategory[] = [
  {
    slug: 'benchmark',
    parentSlug: undefined,
    position: 1_000,
    texts: { en: { name: 'Benchmark', description: 'Generated for measuring.' } },
  },
  ...Array.from({ length: categoryCount }, (_, n) => ({
    slug: `benchmark-${n}`,
    parentSlug: 'benchmark',
    position: n,
    texts: { en: { name: `Benchmark ${n}`, description: 'Generated for measuring.' } },
  })),
];

/** Product number n; the variants are dealt out evenly, the first products getting one more. */
function benchmarkProduct(n: number, { products, variants }: BenchmarkSize): LoadedProduct {
  const count = Math.floor(variants / products) + (n < variants % products ? 1 : 0);
  const name = `${materials[n % 8] ?? ''} ${things[Math.floor(n / 8) % 8] ?? ''} ${n}`;
  const values = Array.from({ length: count }, (_, index) => `v${index}`);
  return {
    slug: `benchmark-product-${n}`,
    categorySlug: `benchmark-${n % categoryCount}`,
    position: 1_000 + n,
    texts: {
      en: { name, summary: `Number ${n} of the benchmark.`, description: `${name}, generated.` },
    },
    options:
      count > 1
        ? [{ code: 'version', labels: { en: 'Version' }, values: values.map(benchmarkValue) }]
        : [],
    variants: values.map((value, index) => ({
      sku: `BENCH-${n}-${index}` as Sku,
      choices: count > 1 ? { version: value } : {},
      position: index,
      warehouseHint: n % 2 === 0 ? 'blr' : 'rtm',
      prices: [
        price('in', 'INR', 19_900 + (n % 500) * 100 + index * 1_000),
        price('eu', 'EUR', 490 + (n % 500) * 10 + index * 100),
      ],
    })),
    images: [],
  };
}

const benchmarkValue = (code: string) => ({ code, labels: { en: code.toUpperCase() } });
const price = (market: string, currency: string, amountMinor: number) => ({
  market,
  salesChannelId: 'web',
  currency,
  amountMinor,
});

/** A catalog of any size for measuring, in transactions of at most 250 rows. */
export async function seedBenchmark(
  leader: CatalogDatabase,
  size: BenchmarkSize,
  onProgress: (done: number) => void,
): Promise<LoadOutcome> {
  const loader = new CatalogLoader(leader);
  await loader.loadCategories(categories);
  const products = Array.from({ length: size.products }, (_, n) => benchmarkProduct(n, size));
  return loader.loadProducts(products, onProgress);
}
