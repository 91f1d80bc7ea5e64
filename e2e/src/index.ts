export { ShopFloor } from './shop-floor.ts';
export type { FilledCart, ProviderCapture } from './shop-floor.ts';
