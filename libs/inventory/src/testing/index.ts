export { measureHotSku } from './hot-sku-bench.ts';
export type { HotSkuFigures, HotSkuOptions } from './hot-sku-bench.ts';
