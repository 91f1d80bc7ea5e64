export { EntrepotClient, ShopperClient } from './entrepot-client.ts';
export type { Arrival, Credentials, EntrepotClientOptions, NewAccount } from './entrepot-client.ts';
export { UnpinnedHomeError } from './pinned-homes.ts';
export type { PinnedHome } from './pinned-homes.ts';
export { NoAnswerError, ProblemError } from './problem-error.ts';
export type { Answer, TransportOptions } from './transport.ts';
export type { WatchStockOptions } from './watch-stock.ts';
