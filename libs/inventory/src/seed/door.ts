export { BorderPeerInventory } from '../adapters/http-peer-inventory.ts';
export { openingShares } from '../domain/opening-shares.ts';
export type { DemandForecast } from '../domain/opening-shares.ts';
export type { StockToSeed } from '../application/seed-stock.ts';
export { openInventory } from '../inventory.ts';
