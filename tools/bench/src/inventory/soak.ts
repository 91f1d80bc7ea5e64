import { BenchStock } from '@entrepot/inventory/testing';
import { statement } from '@entrepot/platform-database';
import type { ShopDatabase } from '@entrepot/platform-database';
import { setTimeout as sleep } from 'node:timers/promises';
import { median, percentile } from '../figure.ts';
import { pairedFigure } from '../paired-figure.ts';
import type { PairedFigure } from '../paired-figure.ts';
import { home, withShop } from './stock-cells.ts';
import type { StockBenchOptions } from './stock-figures.ts';

/** Each reserves a unit of one SKU and sells it: what a cell may sell for hours, and no more than its disk takes. */
const pairsPerSecond = 500;
const tickMs = 10;
const minuteMs = 60_000;

const readWear = statement(
  'bench.wear',
  `SELECT sum(n_dead_tup)::int AS dead,
     pg_relation_size('inventory.escrow')::float8 / 1024 AS "bookKibibytes"
   FROM pg_stat_user_tables
   WHERE schemaname = 'inventory' AND relname IN ('escrow', 'reservation')`,
);

interface Wear {
  /** Rows that nobody sees any more and no vacuum has taken away yet. */
  readonly dead: number;
  readonly bookKibibytes: number;
}

interface Minute extends Wear {
  readonly p99Ms: number;
}

/**
 * Sells one SKU at a steady rate, whatever the answers take, and holds the last third of the time against
 * the first: nothing may have grown but history.
 */
export async function soakStock(
  minutes: number,
  { print, ...terms }: StockBenchOptions,
): Promise<readonly PairedFigure[]> {
  return withShop(terms, async ({ shop, owner }) => {
    const stock = await BenchStock.hot(shop, home);
    const told: Minute[] = [];
    for (let minute = 1; minute <= minutes; minute += 1) {
      const latencies = await sellForAMinute(stock);
      const wear = await wearOf(owner);
      told.push({ ...wear, p99Ms: percentile(latencies, 99) });
      const { p99Ms } = told.at(-1) ?? { p99Ms: 0 };
      print(
        `  minute ${minute}: p99 ${p99Ms.toFixed(1)} ms, ${wear.dead} dead rows, ` +
          `balances in ${wear.bookKibibytes} KiB`,
      );
    }
    return figuresOf(told);
  });
}

async function sellForAMinute(stock: BenchStock): Promise<readonly number[]> {
  const latencies: number[] = [];
  const startedAt = performance.now();
  const sales: Promise<void>[] = [];
  for (let due = startedAt; due < startedAt + minuteMs; due += tickMs) {
    await sleep(Math.max(0, due - performance.now()));
    for (let of = 0; of < (pairsPerSecond * tickMs) / 1_000; of += 1) {
      // from when it was due: a call that had to wait for its turn waited, too
      const sale = stock.reserveAndConfirm().then(() => {
        latencies.push(performance.now() - due);
      });
      // a failure is told at the end of the minute
      sale.catch(() => undefined);
      sales.push(sale);
    }
  }
  await Promise.all(sales);
  return latencies;
}

async function wearOf(owner: ShopDatabase): Promise<Wear> {
  const [wear] = await owner.query<Wear>(readWear);
  if (wear === undefined) throw new Error('the database did not tell of its dead rows');
  return wear;
}

/** Throws a RangeError for fewer than three minutes: there is nothing to hold against the start. */
function figuresOf(told: readonly Minute[]): readonly PairedFigure[] {
  const third = Math.floor(told.length / 3);
  if (third === 0) throw new RangeError('a soak lasts three minutes at least');
  const [first, last] = [told.slice(0, third), told.slice(-third)];
  const figure = (
    name: string,
    unit: string,
    of: (minute: Minute) => number,
    value: number,
  ): PairedFigure =>
    pairedFigure(
      {
        ...{ name, unit, baseline: `the first ${third} of ${told.length} minutes` },
        aim: { of: 'ratio', bound: 'at most', value },
      },
      [{ measured: median(last.map(of)), baseline: Math.max(1, median(first.map(of))) }],
      ['medians of minutes; the ratio is that of the last third to the first'],
    );
  return [
    figure('soak: p99', `ms at ${pairsPerSecond} pairs/s`, ({ p99Ms }) => p99Ms, 1.1),
    // between two vacuums their number rises and falls by as much as is sold meanwhile
    figure('soak: dead rows', 'rows', ({ dead }) => dead, 1.5),
    figure('soak: balances', 'KiB', ({ bookKibibytes }) => bookKibibytes, 1.1),
  ];
}
