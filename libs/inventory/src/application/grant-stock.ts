import type { BorrowBody, BorrowView } from '@entrepot/contracts/api/cell-inventory';
import { DomainError, type CellId } from '@entrepot/kernel';
import type { Grant } from '../domain/commands.ts';
import { ceilingFor, surrenders } from '../domain/grant-policy.ts';
import type { PoolId } from '../domain/pool.ts';
import { BorrowTraffic } from './borrow-traffic.ts';
import { StockLanes } from './stock-lanes.ts';
import { StockMap } from './stock-map.ts';
import { StockStore } from './stock-store.ts';

/** Another cell will not wait longer than this for our lane. */
const grantDeadlineMs = 300;

/** Answers a peer's ask: gives what policy allows, and tells how each pool stands here. */
export class GrantStock {
  constructor(
    private readonly map: StockMap,
    private readonly store: StockStore,
    private readonly lanes: StockLanes,
    private readonly traffic: BorrowTraffic,
  ) {}

  async execute(asker: CellId, { asks }: BorrowBody): Promise<BorrowView> {
    const pools = asks.map(({ pool }) => pool as PoolId);
    const [epoch, free] = await Promise.all([this.store.findEpoch(), this.store.findFree(pools)]);
    const freeOf = new Map<string, number>(free.map((of) => [of.pool, of.free]));
    const commands = asks.map((ask): Grant => {
      const pool = ask.pool as PoolId;
      const { level, acked } = ask;
      const ceiling = this.mayGive(asker, pool) ? ceilingFor(ask, freeOf.get(pool) ?? 0) : 0;
      return { kind: 'grant', pool, peer: asker, level, acked, ceiling };
    });
    const deadline = performance.now() + grantDeadlineMs;
    const { verdicts, positions } = await this.lanes.submit(commands, deadline);
    const grants = commands.map(({ pool }, at) => {
      const verdict = verdicts[at];
      const position = positions.get(pool);
      if (verdict === undefined || position === undefined) throw new TypeError('no verdict');
      if (verdict.outcome === 'REGRESSED') {
        throw new DomainError('STOCK_REGRESSED', 'a peer took in more than this cell has given', {
          details: { pool, granted: verdict.total },
        });
      }
      const { cell, free: left, credits, channels } = position;
      return {
        pool,
        grantedTotal: verdict.total,
        position: { cell, pool, free: left, credits, channels: [...channels] },
      };
    });
    return { epoch, grants };
  }

  private mayGive(asker: CellId, pool: PoolId): boolean {
    const isDonorWaiting = this.traffic.isWaiting(pool);
    return surrenders(this.map.cell, asker, { home: this.map.homeOf(pool), isDonorWaiting });
  }
}
