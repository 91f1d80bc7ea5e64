import pg from 'pg';

/** Counters of a shop database that only grow. */
export interface ShopCount {
  /** Transactions that were given a number: they wrote, and waited for the standby. */
  readonly writing: number;
  /** All that committed, reads included. */
  readonly committed: number;
  readonly walBytes: number;
  /** Orders that are confirmed. */
  readonly confirmed: number;
}

const countSql = `
SELECT pg_snapshot_xmax(pg_current_snapshot())::text::float8 AS writing,
  (SELECT xact_commit::float8 FROM pg_stat_database WHERE datname = current_database()) AS committed,
  pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 AS "walBytes",
  (SELECT count(*)::float8 FROM orders."order" WHERE status = 'confirmed') AS confirmed`;

const arrivedSql = `
SELECT count(*)::int AS pools FROM inventory.escrow WHERE stripe = 0 AND free > 0
  AND pool_id LIKE '%BENCH-%'`;

/** What is read in a shop database beside the load; the auditor's login suffices. */
export class ShopCounters {
  private readonly pool: pg.Pool;

  constructor(url: string) {
    this.pool = new pg.Pool({ connectionString: url, max: 1, application_name: 'bench' });
  }

  async count(): Promise<ShopCount> {
    const [row] = (await this.pool.query<ShopCount>(countSql)).rows;
    if (row === undefined) throw new Error('the shop database did not count');
    return row;
  }

  /** How many pools of the benchmark's SKUs this cell may sell from. */
  async poolsWithStock(): Promise<number> {
    return (await this.pool.query<{ pools: number }>(arrivedSql)).rows[0]?.pools ?? 0;
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}

/** What one confirmed order cost between two counts; background work of the cell is in it. */
export interface OrderCost {
  readonly orders: number;
  readonly writingPerOrder: number;
  readonly committedPerOrder: number;
  readonly walBytesPerOrder: number;
}

export function costBetween(before: ShopCount, after: ShopCount): OrderCost {
  const orders = after.confirmed - before.confirmed;
  const per = (field: 'writing' | 'committed' | 'walBytes'): number =>
    orders === 0 ? 0 : (after[field] - before[field]) / orders;
  return {
    orders,
    writingPerOrder: per('writing'),
    committedPerOrder: per('committed'),
    walBytesPerOrder: per('walBytes'),
  };
}
