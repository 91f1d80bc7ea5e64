import type { CellId } from '@entrepot/kernel';
import { poolsAheadPerSecond, spend, type BorrowBudget } from '../domain/borrow-budget.ts';
import { askWithin } from '../domain/plan-bounds.ts';
import type { PoolId } from '../domain/pool.ts';
import { defaultSettings, mayRunShort, planAhead } from '../domain/rebalance-plan.ts';
import { arrivalsOf } from './arrivals.ts';
import type { BorrowTurns } from './borrow-turns.ts';
import type { DemandBook } from './demand-book.ts';
import {
  PeerSilentError,
  poolsPerCallMax,
  type BorrowAsk,
  type PeerInventory,
} from './peer-inventory.ts';
import type { PlannedAdvice } from './planned-advice.ts';
import type { PoolViews } from './pool-views.ts';
import { RecentMap } from './recent-map.ts';
import type { StockLanes } from './stock-lanes.ts';
import type { StockMap } from './stock-map.ts';
import { steadySeconds } from './steady-seconds.ts';
import type { PoolStanding, StockStore } from './stock-store.ts';

/** How often a border process looks at the pools that were asked for since. */
export const askAheadEveryMs = 1_000 * defaultSettings.periodSeconds;
/** A peer that was silent is asked for nothing that nobody waits for, for so long. */
const silenceSeconds = 1;
const budgetsMax = 20_000;

/** What a border process plans with. */
export interface Planning {
  readonly demand: DemandBook;
  readonly views: PoolViews;
  readonly advice: PlannedAdvice;
  readonly turns: BorrowTurns;
}

export interface AskAheadReport {
  /** Pools that were looked at. */
  readonly pools: number;
  /** Asks for units, and questions how a pool stands. */
  readonly asks: number;
  readonly units: number;
  /** Pools that have to wait for the next look, as the cell has asked for so many. */
  readonly postponed: number;
  readonly silentPeers: readonly CellId[];
}

interface Wish {
  readonly pool: PoolId;
  readonly asks: readonly { readonly peer: CellId; readonly ask: BorrowAsk }[];
  /** Until what is here is gone. */
  readonly secondsLeft: number;
}

/**
 * Moves rights to where they will sell, before an order waits for them. A run reads once, calls each peer at
 * most once and takes in each answer with one command batch, however many pools were asked for; pools that
 * nobody asked for are not looked at. A cell asks for so many pools in a second, those first that are gone first.
 */
export class AskAhead {
  private readonly budgets = new RecentMap<PoolId, BorrowBudget>(budgetsMax);
  private budget: BorrowBudget | undefined;
  private readonly silentUntil = new Map<CellId, number>();

  constructor(
    private readonly map: StockMap,
    private readonly store: StockStore,
    private readonly lanes: StockLanes,
    private readonly peers: PeerInventory,
    private readonly planning: Planning,
  ) {}

  async execute(): Promise<AskAheadReport> {
    const pools = this.planning.demand.takeMoved(poolsPerCallMax);
    if (pools.length === 0) return { pools: 0, asks: 0, units: 0, postponed: 0, silentPeers: [] };
    const known = await this.store.findStandings(pools);
    const standingOf = new Map(known.map((standing) => [standing.pool, standing]));
    const at = steadySeconds();
    const wishes = pools
      .map((pool) => standingOf.get(pool) ?? { pool, free: 0, applied: new Map<CellId, number>() })
      .map((standing) => this.wishFor(standing, at))
      .filter(({ asks }) => asks.length > 0);
    const { afforded, postponed } = this.afford(wishes, at);
    const asks = afforded.flatMap((wish) => wish.asks);
    const byPeer = Map.groupBy(asks, ({ peer }) => peer);
    const answers = await Promise.all(
      [...byPeer].map(async ([peer, of]) => {
        const units = await this.ask(
          peer,
          of.map(({ ask }) => ask),
        );
        return { peer, units };
      }),
    );
    return {
      pools: pools.length,
      asks: asks.length,
      units: answers.reduce((sum, { units }) => sum + (units ?? 0), 0),
      postponed,
      silentPeers: answers.flatMap(({ peer, units }) => (units === undefined ? [peer] : [])),
    };
  }

  private wishFor({ pool, free, applied }: PoolStanding, at: number): Wish {
    const { views, advice, turns } = this.planning;
    const view = views.viewOf(pool, free, at);
    const peers = this.map.peers.filter((peer) => (this.silentUntil.get(peer) ?? 0) <= at);
    const none: Wish = { pool, asks: [], secondsLeft: free / view.own.rate };
    if (!mayRunShort(view.own, defaultSettings)) return none;
    if (!peers.every((peer) => turns.isFree(peer, pool))) return none;
    const planned = new Map(planAhead(view, defaultSettings).map((ask) => [ask.donor, ask]));
    const asks = peers.flatMap((peer): Wish['asks'] => {
      const acked = applied.get(peer) ?? 0;
      const wish = askWithin(pool, planned.get(peer) ?? { need: 0, units: 0 }, acked);
      // nobody knows how the peer stands: that is asked first
      if (wish.level === 0 && views.isKnown(peer, pool, at)) return [];
      const ask = { ...wish, need: 0, acked, isWaiting: false };
      return [{ peer, ask: { ...ask, ...advice.figuresOf(pool, free, at) } }];
    });
    return { ...none, asks };
  }

  private afford(wishes: readonly Wish[], at: number) {
    const afforded: Wish[] = [];
    const postponed: PoolId[] = [];
    for (const wish of wishes.toSorted((one, other) => one.secondsLeft - other.secondsLeft)) {
      const ofPool = spend(this.budgets.get(wish.pool), at);
      if (ofPool === undefined) continue;
      const left = spend(this.budget, at, poolsAheadPerSecond);
      if (left === undefined) {
        postponed.push(wish.pool);
        continue;
      }
      this.budget = left;
      this.budgets.set(wish.pool, ofPool);
      afforded.push(wish);
    }
    this.planning.demand.putBack(postponed);
    return { afforded, postponed: postponed.length };
  }

  /** Units that came; undefined when the peer is silent. */
  private async ask(peer: CellId, asks: readonly BorrowAsk[]): Promise<number | undefined> {
    try {
      const pools = asks.map(({ pool }) => pool);
      const borrow = () => this.peers.borrow(peer, asks);
      const reply = await this.planning.turns.unwaited(peer, pools, borrow);
      this.planning.advice.hear(peer, reply);
      const arrivals = arrivalsOf(peer, { asks, reply, map: this.map });
      if (arrivals.length > 0) await this.lanes.submit(arrivals.map(({ apply }) => apply));
      return arrivals.reduce((sum, { units }) => sum + units, 0);
    } catch (error) {
      if (!(error instanceof PeerSilentError)) throw error;
      this.silentUntil.set(peer, steadySeconds() + silenceSeconds);
      return undefined;
    }
  }
}
