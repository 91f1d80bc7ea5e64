import type { CellId } from '@entrepot/kernel';
import type { Apply } from '../domain/commands.ts';
import { levelFor } from '../domain/grant-policy.ts';
import type { PoolId, PoolPosition } from '../domain/pool.ts';
import {
  PeerSilentError,
  poolsPerCallMax,
  type BorrowReply,
  type PeerInventory,
} from './peer-inventory.ts';
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

/** How the other cells stood, all asked between two events of this process. */
export interface Collect {
  readonly startedAt: number;
  readonly endedAt: number;
  /** In the order of the peers; undefined for one that was silent. */
  readonly positions: readonly (PoolPosition | undefined)[];
}

/**
 * Asks other cells for units on behalf of all orders of this process. One borrow per pool is in flight
 * at a time: whoever comes meanwhile waits for its end, and waiters go on in the order they came. The
 * units go to the cell and not to an order, so a caller that gave up wastes nothing.
 */
export class BorrowDesk {
  private readonly inFlight = new Map<PoolId, Promise<Collect>>();

  constructor(
    private readonly map: StockMap,
    private readonly lanes: StockLanes,
    private readonly peers: PeerInventory,
  ) {}

  async collect(wants: readonly Want[]): Promise<ReadonlyMap<PoolId, Collect>> {
    const fresh = wants.filter(({ pool }) => !this.inFlight.has(pool));
    for (let from = 0; from < fresh.length; from += poolsPerCallMax) {
      this.start(fresh.slice(from, from + poolsPerCallMax));
    }
    const collects = await Promise.all(wants.map(async ({ pool }) => this.inFlight.get(pool)));
    return new Map(
      wants.flatMap(({ pool }, at) => {
        const collect = collects[at];
        return collect === undefined ? [] : [[pool, collect] as const];
      }),
    );
  }

  private start(wants: readonly Want[]): void {
    const all = this.askPeers(wants).finally(() => {
      for (const { pool } of wants) this.inFlight.delete(pool);
    });
    for (const { pool } of wants) {
      const own = all.then((byPool) => byPool.get(pool) ?? this.nothing());
      // a waiter may have given up; the failure is told to those who still wait
      own.catch(() => undefined);
      this.inFlight.set(pool, own);
    }
  }

  private async askPeers(wants: readonly Want[]): Promise<ReadonlyMap<PoolId, Collect>> {
    const startedAt = this.lanes.tick();
    const missing = new Map(
      wants.map(({ pool, here, quantity }) => [pool, Math.max(0, quantity - here.free)]),
    );
    const positions = new Map<PoolId, (PoolPosition | undefined)[]>();
    for (const peer of this.map.peers) {
      const answer = await this.ask(peer, wants, missing);
      for (const { pool } of wants) {
        const grant = answer?.grants.find((of) => of.pool === pool);
        positions.set(pool, [...(positions.get(pool) ?? []), grant?.position]);
      }
    }
    const endedAt = this.lanes.tick();
    return new Map(
      wants.map(({ pool }) => [pool, { startedAt, endedAt, positions: positions.get(pool) ?? [] }]),
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
      return { pool, level, need, acked, isWaiting };
    });
    try {
      const view = await this.peers.borrow(peer, asks);
      const applies = view.grants.flatMap(({ pool, grantedTotal }): Apply[] => {
        const asked = asks.find((of) => of.pool === pool);
        if (asked === undefined || grantedTotal <= asked.acked) return [];
        const units = grantedTotal - asked.acked;
        missing.set(asked.pool, Math.max(0, asked.need - units));
        const home = this.map.homeOf(asked.pool);
        const { pool: id } = asked;
        return [{ kind: 'apply', pool: id, home, peer, total: grantedTotal, epoch: view.epoch }];
      });
      if (applies.length > 0) await this.lanes.submit(applies);
      return view;
    } catch (error) {
      if (error instanceof PeerSilentError) return undefined;
      throw error;
    }
  }

  private nothing(): Collect {
    const now = this.lanes.tick();
    return { startedAt: now, endedAt: now, positions: this.map.peers.map(() => undefined) };
  }
}
