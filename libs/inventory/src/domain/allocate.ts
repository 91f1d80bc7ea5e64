import { byPoolId, type PoolId } from './pool.ts';

/** What an order knows about one pool that may serve a SKU. */
export interface PoolOutlook {
  readonly pool: PoolId;
  /** The warehouse belongs to this cell. */
  readonly isOwn: boolean;
  /** This cell has books for the pool. */
  readonly isKnown: boolean;
  readonly free: number;
  /** All that could be had of the pool, once that has been proven. */
  readonly ceiling?: number;
  /** Units this order already holds; that part is settled. */
  readonly held?: number;
}

export interface Allocation {
  readonly portions: readonly { readonly pool: PoolId; readonly quantity: number }[];
  /** Units for which no pool is left. */
  readonly missing: number;
}

/**
 * Spreads a quantity of one SKU over the pools that may have it: what lies free here first, own
 * warehouses before others and then by id; what is still missing is asked of the first pool whose end is
 * not proven.
 */
export function allocate(quantity: number, outlooks: readonly PoolOutlook[]): Allocation {
  const ordered = outlooks.toSorted(byPreference);
  const portions = new Map(ordered.map(({ pool, held }) => [pool, held ?? 0]));
  let missing = quantity - ordered.reduce((sum, { held }) => sum + (held ?? 0), 0);
  const take = (pool: PoolId, most: number): void => {
    const portion = Math.max(0, Math.min(missing, most));
    portions.set(pool, (portions.get(pool) ?? 0) + portion);
    missing -= portion;
  };
  const open = ordered.filter(({ held }) => held === undefined);
  for (const { pool, free, ceiling } of open) take(pool, Math.min(free, ceiling ?? free));
  for (const { pool, ceiling } of open) {
    take(pool, ceiling === undefined ? missing : ceiling - (portions.get(pool) ?? 0));
  }
  return {
    portions: [...portions]
      .filter(([, portion]) => portion > 0)
      .map(([pool, portion]) => ({ pool, quantity: portion })),
    missing,
  };
}

function byPreference(left: PoolOutlook, right: PoolOutlook): number {
  if (left.isOwn !== right.isOwn) return left.isOwn ? -1 : 1;
  if (left.isKnown !== right.isKnown) return left.isKnown ? -1 : 1;
  return byPoolId(left.pool, right.pool);
}
