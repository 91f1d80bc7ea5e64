import type { CellId } from '@entrepot/kernel';
import { channelKeyOf, type PoolId } from '../domain/pool.ts';
import {
  chunkStageOf,
  type CellOutlook,
  type ChunkStage,
  type PoolView,
} from '../domain/rebalance-plan.ts';
import type { DemandBook } from './demand-book.ts';
import { RecentMap } from './recent-map.ts';

/** How a pool stood in another cell. */
export interface ToldOutlook {
  readonly free: number;
  /** Units per second. */
  readonly rate: number;
  /** In seconds of the clock of this process. */
  readonly at: number;
}

interface Chunking {
  readonly stage: ChunkStage;
  /** The most that all cells were known to have. */
  readonly opening: number;
}

/** Pools and cells that are remembered. */
const toldMax = 40_000;
const chunkingsMax = 20_000;
/** What was told longer ago is not counted on: goods may have come since. */
const toldSecondsMax = 300;

/**
 * How pools stand in all cells, as far as the border process was told: by asks, by answers and by the own
 * cell's processes. It is never read as if it were so now, and nothing but plans are made of it.
 */
export class PoolViews {
  private readonly told = new RecentMap<string, ToldOutlook>(toldMax);
  private readonly chunkings = new RecentMap<PoolId, Chunking>(chunkingsMax);

  constructor(
    private readonly cell: CellId,
    private readonly peers: readonly CellId[],
    private readonly demand: DemandBook,
  ) {}

  hear(peer: CellId, pool: PoolId, outlook: ToldOutlook): void {
    this.told.set(channelKeyOf(peer, pool), outlook);
  }

  isKnown(peer: CellId, pool: PoolId, at: number): boolean {
    return this.toldOf(peer, pool, at) !== undefined;
  }

  rateOf(pool: PoolId, at: number): number {
    return this.demand.paceOf(pool, at).rate;
  }

  /** @param first the peer that the view has first, as it asked. */
  viewOf(pool: PoolId, free: number, at: number, first?: CellId): PoolView {
    const own = { cell: this.cell, free, ...this.demand.paceOf(pool, at) };
    const peers = this.peers
      .toSorted((one, other) => Number(other === first) - Number(one === first))
      .map((peer): CellOutlook => {
        const told = this.toldOf(peer, pool, at);
        if (told === undefined) return { cell: peer, free: 0, rate: 0 };
        const sold = told.rate * (at - told.at);
        return { cell: peer, free: Math.max(0, told.free - sold), rate: told.rate };
      });
    const total = peers.reduce((sum, of) => sum + of.free, free);
    return { own, peers, stage: this.stageOf(pool, total) };
  }

  private toldOf(peer: CellId, pool: PoolId, at: number): ToldOutlook | undefined {
    const told = this.told.get(channelKeyOf(peer, pool));
    return told === undefined || at - told.at > toldSecondsMax ? undefined : told;
  }

  private stageOf(pool: PoolId, total: number): ChunkStage {
    const before = this.chunkings.get(pool) ?? { stage: 0, opening: 0 };
    const opening = Math.max(before.opening, total);
    const stage = chunkStageOf(total, opening, before.stage);
    this.chunkings.set(pool, { stage, opening });
    return stage;
  }
}
