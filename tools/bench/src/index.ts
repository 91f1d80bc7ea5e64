export { detailPath, skuOf, smallBenchmark, wholeBenchmark } from './benchmark-catalog.ts';
export type { BenchmarkExtent, BenchmarkSku } from './benchmark-catalog.ts';
export { measureBorrow } from './inventory/borrow-time.ts';
export {
  measureCalls,
  measurePairs,
  measureReservations,
  measureTwoOwners,
} from './inventory/hot-sku.ts';
export { measureLocalReserve } from './inventory/local-reserve.ts';
export { measureManyPools } from './inventory/many-pools.ts';
export { measureOrdersOnOneSku } from './inventory/orders-on-one-sku.ts';
export { measureRefusals } from './inventory/refusals.ts';
export { soakStock } from './inventory/soak.ts';
export { makeLogFiles } from './inventory/stock-cells.ts';
export type { StockBenchOptions } from './inventory/stock-figures.ts';
export { withOwnServices } from './own-services.ts';
export type { PairedFigure } from './paired-figure.ts';
export { pairedReport, pairedTable } from './paired-report.ts';
export { tableOf } from './report.ts';
export { measureRewrap, rewrapLine } from './rewrap.ts';
export type { RewrapReport } from './rewrap.ts';
export { ShopCounters } from './shop-counters.ts';
export { SmokeBench } from './smoke.ts';
export type { MeasuredCell, SmokeReport } from './smoke.ts';
export { measureCodec } from './privacy/codec-cost.ts';
export type { CodecPair } from './privacy/codec-cost.ts';
export { measureErasures } from './privacy/erasure-load.ts';
export type { DecidingOfficers } from './privacy/erasure-load.ts';
export { measureExport } from './privacy/export-time.ts';
export { measureKms } from './privacy/kms-calls.ts';
export { measureRewrapFigure } from './privacy/rewrap-figure.ts';
export { measureScan } from './privacy/scan-rate.ts';
