import type { CellId } from '@entrepot/kernel';
import { askWithin, unitsWithin } from '../domain/plan-bounds.ts';
import { channelKeyOf, type PoolId } from '../domain/pool.ts';
import { planGrant, planNeed, type PlanSettings } from '../domain/rebalance-plan.ts';
import { rateTold, rateToTell, twoDigits } from '../domain/told-figures.ts';
import { BorrowAdvice, type AskInSight } from './borrow-advice.ts';
import type { BorrowAsk, BorrowReply } from './peer-inventory.ts';
import type { PoolViews } from './pool-views.ts';
import { RecentMap } from './recent-map.ts';
import { steadySeconds } from './steady-seconds.ts';

const totalsMax = 40_000;

/** Advice of the planner, by how fast pools are asked for here and as other cells have told. */
export class PlannedAdvice extends BorrowAdvice {
  /** What peers gave to those who waited here, ever; some of it may not have been taken in yet. */
  private readonly granted = new RecentMap<string, number>(totalsMax);
  /** What this cell gave to peers, ever; some of it may be on its way. */
  private readonly given = new RecentMap<string, number>(totalsMax);

  constructor(
    private readonly views: PoolViews,
    private readonly settings: PlanSettings,
  ) {
    super();
  }

  /**
   * Asks for what the plan says, and never for less than is waited for; of a peer of which nothing is known
   * yet, for what its process asks. What two processes need at once adds up: the second asks above what was
   * granted to the first.
   */
  forward(peer: CellId, asks: readonly BorrowAsk[]): readonly BorrowAsk[] {
    const at = steadySeconds();
    return asks.map((ask) => {
      const told = { ...ask, ...this.figuresOf(ask.pool, ask.free ?? 0, at) };
      if (ask.need === 0 || ask.reason !== undefined) return told;
      const view = this.views.viewOf(ask.pool, ask.free ?? 0, at);
      const planned = planNeed(view, ask.need, this.settings).find(({ donor }) => donor === peer);
      const unplanned = this.views.isKnown(peer, ask.pool, at) ? 0 : ask.level - ask.acked;
      const units = Math.max(ask.need, unplanned, unitsWithin(planned?.units ?? 0));
      const total = Math.max(ask.acked, this.granted.get(channelKeyOf(peer, ask.pool)) ?? 0);
      return { ...told, ...askWithin(ask.pool, { need: ask.need, units }, total) };
    });
  }

  /** What this cell tells of a pool beside an ask. */
  figuresOf(
    pool: PoolId,
    free: number,
    at: number,
  ): { readonly rate: number; readonly free: number } {
    return { rate: rateToTell(this.views.rateOf(pool, at)), free: twoDigits(free) };
  }

  learn(peer: CellId, reply: BorrowReply): void {
    this.hear(peer, reply);
    for (const { pool, grantedTotal } of reply.grants) {
      this.granted.set(channelKeyOf(peer, pool), grantedTotal);
    }
  }

  /** What a peer answered to an ask that nobody waited for. */
  hear(peer: CellId, { grants }: BorrowReply): void {
    const at = steadySeconds();
    for (const { pool, position, rate = 0 } of grants) {
      this.views.hear(peer, pool, { free: position.free, rate: rateTold(rate), at });
    }
  }

  allow(asker: CellId, ask: AskInSight, free: number): number {
    const at = steadySeconds();
    const { pool, need, isRecall, level, acked } = ask;
    const underway = Math.max(0, (this.given.get(channelKeyOf(asker, pool)) ?? 0) - acked);
    const { free: askers, rate } = toldBy(ask);
    this.views.hear(asker, pool, { free: askers + underway, rate, at });
    const view = this.views.viewOf(pool, free, at, asker);
    return planGrant(view, { need, units: level - acked, isRecall }, this.settings);
  }

  /**
   * Notes that the asker will have what it was given, and adds this cell's rates where the asker told its own:
   * another may be of a version that refuses an answer with them.
   */
  answer(asker: CellId, asks: readonly BorrowAsk[], reply: BorrowReply): BorrowReply {
    const at = steadySeconds();
    const askOf = new Map(asks.map((ask) => [ask.pool, ask]));
    const grants = reply.grants.map((grant) => {
      const { pool, grantedTotal } = grant;
      const ask = askOf.get(pool);
      if (ask !== undefined) {
        const { free, rate } = toldBy(ask);
        this.views.hear(asker, pool, { free: free + grantedTotal - ask.acked, rate, at });
        this.given.set(channelKeyOf(asker, pool), grantedTotal);
      }
      if (ask?.rate === undefined) return grant;
      return { ...grant, rate: rateToTell(this.views.rateOf(pool, at)) };
    });
    return { ...reply, grants };
  }
}

/** A cell that tells nothing counts as one that has nothing and sells nothing. */
const toldBy = ({ free = 0, rate = 0 }: BorrowAsk) => ({ free, rate: rateTold(rate) });
