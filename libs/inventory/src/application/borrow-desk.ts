import type { CellId } from '@entrepot/kernel';
import { levelFor } from '../domain/grant-policy.ts';
import type { PoolId, PoolPosition } from '../domain/pool.ts';
import { figureMax } from '../domain/told-figures.ts';
import { arrivalsOf } from './arrivals.ts';
import {
  PeerSilentError,
  poolsPerCallMax,
  type BorrowReply,
  type PeerInventory,
} from './peer-inventory.ts';
import { RecentMap } from './recent-map.ts';
import type { StockLanes } from './stock-lanes.ts';
import type { StockMap } from './stock-map.ts';

/** An order is short of units of a pool. */
export interface Want {
  readonly pool: PoolId;
  /** How the pool stands here. */
  readonly here: PoolPosition;
  readonly quantity: number;
  /** The order is stopped at this pool; a want for a later pool gives way to other cells. */
  readonly isWaiting: boolean;
}

/** How the other cells stood, each at an instant of one exchange. */
export interface Collect {
  /** By the process's count of events. */
  readonly startedAt: number;
  /** How the pool stood here at some instant before. */
  readonly here: PoolPosition;
  /** In the order of the peers; undefined for one that was silent. */
  readonly positions: readonly (PoolPosition | undefined)[];
  /** The home of the warehouse has never had a unit nor given one, so nobody can have one. */
  readonly isUnheardOf: boolean;
}

/** Pools of which a process remembers who had most. */
const poolsKnownMax = 10_000;

/** The wants that go out in one call per peer. */
interface Gathering {
  readonly wants: Map<PoolId, Want>;
  readonly collects: Promise<ReadonlyMap<PoolId, Collect>>;
}

/**
 * Asks other cells for units on behalf of all orders of this process. As in a lane, one call is on its
 * way at a time, and what comes meanwhile gathers into the next; so one borrow per pool is in flight:
 * whoever comes for a pool that was asked for waits for the answer, and waiters go on in the order they
 * came. The units go to the cell and not to an order, so a caller that gave up wastes nothing.
 */
export class BorrowDesk {
  private readonly inFlight = new Map<PoolId, Promise<ReadonlyMap<PoolId, Collect>>>();
  private last: Promise<unknown> = Promise.resolve();
  private gathering: Gathering | undefined;
  private readonly heard = new RecentMap<PoolId, Collect['positions']>(poolsKnownMax);

  /** @param tellsFree the border process is told what is free here, and plans with it. */
  constructor(
    private readonly map: StockMap,
    private readonly lanes: StockLanes,
    private readonly peers: PeerInventory,
    private readonly tellsFree = false,
  ) {}

  async collect(wants: readonly Want[]): Promise<ReadonlyMap<PoolId, Collect>> {
    const answers = wants.map(async (want) => {
      const collect = (await (this.inFlight.get(want.pool) ?? this.gather(want))).get(want.pool);
      return collect === undefined ? [] : [[want.pool, collect] as const];
    });
    return new Map((await Promise.all(answers)).flat());
  }

  /** Puts the want into the next call, together with what others want of the pool. */
  private gather(want: Want): Promise<ReadonlyMap<PoolId, Collect>> {
    let { gathering } = this;
    const isFull = gathering !== undefined && gathering.wants.size >= poolsPerCallMax;
    if (gathering === undefined || isFull) gathering = this.openNext();
    const earlier = gathering.wants.get(want.pool);
    gathering.wants.set(want.pool, earlier === undefined ? want : sumOf(earlier, want));
    return gathering.collects;
  }

  private openNext(): Gathering {
    const wants = new Map<PoolId, Want>();
    const collects: Gathering['collects'] = this.last.then(() => {
      if (this.gathering?.wants === wants) this.gathering = undefined;
      return this.send(wants, collects);
    });
    // a waiter may have given up; the failure is told to those who still wait
    this.last = collects.catch(() => undefined);
    this.gathering = { wants, collects };
    return this.gathering;
  }

  private async send(
    wants: ReadonlyMap<PoolId, Want>,
    collects: Promise<ReadonlyMap<PoolId, Collect>>,
  ): Promise<ReadonlyMap<PoolId, Collect>> {
    for (const pool of wants.keys()) this.inFlight.set(pool, collects);
    try {
      return await this.askPeers([...wants.values()]);
    } finally {
      for (const pool of wants.keys()) this.inFlight.delete(pool);
    }
  }

  private async askPeers(wants: readonly Want[]): Promise<ReadonlyMap<PoolId, Collect>> {
    const startedAt = this.lanes.tick();
    const missing = new Map(
      wants.map(({ pool, here, quantity }) => [pool, Math.max(0, quantity - here.free)]),
    );
    const told = new Map<PoolId, Map<CellId, PoolPosition>>();
    const donors = new Map(wants.map(({ pool }) => [pool, this.richestFirst(pool)]));
    for (const rank of this.map.peers.keys()) {
      const turns = Map.groupBy(wants, ({ pool }) => donors.get(pool)?.[rank]);
      const asked = [...turns].map(async ([peer, of]) => {
        const answer = peer && (await this.ask(peer, of, missing));
        for (const { pool, position } of answer?.grants ?? []) {
          const ofPool = told.get(pool) ?? new Map<CellId, PoolPosition>();
          told.set(pool, ofPool.set(position.cell, position));
        }
      });
      await Promise.all(asked);
    }
    return new Map(
      wants.map(({ pool, here }) => {
        const positions = this.map.peers.map((peer) => told.get(pool)?.get(peer));
        this.heard.set(pool, positions);
        const isUnheardOf = this.isUnheardOf(pool, positions);
        return [pool, { startedAt, here, positions, isUnheardOf }];
      }),
    );
  }

  /** Who had most when last heard of; of a pool that is new, the home of its warehouse. */
  private richestFirst(pool: PoolId): readonly CellId[] {
    const heard = this.heard.get(pool);
    const home = this.map.homeOf(pool);
    const freeOf = (peer: CellId): number =>
      heard?.find((position) => position?.cell === peer)?.free ??
      (heard === undefined && peer === home ? Infinity : 0);
    return this.map.peers.toSorted((one, other) => freeOf(other) - freeOf(one));
  }

  private isUnheardOf(pool: PoolId, positions: Collect['positions']): boolean {
    const home = this.map.homeOf(pool);
    // a home that was restored from before its first delivery knows by its channels alone that there are units
    return positions.some(
      (position) =>
        position?.cell === home &&
        position.credits === 0 &&
        position.channels.every(({ granted }) => granted === 0),
    );
  }

  /** Asks one peer for what is still missing and takes in what it gave; undefined when it is silent. */
  private async ask(
    peer: CellId,
    wants: readonly Want[],
    missing: Map<PoolId, number>,
  ): Promise<BorrowReply | undefined> {
    const asks = wants.map(({ pool, here, isWaiting }) => {
      const acked = here.channels.find((channel) => channel.peer === peer)?.applied ?? 0;
      const need = missing.get(pool) ?? 0;
      const level = need > 0 ? levelFor(acked, need) : 0;
      const ask = { pool, level, need, acked, isWaiting };
      return this.tellsFree ? { ...ask, free: Math.min(here.free, figureMax) } : ask;
    });
    try {
      const reply = await this.peers.borrow(peer, asks);
      const arrivals = arrivalsOf(peer, { asks, reply, map: this.map });
      for (const { apply, units } of arrivals) {
        missing.set(apply.pool, Math.max(0, (missing.get(apply.pool) ?? 0) - units));
      }
      if (arrivals.length > 0) await this.lanes.submit(arrivals.map(({ apply }) => apply));
      return reply;
    } catch (error) {
      if (error instanceof PeerSilentError) return undefined;
      throw error;
    }
  }
}

/** What two orders want together; of how the pool stands, what was seen later. */
const sumOf = (one: Want, other: Want): Want => ({
  pool: one.pool,
  here: one.here.credits > other.here.credits ? one.here : other.here,
  quantity: one.quantity + other.quantity,
  isWaiting: one.isWaiting || other.isWaiting,
});
