import type { CellId } from '@entrepot/kernel';
import type { PoolId } from '../domain/pool.ts';
import { arrivalsOf } from './arrivals.ts';
import {
  PeerSilentError,
  poolsPerCallMax,
  type BorrowAsk,
  type PeerInventory,
} from './peer-inventory.ts';
import type { StockLanes } from './stock-lanes.ts';
import type { StockMap } from './stock-map.ts';
import type { OwingPool, StockStore } from './stock-store.ts';

/** How often a border process runs this. */
export const recallEveryMs = 5_000;

export interface RecallReport {
  /** Pools of this run that lack units which were promised. */
  readonly pools: number;
  /** Units that they lacked before. */
  readonly owed: number;
  /** Units that other cells gave back; what they pay of the debt, the books say. */
  readonly recalled: number;
  readonly silentPeers: readonly CellId[];
}

/**
 * Asks the other cells for the units that this one lacks: promised, and lost since. They give what they have
 * free, and what comes pays the debt before anything is sold. A run asks for at most a thousand pools, and
 * the next goes on behind them, so that a debt nobody can pay stands in the way of none.
 */
export class RecallDeficit {
  private after: PoolId | undefined;

  constructor(
    private readonly map: StockMap,
    private readonly store: StockStore,
    private readonly peers: PeerInventory,
    private readonly lanes: StockLanes,
  ) {}

  async execute(): Promise<RecallReport> {
    const owing = await this.store.findOwing(this.after, poolsPerCallMax);
    this.after = owing.length < poolsPerCallMax ? undefined : owing.at(-1)?.pool;
    const missing = new Map(owing.map(({ pool, owed }) => [pool, owed]));
    const silentPeers: CellId[] = [];
    for (const peer of this.map.peers) {
      const asks = owing.flatMap((of) => askOf(of, peer, missing.get(of.pool) ?? 0));
      if (asks.length === 0) break;
      const given = await this.recall(peer, asks);
      if (given === undefined) silentPeers.push(peer);
      for (const [pool, units] of given ?? []) {
        missing.set(pool, Math.max(0, (missing.get(pool) ?? 0) - units));
      }
    }
    const owed = owing.reduce((sum, pool) => sum + pool.owed, 0);
    const left = [...missing.values()].reduce((sum, units) => sum + units, 0);
    return { pools: owing.length, owed, recalled: owed - left, silentPeers };
  }

  /** Takes in what one peer gave; units by pool, undefined when it is silent. */
  private async recall(
    peer: CellId,
    asks: readonly BorrowAsk[],
  ): Promise<ReadonlyMap<PoolId, number> | undefined> {
    try {
      const reply = await this.peers.borrow(peer, asks);
      const arrivals = arrivalsOf(peer, { asks, reply, map: this.map });
      if (arrivals.length === 0) return new Map();
      const { verdicts } = await this.lanes.submit(arrivals.map(({ apply }) => apply));
      const taken = arrivals.filter((_, at) => verdicts[at]?.outcome === 'APPLIED');
      return new Map(taken.map(({ apply, units }) => [apply.pool, units]));
    } catch (error) {
      if (error instanceof PeerSilentError) return undefined;
      throw error;
    }
  }
}

/** Up to a cumulative level, so that an ask whose answer was lost gives nothing twice. */
function askOf({ pool, applied }: OwingPool, peer: CellId, need: number): BorrowAsk[] {
  if (need === 0) return [];
  const acked = applied.get(peer) ?? 0;
  return [{ pool, level: acked + need, need, acked, isWaiting: false, reason: 'WRITE_OFF' }];
}
