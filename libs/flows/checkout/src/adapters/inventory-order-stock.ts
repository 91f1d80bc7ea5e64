import type {
  DroppedLine as UnheldLine,
  PoolId,
  Reservation,
  ReservationId,
  ReservationRef,
} from '@entrepot/inventory';
import {
  ConfirmReservations,
  ReleaseReservations,
  reservationIdOf,
  ReserveLines,
  StockMap,
  StockStore,
} from '@entrepot/inventory';
import type { Sku } from '@entrepot/kernel';
import type { DroppedLine } from '@entrepot/orders';
import { Injectable } from '@nestjs/common';
import type { Hold, HoldOutcome, Shortage, StockRound } from '../application/order-stock.ts';
import { OrderStock } from '../application/order-stock.ts';
import type { StockFact } from '../domain/checkout.ts';

@Injectable()
export class InventoryOrderStock extends OrderStock {
  constructor(
    private readonly reserveLines: ReserveLines,
    private readonly confirmReservations: ConfirmReservations,
    private readonly releaseReservations: ReleaseReservations,
    private readonly store: StockStore,
    private readonly map: StockMap,
  ) {
    super();
  }

  async hold(round: StockRound): Promise<HoldOutcome> {
    const { orderId, reserveRound, lines, onShortage } = round;
    const result = await this.reserveLines.execute({
      order: orderId,
      round: reserveRound,
      lines: lines.map(({ sku, quantity }) => ({ line: sku, sku, quantity })),
      onShortage,
    });
    switch (result.kind) {
      case 'held':
        return {
          kind: 'held',
          holds: result.reservations,
          dropped: new Map(result.dropped.flatMap(droppedOf)),
        };
      case 'refused':
        return { kind: 'refused', shortages: result.dropped.flatMap(shortageOf) };
      case 'unsettled':
        return { kind: 'undecided', shortages: result.lines.flatMap(shortageOf) };
      case 'round-spent':
        // what another call may hold of it nobody will ask for: this order goes on under a new round
        await this.abandon(round);
        return { kind: 'undecided', shortages: [] };
    }
  }

  async sell(round: StockRound, known?: readonly Hold[]): Promise<'sold' | 'lost'> {
    const references =
      known?.map((hold) => heldReference(hold, round)) ??
      (await this.reservationsOf(round)).map(referenceOf);
    if (references.length === 0) return 'lost';
    const { kind } = await this.confirmReservations.execute(references);
    if (kind === 'confirmed') return 'sold';
    await this.cancelSale(round);
    return 'lost';
  }

  async release(round: StockRound): Promise<void> {
    const reservations = await this.reservationsOf(round);
    await this.releaseReservations.execute(reservations.map(referenceOf));
  }

  async abandon(round: StockRound): Promise<void> {
    const seen = new Set((await this.reservationsOf(round)).map(({ id }) => id));
    const { orderId: order } = round;
    const unseen = this.placesOf(round).filter(({ reservation }) => !seen.has(reservation));
    // a release of what nobody has seen closes the door; what came in meanwhile is found afterwards
    await this.releaseReservations.execute(
      unseen.map(({ pool, reservation }) => ({ pool, reservation, order, quantity: 1 })),
    );
    await this.release(round);
  }

  cancelSale(round: StockRound): Promise<void> {
    return this.release(round);
  }

  async factOf(round: StockRound): Promise<StockFact> {
    const states = new Set((await this.reservationsOf(round)).map(({ state }) => state));
    if (states.size === 0) return 'none';
    if ([...states].every((state) => state === 'CONFIRMED' || state === 'SHIPPED')) return 'sold';
    // confirming again sells the rest of a sale that a crash cut in two
    const isLive = [...states].every((state) => state === 'HELD' || state === 'CONFIRMED');
    return isLive ? 'held' : 'lost';
  }

  private reservationsOf(round: StockRound): Promise<Reservation[]> {
    return this.store.findReservations(this.placesOf(round).map(({ reservation }) => reservation));
  }

  /** Every pool that could hold a line of the round; the id there follows from order, pool and round. */
  private placesOf({ orderId, reserveRound, lines }: StockRound) {
    return lines
      .flatMap(({ sku }) => this.map.poolsOf(sku))
      .map((pool) => ({ pool, reservation: reservationIdOf(orderId, pool, reserveRound) }));
  }
}

const heldReference = (
  { reservation, pool, quantity }: Hold,
  { orderId }: StockRound,
): ReservationRef => ({
  reservation: reservation as ReservationId,
  pool: pool as PoolId,
  order: orderId,
  quantity,
});

const referenceOf = ({ id, pool, order, quantity }: Reservation): ReservationRef => ({
  reservation: id,
  pool,
  order,
  quantity,
});

function shortageOf({ sku, availability }: UnheldLine): Shortage[] {
  switch (availability.answer) {
    case 'OK':
    case 'LOW':
      return [];
    case 'INSUFFICIENT':
      return [{ sku, reason: 'INSUFFICIENT', available: availability.available }];
    case 'GLOBAL_EMPTY':
    case 'BORROWING':
    case 'PEER_UNREACHABLE':
      return [{ sku, reason: availability.answer }];
  }
}

function droppedOf(line: UnheldLine): [Sku, DroppedLine][] {
  return shortageOf(line).flatMap(({ sku, reason, available }): [Sku, DroppedLine][] =>
    reason === 'INSUFFICIENT' || reason === 'GLOBAL_EMPTY'
      ? [[sku, available === undefined ? { reason } : { reason, available }]]
      : [],
  );
}
