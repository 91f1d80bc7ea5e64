export { benchmarkVariants, detailPath, benchmarkProducts, skuOf } from './benchmark-catalog.ts';
export type { BenchmarkSku } from './benchmark-catalog.ts';
export { tableOf } from './report.ts';
export { measureRewrap, rewrapLine } from './rewrap.ts';
export type { RewrapReport } from './rewrap.ts';
export { ShopCounters } from './shop-counters.ts';
export { SmokeBench } from './smoke.ts';
export type { MeasuredCell, SmokeReport } from './smoke.ts';
