export { changeLink, delayLink, killService, readStatus } from './control-client.ts';
export type { StackStatus } from './control-client.ts';
export { evenShares, seedStock, shopUrl } from './stock-seeding.ts';
export type { Delivery } from './stock-seeding.ts';
