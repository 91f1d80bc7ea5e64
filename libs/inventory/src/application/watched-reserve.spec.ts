import { describe, expect, it } from '@jest/globals';
import type { CellId, OrderId, Sku } from '@entrepot/kernel';
import { planReservation } from '../domain/reservation-plan.ts';
import { poolIdOf } from '../domain/pool.ts';
import { AvailabilityBoard } from './availability-board.ts';
import { BorrowDesk } from './borrow-desk.ts';
import type { ReserveLinesRequest, ReserveLinesResult } from './reserve-lines.ts';
import { StockLanes } from './stock-lanes.ts';
import type { StockLedger } from './stock-ledger.ts';
import { StockMap } from './stock-map.ts';
import type { StockOutlook } from './stock-outlook.ts';
import { TimedBorrowDesk, WatchedReserve } from './watched-reserve.ts';
import { PeerSilentError } from './peer-inventory.ts';

const [here, peer] = ['in-1', 'eu-1'] as CellId[] as [CellId, CellId];
const sku = 'mug' as Sku;
const pool = poolIdOf('blr', sku);
const map = new StockMap(
  {
    cells: [
      { id: here, warehouses: [{ id: 'blr' }] },
      { id: peer, warehouses: [] },
    ],
  } as unknown as ConstructorParameters<typeof StockMap>[0],
  here,
);
const board = new AvailabilityBoard();
/** Books that have whatever is asked of them. */
const generous: StockLedger = {
  apply: (commands) =>
    Promise.resolve({
      verdicts: commands.map(() => ({ outcome: 'HELD', changed: true, free: 0, total: 0 })),
      positions: new Map(),
    }),
};
const lanes = new StockLanes([generous], board);
const cut = {
  borrow: () => Promise.reject(new PeerSilentError('cut')),
  exchangeTotals: () => Promise.reject(new PeerSilentError('cut')),
};

describe('WatchedReserve', () => {
  /** An order for goods of which all cells are known to have two. */
  async function reserve(
    quantities: readonly number[],
    onShortage: ReserveLinesRequest['onShortage'],
  ): Promise<ReserveLinesResult[]> {
    const results: ReserveLinesResult[] = [];
    const outlook = {
      planFor: ({ lines }: Parameters<StockOutlook['planFor']>[0]) =>
        Promise.resolve(
          planReservation(lines, () => [
            { pool, isOwn: true, isKnown: false, free: 0, ceiling: 2 },
          ]),
        ),
    } as unknown as StockOutlook;
    const clock = { now: () => new Date(0) };
    const soldOut = { isKnown: () => false, note: () => undefined };
    const register = { record: () => Promise.resolve(), soldOut } as never;
    const desk = new BorrowDesk(map, lanes, cut);
    const watched = new WatchedReserve(
      { board, onSettled: (result) => results.push(result) },
      ...([outlook, lanes, desk, register, clock] as const),
    );
    await watched.execute({
      order: 'ord_in-1_00000000000000000000000000' as OrderId,
      round: 1,
      lines: quantities.map((quantity, at) => ({ line: String(at), sku, quantity })),
      onShortage,
    });
    return results;
  }

  it('tells readers nothing of an article of which the order took some itself', async () => {
    expect(await reserve([1, 2], 'partial')).toMatchObject([
      { kind: 'held', dropped: [{ quantity: 2, availability: { answer: 'INSUFFICIENT' } }] },
    ]);
    expect(board.findShortage(sku)).toBeUndefined();
  });

  it('tells readers what was proven, and whoever counts how the order went', async () => {
    expect(board.findShortage(sku)).toBeUndefined();
    expect(await reserve([3], 'refuse')).toMatchObject([{ kind: 'refused' }]);
    expect(board.findShortage(sku)).toBe(2);
  });
});

describe('TimedBorrowDesk', () => {
  it('tells how long those who must wait did, and is silent about those who only ask', async () => {
    const waits: number[] = [];
    const desk = new TimedBorrowDesk((seconds) => waits.push(seconds), map, lanes, cut);
    const position = { cell: here, pool, free: 0, credits: 0, channels: [] };
    const want = { pool, here: position, quantity: 1 };
    await desk.collect([]);
    await desk.collect([{ ...want, isWaiting: false }]);
    expect(waits).toEqual([]);
    await desk.collect([{ ...want, isWaiting: true }]);
    expect(waits).toHaveLength(1);
  });
});
