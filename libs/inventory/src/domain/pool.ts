import type { Branded, CellId, Sku, WarehouseId } from '@entrepot/kernel';

/** One kind of goods in one warehouse, `blr/85123A`: the same name in every cell. */
export type PoolId = Branded<'PoolId'>;

const poolPattern = /^([a-z][a-z0-9-]{1,31})\/([A-Za-z0-9][A-Za-z0-9._-]{0,63})$/;

export const isPoolId = (text: string): text is PoolId => poolPattern.test(text);

/** A pool and another cell, as the key of a map: what is known of the channel between them. */
export const channelKeyOf = (peer: CellId, pool: PoolId): string => `${peer} ${pool}`;

/** @throws TypeError when warehouse or SKU hold characters that an id cannot carry. */
export function poolIdOf(warehouse: string, sku: string): PoolId {
  const id = `${warehouse}/${sku}`;
  if (!isPoolId(id)) throw new TypeError(`${id} names no pool`);
  return id;
}

export function partsOf(pool: PoolId): { readonly warehouse: WarehouseId; readonly sku: Sku } {
  const slash = pool.indexOf('/');
  return {
    warehouse: pool.slice(0, slash) as WarehouseId,
    sku: pool.slice(slash + 1) as Sku,
  };
}

/** Byte order, the order in which the database locks pools (`COLLATE "C"`). */
export const byPoolId = (left: PoolId, right: PoolId): number =>
  left < right ? -1 : left > right ? 1 : 0;

/** What one cell has sent to and taken from another for one pool; totals only ever rise. */
export interface QuotaChannel {
  readonly peer: CellId;
  /** Units this cell gave to the peer, ever. */
  readonly granted: number;
  /** Units the peer gave that this cell has taken in, ever. */
  readonly applied: number;
  /** Units given that the peer has said it took in. */
  readonly acked: number;
  /** How many times something was given: the order of the grants of this channel. */
  readonly grants: number;
}

/** A pool in one cell at one instant, told to another cell or to whoever explains a refusal. */
export interface PoolPosition {
  readonly cell: CellId;
  readonly pool: PoolId;
  readonly free: number;
  /** Counts the credits to FREE and to SUSPENSE; equal twice means that nothing became free in between. */
  readonly credits: number;
  readonly channels: readonly Pick<QuotaChannel, 'peer' | 'granted' | 'applied'>[];
}
