import { DomainError, type CellId } from '@entrepot/kernel';
import type { Grant } from '../domain/commands.ts';
import { ceilingFor, surrenders } from '../domain/grant-policy.ts';
import type { PoolId } from '../domain/pool.ts';
import type { BorrowTraffic } from './borrow-traffic.ts';
import type { BorrowAsk, BorrowReply } from './peer-inventory.ts';
import type { StockLanes } from './stock-lanes.ts';
import type { StockMap } from './stock-map.ts';
import type { StockStore } from './stock-store.ts';

/** Another cell will not wait longer than this for our lane. */
const grantDeadlineMs = 750;

/** Answers a peer's ask: gives what policy allows, and tells how each pool stands here. */
export class GrantStock {
  constructor(
    private readonly map: StockMap,
    private readonly store: StockStore,
    private readonly lanes: StockLanes,
    private readonly traffic: BorrowTraffic,
  ) {}

  async execute(asker: CellId, asks: readonly BorrowAsk[]): Promise<BorrowReply> {
    const pools = asks.map(({ pool }) => pool);
    const [epoch, free] = await Promise.all([this.store.findEpoch(), this.store.findFree(pools)]);
    const freeOf = new Map(free.map((of) => [of.pool, of.free]));
    const commands = asks.map((ask): Grant => {
      const { pool, level, acked } = ask;
      const ceiling = this.ceilingOf(asker, ask, freeOf.get(pool) ?? 0);
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
      return { pool, grantedTotal: verdict.total, position };
    });
    return { epoch, grants };
  }

  /** To the home that lost units, all that is free: here they could only be promised again. */
  private ceilingOf(asker: CellId, ask: BorrowAsk, free: number): number {
    const isRecall = ask.reason === 'WRITE_OFF' && asker === this.map.homeOf(ask.pool);
    if (isRecall) return free;
    return this.mayGive(asker, ask.pool) ? ceilingFor(ask, free) : 0;
  }

  private mayGive(asker: CellId, pool: PoolId): boolean {
    const isDonorWaiting = this.traffic.isWaiting(pool);
    return surrenders(this.map.cell, asker, { home: this.map.homeOf(pool), isDonorWaiting });
  }
}
