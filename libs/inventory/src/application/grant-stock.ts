import { DomainError, type CellId } from '@entrepot/kernel';
import type { Grant } from '../domain/commands.ts';
import { surrenders } from '../domain/grant-policy.ts';
import { grantWithin } from '../domain/plan-bounds.ts';
import type { PoolId } from '../domain/pool.ts';
import type { BorrowAdvice } from './borrow-advice.ts';
import type { BorrowTraffic } from './borrow-traffic.ts';
import type { BorrowAsk, BorrowReply } from './peer-inventory.ts';
import type { StockLanes } from './stock-lanes.ts';
import type { StockMap } from './stock-map.ts';
import type { StockStore } from './stock-store.ts';

/** Another cell will not wait longer than this for our lane. */
const grantDeadlineMs = 750;

/**
 * Answers a peer's ask: gives what policy allows, and tells how each pool stands here. Of a warehouse that this cell does
 * not know it is silent, and answers for the others.
 */
export class GrantStock {
  constructor(
    private readonly map: StockMap,
    private readonly store: StockStore,
    private readonly lanes: StockLanes,
    private readonly traffic: BorrowTraffic,
    private readonly advice: BorrowAdvice,
  ) {}

  /** @throws DomainError STOCK_NOT_ACTIVE from a cell that may not give what it has or does not trust its books, STOCK_REGRESSED */
  async execute(asker: CellId, asked: readonly BorrowAsk[]): Promise<BorrowReply> {
    const asks = asked.filter(({ pool }) => this.map.isKnown(pool));
    const pools = asks.map(({ pool }) => pool);
    const [epoch, free] = await Promise.all([this.trustedEpoch(), this.store.findFree(pools)]);
    const freeOf = new Map(free.map((of) => [of.pool, of.free]));
    const commands = asks.map((ask): Grant =>
      grantWithin(ask, asker, this.unitsFor(asker, ask, freeOf.get(ask.pool) ?? 0)),
    );
    const deadline = performance.now() + grantDeadlineMs;
    const { verdicts, positions } = await this.lanes.submit(commands, deadline);
    const grants = commands.map(({ pool }, at) => {
      const verdict = verdicts[at];
      const position = positions.get(pool);
      if (verdict === undefined || position === undefined) throw new TypeError('no verdict');
      if (verdict.outcome === 'NOT_ACTIVE') {
        throw new DomainError('STOCK_NOT_ACTIVE', 'this cell gives nothing at the moment');
      }
      if (verdict.outcome === 'REGRESSED') {
        throw new DomainError('STOCK_REGRESSED', 'a peer took in more than this cell has given', {
          details: { pool, granted: verdict.total },
        });
      }
      return { pool, grantedTotal: verdict.total, position };
    });
    return this.advice.answer(asker, asks, { epoch, grants });
  }

  /** While it recovers, a cell says of no goods how many it has: others would refuse orders by that. */
  private async trustedEpoch(): Promise<number> {
    const { state, epoch } = await this.store.findStanding();
    if (state !== 'RECOVERING') return epoch;
    throw new DomainError('UNAVAILABLE', 'this cell recovers and does not trust its own books');
  }

  private unitsFor(asker: CellId, ask: BorrowAsk, free: number): number {
    const isRecall = ask.reason === 'WRITE_OFF' && asker === this.map.homeOf(ask.pool);
    const advised = this.advice.allow(asker, { ...ask, isRecall }, free);
    return isRecall || this.mayGive(asker, ask.pool) ? advised : 0;
  }

  private mayGive(asker: CellId, pool: PoolId): boolean {
    const isDonorWaiting = this.traffic.isWaiting(pool);
    return surrenders(this.map.cell, asker, { home: this.map.homeOf(pool), isDonorWaiting });
  }
}
