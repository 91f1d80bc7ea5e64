import { isFinal } from '../domain/availability.ts';
import { partsOf, type PoolId } from '../domain/pool.ts';
import type { AvailabilityBoard } from './availability-board.ts';
import { BorrowDesk, type Collect, type Want } from './borrow-desk.ts';
import { ReserveLines } from './reserve-lines.ts';
import type { ReserveLinesRequest, ReserveLinesResult } from './reserve-lines.ts';

export interface WatchedReserveOptions {
  readonly board: AvailabilityBoard;
  readonly onSettled: (result: ReserveLinesResult) => void;
}

/** Holds units, and tells readers and gauges how it went. */
export class WatchedReserve extends ReserveLines {
  private readonly board: AvailabilityBoard;
  private readonly onSettled: (result: ReserveLinesResult) => void;

  constructor(
    { board, onSettled }: WatchedReserveOptions,
    ...parts: ConstructorParameters<typeof ReserveLines>
  ) {
    super(...parts);
    this.board = board;
    this.onSettled = onSettled;
  }

  override async execute(request: ReserveLinesRequest): Promise<ReserveLinesResult> {
    const result = await super.execute(request);
    if (result.kind === 'held' || result.kind === 'refused') this.post(result);
    this.onSettled(result);
    return result;
  }

  /**
   * What was proven for an order is true for whoever reads in the next moment, unless the order itself then
   * took some of it for another of its lines.
   */
  private post(result: Extract<ReserveLinesResult, { kind: 'held' | 'refused' }>): void {
    const taken = result.kind === 'held' ? result.reservations : [];
    const takenSkus = new Set(taken.map(({ pool }) => partsOf(pool).sku));
    for (const { sku, availability } of result.dropped) {
      if (!isFinal(availability) || takenSkus.has(sku)) continue;
      const units = availability.answer === 'INSUFFICIENT' ? availability.available : 0;
      this.board.noteShortage(sku, units);
    }
  }
}

/** A desk that tells how long orders waited at it. */
export class TimedBorrowDesk extends BorrowDesk {
  private readonly onWaited: (seconds: number) => void;

  constructor(
    onWaited: (seconds: number) => void,
    ...parts: ConstructorParameters<typeof BorrowDesk>
  ) {
    super(...parts);
    this.onWaited = onWaited;
  }

  override async collect(wants: readonly Want[]): Promise<ReadonlyMap<PoolId, Collect>> {
    if (!wants.some(({ isWaiting }) => isWaiting)) return super.collect(wants);
    const startedAt = performance.now();
    try {
      return await super.collect(wants);
    } finally {
      this.onWaited((performance.now() - startedAt) / 1_000);
    }
  }
}
