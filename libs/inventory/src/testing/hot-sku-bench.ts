import { newCellId, type CellId } from '@entrepot/kernel';
import { statement, type ShopDatabase } from '@entrepot/platform-database';
import { v5 } from 'uuid';
import { PgStockLedger } from '../adapters/pg-stock-ledger.ts';
import { AvailabilityBoard } from '../application/availability-board.ts';
import { reservationIdOf } from '../application/reservation-ids.ts';
import { StockLanes } from '../application/stock-lanes.ts';
import type { Mint } from '../domain/commands.ts';
import { poolIdOf, type PoolId } from '../domain/pool.ts';

export interface HotSkuOptions {
  readonly cell: CellId;
  readonly seconds: number;
  /** Reservations under way at any time. */
  readonly inFlight: number;
}

export interface HotSkuFigures {
  readonly reservationsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** One UPDATE of one row per reservation by eight connections, in the same run. */
  readonly singleRowPerSecond: number;
  readonly ratio: number;
}

const baselineConnections = 8;

/**
 * Reservations of one pool through a lane, beside what a plain conditional UPDATE of one row reaches on
 * the same server: the ratio says more about the design than either figure about the machine.
 * @param owner may make a table for the baseline; dropped afterwards.
 */
export async function measureHotSku(
  shop: ShopDatabase,
  owner: ShopDatabase,
  options: HotSkuOptions,
): Promise<HotSkuFigures> {
  const singleRowPerSecond = await measureSingleRow(owner, options.seconds);
  const pool = poolIdOf('bench', `hot-${Date.now()}`);
  const lanes = new StockLanes(
    [new PgStockLedger(shop.dedicated(), options.cell)],
    new AvailabilityBoard(),
  );
  const document = v5(pool, v5.URL) as Mint['document'];
  const quantity = 1_000_000_000;
  await lanes.submit([
    { kind: 'mint', pool, home: options.cell, document, quantity, into: 'FREE' },
  ]);
  const latencies: number[] = [];
  const perSecond = await repeat(options, async () => {
    const startedAt = performance.now();
    await reserveOne(lanes, pool, options.cell);
    latencies.push(performance.now() - startedAt);
  });
  latencies.sort((left, right) => left - right);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? 0;
  return {
    reservationsPerSecond: perSecond,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    singleRowPerSecond,
    ratio: perSecond / singleRowPerSecond,
  };
}

async function reserveOne(lanes: StockLanes, pool: PoolId, cell: CellId): Promise<void> {
  const order = newCellId('order', cell);
  const reservation = reservationIdOf(order, pool, 1);
  const { verdicts } = await lanes.submit([
    { kind: 'reserve', pool, reservation, order, group: order, quantity: 1, holdSeconds: 600 },
  ]);
  if (verdicts[0]?.outcome !== 'HELD') throw new Error('the bench ran out of units');
}

async function measureSingleRow(owner: ShopDatabase, seconds: number): Promise<number> {
  await owner.execute(makeRow);
  try {
    await owner.execute(fillRow);
    return await repeat({ seconds, inFlight: baselineConnections }, async () => {
      await owner.execute(takeOne);
    });
  } finally {
    await owner.execute(dropRow);
  }
}

const makeRow = statement(
  'bench.make_row',
  'CREATE TABLE inventory.bench_row (free bigint CHECK (free >= 0)) WITH (fillfactor = 50)',
);
const fillRow = statement('bench.fill_row', 'INSERT INTO inventory.bench_row VALUES (1000000000)');
const takeOne = statement(
  'bench.take_one',
  'UPDATE inventory.bench_row SET free = free - 1 WHERE free >= 1',
);
const dropRow = statement('bench.drop_row', 'DROP TABLE inventory.bench_row');

/** Keeps `inFlight` calls under way for a time; returns how many ended per second. */
async function repeat(
  { seconds, inFlight }: Pick<HotSkuOptions, 'seconds' | 'inFlight'>,
  once: () => Promise<void>,
): Promise<number> {
  const startedAt = performance.now();
  const until = startedAt + seconds * 1000;
  let done = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < until) {
      await once();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return (done * 1000) / (performance.now() - startedAt);
}
