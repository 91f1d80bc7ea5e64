import type { OrderId } from '@entrepot/kernel';
import type { PoolOutlook } from '../domain/allocate.ts';
import type { PoolId } from '../domain/pool.ts';
import {
  planReservation,
  type OrderLine,
  type ReservationPlan,
} from '../domain/reservation-plan.ts';
import { reservationIdOf } from './reservation-ids.ts';
import type { DemandCounts } from './demand-counts.ts';
import type { StockMap } from './stock-map.ts';
import type { StockStore } from './stock-store.ts';

/** Where an order's goods might come from, by what this cell knows before it asks. */
export class StockOutlook {
  constructor(
    private readonly map: StockMap,
    private readonly store: StockStore,
    private readonly demand?: DemandCounts,
  ) {}

  /** A plan that counts in what an earlier call of the round holds; undefined if part of that has ended. */
  async planFor(ask: {
    readonly order: OrderId;
    readonly round: number;
    readonly lines: readonly OrderLine[];
  }): Promise<ReservationPlan | undefined> {
    const skus = [...new Set(ask.lines.map(({ sku }) => sku))];
    const pools = skus.flatMap((sku) => this.map.poolsOf(sku));
    const ids = pools.map((pool) => reservationIdOf(ask.order, pool, ask.round));
    const [free, earlier] = await Promise.all([
      this.store.findFree(pools),
      this.store.findReservations(ids),
    ]);
    if (earlier.some(({ state }) => state !== 'HELD' && state !== 'CONFIRMED')) return undefined;
    const freeOf = new Map(free.map((of) => [of.pool, of.free]));
    const heldOf = new Map(earlier.map((of) => [of.pool, of.quantity]));
    const plan = planReservation(ask.lines, (sku) =>
      this.map.poolsOf(sku).map((pool) => this.outlookOf(pool, freeOf.get(pool), heldOf.get(pool))),
    );
    // who tries again wants no more than before
    if (ask.round === 1 && earlier.length === 0) this.count(plan);
    return plan;
  }

  /** What an order wants is demand, whether it gets it or not. */
  private count({ skus }: ReservationPlan): void {
    for (const { portions } of skus.values()) {
      for (const { pool, quantity } of portions) this.demand?.note(pool, quantity);
    }
  }

  private outlookOf(pool: PoolId, free: number | undefined, held: number | undefined): PoolOutlook {
    const isOwn = this.map.isOwn(pool);
    const isKnown = free !== undefined;
    return {
      pool,
      isOwn,
      isKnown,
      free: free ?? 0,
      // the home opens books with the first units: a pool of ours without books never had any
      ...(isOwn && !isKnown && { ceiling: 0 }),
      ...(held !== undefined && { held }),
    };
  }
}
