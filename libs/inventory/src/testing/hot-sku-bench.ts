import { newCellId, type CellId } from '@entrepot/kernel';
import { statement, type ShopDatabase } from '@entrepot/platform-database';
import { v5 } from 'uuid';
import { PgStockLedger } from '../adapters/pg-stock-ledger.ts';
import { AvailabilityBoard } from '../application/availability-board.ts';
import { reservationIdOf } from '../application/reservation-ids.ts';
import { StockLanes } from '../application/stock-lanes.ts';
import type { Mint, Reserve } from '../domain/commands.ts';
import { poolIdOf, type PoolId } from '../domain/pool.ts';

export interface LoadOptions {
  readonly seconds: number;
  /** Calls under way at any time. */
  readonly inFlight: number;
}

export interface LoadFigures {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Keeps so many calls under way for a time, the next as soon as one has ended. */
export async function keepInFlight(
  { seconds, inFlight }: LoadOptions,
  once: () => Promise<void>,
): Promise<LoadFigures> {
  const startedAt = performance.now();
  const until = startedAt + seconds * 1_000;
  const latencies: number[] = [];
  const worker = async (): Promise<void> => {
    for (let beganAt = performance.now(); beganAt < until; beganAt = performance.now()) {
      await once();
      latencies.push(performance.now() - beganAt);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  const perSecond = (latencies.length * 1_000) / (performance.now() - startedAt);
  latencies.sort((left, right) => left - right);
  const at = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? 0;
  return { perSecond, p50Ms: at(0.5), p99Ms: at(0.99) };
}

const plenty = 1_000_000_000;

/** Pools with more units than any bench asks for, behind a lane of their own. */
export class BenchStock {
  private constructor(
    private readonly lanes: StockLanes,
    private readonly cell: CellId,
    private readonly pools: readonly PoolId[],
  ) {}

  /** Pools that are there already, with units. */
  static over(shop: ShopDatabase, cell: CellId, pools: readonly PoolId[]): BenchStock {
    const ledger = new PgStockLedger(shop.dedicated(), cell);
    return new BenchStock(new StockLanes([ledger], new AvailabilityBoard()), cell, pools);
  }

  /** One new pool. */
  static async hot(shop: ShopDatabase, home: CellId): Promise<BenchStock> {
    const pool = poolIdOf('bench', `hot-${Date.now()}`);
    const stock = BenchStock.over(shop, home, [pool]);
    const document = v5(pool, v5.URL) as Mint['document'];
    await stock.lanes.submit([
      { kind: 'mint', pool, home, document, quantity: plenty, into: 'FREE' },
    ]);
    return stock;
  }

  /** The same pools behind another lane, as another process would have it. */
  beside(shop: ShopDatabase): BenchStock {
    return BenchStock.over(shop, this.cell, this.pools);
  }

  /** Holds a unit of any pool. */
  async reserve(): Promise<void> {
    await this.hold();
  }

  async reserveAndConfirm(): Promise<void> {
    const { pool, reservation, order, quantity } = await this.hold();
    const { verdicts } = await this.lanes.submit([
      { kind: 'confirm', pool, reservation, order, quantity },
    ]);
    if (verdicts[0]?.outcome !== 'CONFIRMED') throw new Error('a hold of the bench was lost');
  }

  private async hold(): Promise<Reserve> {
    const pool = this.pools[Math.floor(Math.random() * this.pools.length)];
    if (pool === undefined) throw new RangeError('the bench has no pool');
    const order = newCellId('order', this.cell);
    const reservation = reservationIdOf(order, pool, 1);
    const command: Reserve = {
      ...{ kind: 'reserve', pool, reservation, order, group: order, quantity: 1, holdSeconds: 600 },
    };
    const { verdicts } = await this.lanes.submit([command]);
    if (verdicts[0]?.outcome !== 'HELD') throw new Error('the bench ran out of units');
    return command;
  }
}

const makeRows = statement(
  'bench.make_rows',
  `CREATE TABLE inventory.bench_row (id int PRIMARY KEY, free bigint CHECK (free >= 0))
   WITH (fillfactor = 50)`,
);
const fillRows = statement(
  'bench.fill_rows',
  'INSERT INTO inventory.bench_row SELECT n, $2 FROM generate_series(1, $1::int) AS n',
);
const takeOne = statement(
  'bench.take_one',
  'UPDATE inventory.bench_row SET free = free - 1 WHERE id = $1 AND free >= 1',
);
const dropRows = statement('bench.drop_rows', 'DROP TABLE IF EXISTS inventory.bench_row');

/** The plain way beside ours: one conditional UPDATE and one commit for each unit. */
export class PlainRows {
  private constructor(
    private readonly owner: ShopDatabase,
    private readonly rows: number,
  ) {}

  /** @param owner may make a table; each of its connections is a client. */
  static async make(owner: ShopDatabase, rows: number, units = plenty): Promise<PlainRows> {
    await owner.execute(dropRows);
    await owner.execute(makeRows);
    await owner.execute(fillRows, [rows, units]);
    return new PlainRows(owner, rows);
  }

  /** Of any row. */
  async take(): Promise<void> {
    await this.owner.execute(takeOne, [1 + Math.floor(Math.random() * this.rows)]);
  }

  async drop(): Promise<void> {
    await this.owner.execute(dropRows);
  }
}

export interface HotSkuOptions extends LoadOptions {
  readonly cell: CellId;
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
 */
export async function measureHotSku(
  shop: ShopDatabase,
  owner: ShopDatabase,
  options: HotSkuOptions,
): Promise<HotSkuFigures> {
  const rows = await PlainRows.make(owner, 1);
  try {
    const plain = { seconds: options.seconds, inFlight: baselineConnections };
    const { perSecond: singleRowPerSecond } = await keepInFlight(plain, () => rows.take());
    const stock = await BenchStock.hot(shop, options.cell);
    const { perSecond, p50Ms, p99Ms } = await keepInFlight(options, () => stock.reserve());
    const ratio = perSecond / singleRowPerSecond;
    return { reservationsPerSecond: perSecond, p50Ms, p99Ms, singleRowPerSecond, ratio };
  } finally {
    await rows.drop();
  }
}
