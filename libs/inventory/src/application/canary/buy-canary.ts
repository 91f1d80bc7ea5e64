import type { CellId, Clock, OrderId } from '@entrepot/kernel';
import {
  canaryMinute,
  canaryOrderOf,
  canaryQuantity,
  canarySkuOf,
  canaryUnits,
} from '../../domain/canary.ts';
import { partsOf, type PoolId } from '../../domain/pool.ts';
import { terminalStates } from '../../domain/reservation.ts';
import type {
  ConfirmReservations,
  ReleaseReservations,
  ReservationRef,
} from '../advance-reservations.ts';
import type { ReceiveStock } from '../receive-stock.ts';
import type { ReserveLines, ReserveLinesResult } from '../reserve-lines.ts';
import { reservationIdOf } from '../reservation-ids.ts';
import type { StockMap } from '../stock-map.ts';
import type { StockStore } from '../stock-store.ts';

export const buyCanaryEveryMs = 60_000;

/** How far back a process that starts looks for what a killed run has left, and how far behind its last look. Minutes. */
const leftoversAtStart = 1_440;
const leftoversLater = 5;

export const canaryOutcomes = [
  'bought',
  /** Final, and so with proof: other canaries had the units at that instant. */
  'refused',
  'borrowing',
  /** Of the canary there are always units elsewhere: a cell that may have them did not answer. */
  'peer_unreachable',
  /** The hold was lost before it was confirmed. */
  'lost',
] as const;
export type CanaryOutcome = (typeof canaryOutcomes)[number];

export const canaryTypes = ['local', 'borrow'] as const;

export interface CanaryPurchase {
  /** Whose article it was. */
  readonly home: CellId;
  readonly type: (typeof canaryTypes)[number];
  readonly outcome: CanaryOutcome;
  /** From the ask to the confirmed sale. */
  readonly seconds: number;
}

export interface CanaryShop {
  readonly reserve: ReserveLines;
  readonly confirm: ConfirmReservations;
  readonly release: ReleaseReservations;
  readonly receive: ReceiveStock;
}

/**
 * Buys one canary article of every cell as an order would, and cancels it: what a shopper would meet at this minute, borrowing included.
 * It uses no cart, no order and no payment.
 */
export class BuyCanary {
  /** The cells that have a canary, by id. */
  readonly homes: readonly CellId[];
  /** Minute of the last look for what earlier runs have left. */
  private lookedIn: number | undefined;

  constructor(
    private readonly map: StockMap,
    /** The warehouse in which each cell keeps its canary. */
    private readonly warehouses: ReadonlyMap<CellId, string>,
    private readonly store: StockStore,
    private readonly shop: CanaryShop,
    private readonly clock: Clock,
  ) {
    this.homes = [...warehouses.keys()].toSorted();
  }

  async execute(): Promise<CanaryPurchase[]> {
    const minute = canaryMinute(this.clock.now());
    await this.stock();
    await this.endLeftovers(minute);
    const purchases: CanaryPurchase[] = [];
    for (const home of this.homes) {
      const purchase = await this.buy(home, minute);
      if (purchase !== undefined) purchases.push(purchase);
    }
    return purchases;
  }

  private poolOf(home: CellId): PoolId {
    return `${this.warehouses.get(home) ?? ''}/${canarySkuOf(home)}` as PoolId;
  }

  /** The units come in once, under one document. */
  private async stock(): Promise<void> {
    const { cell } = this.map;
    if (this.lookedIn !== undefined || !this.warehouses.has(cell)) return;
    const { warehouse, sku } = partsOf(this.poolOf(cell));
    await this.shop.receive.execute(`canary of ${cell}`, [
      { sku, warehouse, quantity: canaryUnits },
    ]);
  }

  private async endLeftovers(minute: number): Promise<void> {
    // the store may have been away for longer than that
    const since = this.lookedIn === undefined ? leftoversAtStart : minute - this.lookedIn;
    const back = Math.min(leftoversAtStart, since + leftoversLater);
    const ids = Array.from({ length: back }, (_, before) => minute - 1 - before).flatMap((of) =>
      this.homes.map((home) =>
        reservationIdOf(canaryOrderOf(this.map.cell, of), this.poolOf(home), 1),
      ),
    );
    const found = await this.store.findReservations(ids);
    const open = found.filter(({ state }) => !terminalStates.includes(state));
    await this.shop.release.execute(
      open.map(({ id: reservation, ...of }) => ({ ...of, reservation })),
    );
    this.lookedIn = minute;
  }

  /** Undefined where an earlier run of this minute has bought it. */
  private async buy(home: CellId, minute: number): Promise<CanaryPurchase | undefined> {
    const pool = this.poolOf(home);
    const [own] = await this.store.findFree([pool]);
    const free = own?.free ?? 0;
    const isHome = home === this.map.cell;
    const quantity = canaryQuantity({ free, isHome, guests: this.map.peers.length, minute });
    const order = canaryOrderOf(this.map.cell, minute);
    const startedAt = performance.now();
    const result = await this.shop.reserve.execute({
      ...{ order, round: 1, onShortage: 'refuse' },
      lines: [{ line: '1', sku: canarySkuOf(home), quantity }],
    });
    if (result.kind === 'round-spent') return undefined;
    const outcome = await this.settle(order, result);
    const seconds = (performance.now() - startedAt) / 1000;
    return { home, type: quantity > free ? 'borrow' : 'local', outcome, seconds };
  }

  private async settle(
    order: OrderId,
    result: Exclude<ReserveLinesResult, { kind: 'round-spent' }>,
  ): Promise<CanaryOutcome> {
    if (result.kind === 'refused') return 'refused';
    if (result.kind === 'unsettled') {
      const isSilent = result.lines.some(
        ({ availability }) => availability.answer === 'PEER_UNREACHABLE',
      );
      return isSilent ? 'peer_unreachable' : 'borrowing';
    }
    const held: ReservationRef[] = result.reservations.map((of) => ({ ...of, order }));
    try {
      const { kind } = await this.shop.confirm.execute(held);
      return kind === 'confirmed' ? 'bought' : 'lost';
    } finally {
      await this.shop.release.execute(held);
    }
  }
}
