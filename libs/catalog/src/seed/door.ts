export { CatalogLoader } from '../adapters/catalog-loader.ts';
export type { LoadedCategory, LoadedProduct, LoadOutcome } from '../adapters/catalog-loader.ts';
export { seedArticles, seedCatalog } from './seed-catalog.ts';
export { seedBenchmark } from './seed-benchmark.ts';
export type { BenchmarkSize } from './seed-benchmark.ts';
