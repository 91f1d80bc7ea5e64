export { BorderPeerInventory } from '../adapters/http-peer-inventory.ts';
export type { StockToSeed } from '../application/seed-stock.ts';
export { openInventory } from '../inventory.ts';
