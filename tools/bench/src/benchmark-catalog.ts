/** What `seed benchmark` loads, by the names it gives: any number is a key, all are equally likely. */
export const benchmarkProducts = 10_000;
export const benchmarkVariants = 20_000;
const variantsPerProduct = benchmarkVariants / benchmarkProducts;
const categories = 20;
export const listedPerPage = 24;

const below = (bound: number): number => Math.floor(Math.random() * bound);

export const slugOf = (product: number): string => `benchmark-product-${product}`;
export const detailPath = (product: number): string => `/v1/products/${slugOf(product)}`;
export const anyDetailPath = (): string => detailPath(below(benchmarkProducts));

export interface BenchmarkSku {
  readonly sku: string;
  readonly warehouse: string;
}

/** Variant number n of 20,000. */
export function skuOf(n: number): BenchmarkSku {
  const product = Math.floor(n / variantsPerProduct);
  const sku = `BENCH-${product}-${n % variantsPerProduct}`;
  return { sku, warehouse: product % 2 === 0 ? 'blr' : 'rtm' };
}

/** Two different SKUs, of the first so many variants. */
export function anyTwoSkus(variants = benchmarkVariants): readonly [string, string] {
  const first = below(variants);
  const second = (first + 1 + below(variants - 1)) % variants;
  return [skuOf(first).sku, skuOf(second).sku];
}

/** How much of the catalog a part of the bench needs: its first so many products. */
export interface BenchmarkExtent {
  /** Names the deliveries of stock: the same name again delivers nothing. */
  readonly name: string;
  readonly products: number;
  readonly variants: number;
}

export const wholeBenchmark: BenchmarkExtent = {
  name: 'benchmark',
  products: benchmarkProducts,
  variants: benchmarkVariants,
};

/** Enough that 32 shoppers seldom meet at one SKU, and loaded in seconds. */
export const smallBenchmark: BenchmarkExtent = {
  name: 'benchmark-small',
  products: 500,
  variants: 1_000,
};

interface Page {
  readonly items: readonly unknown[];
  readonly nextCursor: string | null;
}

/** The path of every page of every benchmark category: together they show each product once. */
export async function allListPaths(url: string): Promise<readonly string[]> {
  const paths: string[] = [];
  for (let n = 0; n < categories; n += 1) {
    const first = `/v1/products?category=benchmark-${n}&limit=${listedPerPage}`;
    for (let path: string | undefined = first; path !== undefined;) {
      const response: Response = await fetch(`${url}${path}`);
      if (!response.ok) throw new Error(`${path} was answered with ${response.status}`);
      const page = (await response.json()) as Page;
      paths.push(path);
      const cursor: string | null = page.nextCursor;
      path = cursor === null ? undefined : `${first}&cursor=${encodeURIComponent(cursor)}`;
    }
  }
  return paths;
}

export const oneOf = <T>(values: readonly T[]): T => {
  const value = values[below(values.length)];
  if (value === undefined) throw new RangeError('there is nothing to choose from');
  return value;
};
