import { BenchStock, keepInFlight, PlainRows } from '@entrepot/inventory/testing';
import type { PairedFigure } from '../paired-figure.ts';
import { deliver, order } from './selling.ts';
import { home, plainClients, withShop, withTwoCells } from './stock-cells.ts';
import { figuresOfLoads, p99, perSecond } from './stock-figures.ts';
import type { StockBenchOptions, StockQuestion } from './stock-figures.ts';

const inFlight = 500;
const unitsOfCalls = 100_000_000;
const baseline = `one conditional UPDATE of one row each, by ${plainClients} clients`;

const questionsOf = (
  name: string,
  rate: number,
  ratio: StockQuestion['aim'],
): readonly StockQuestion[] => [
  {
    ...{ name: `one SKU, ${name}`, unit: `a second, ${inFlight} in flight`, baseline },
    ...{ of: perSecond, aim: { of: 'figure', bound: 'at least', value: rate } },
  },
  {
    ...{ name: `one SKU, ${name}, ratio`, unit: 'a second', baseline, of: perSecond },
    ...(ratio && { aim: ratio }),
  },
  {
    ...{ name: `one SKU, ${name}, p99`, unit: 'ms', baseline, of: p99 },
    aim: { of: 'figure', bound: 'at most', value: 100 },
  },
];

/** Reservations of one SKU through the lane of one process. */
export const measureReservations = (
  options: StockBenchOptions,
): Promise<readonly PairedFigure[]> => {
  const ratio = { of: 'ratio', bound: 'at least', value: 25 } as const;
  return measure(questionsOf('reservations', 10_000, ratio), (stock) => stock.reserve(), options);
};

/** The same, each then sold: two ways through the lane. */
export const measurePairs = (options: StockBenchOptions): Promise<readonly PairedFigure[]> => {
  const questions = questionsOf('reserve + confirm', 5_000, undefined);
  return measure(questions, (stock) => stock.reserveAndConfirm(), options);
};

/** The same reservations as checkout asks for them: what is read first, the lane, and what is told. */
export function measureCalls(options: StockBenchOptions): Promise<readonly PairedFigure[]> {
  return withTwoCells(options, async ({ home: cell }) => {
    const sku = 'called-for';
    await deliver(cell.api, [sku], unitsOfCalls);
    const rows = await PlainRows.make(cell.owner, 1);
    return figuresOfLoads(
      [
        {
          name: 'one SKU, calls',
          unit: `a second, ${inFlight} in flight`,
          baseline,
          of: perSecond,
        },
        { name: 'one SKU, calls, p99', unit: 'ms', baseline, of: p99 },
      ],
      {
        measured: (seconds) =>
          keepInFlight({ seconds, inFlight }, () => order(cell.api, sku, 'held')),
        baseline: (seconds) => keepInFlight({ seconds, inFlight: plainClients }, () => rows.take()),
      },
      options,
    );
  });
}

/** The same by two owners of the SKU, which share its row, beside one who has all of it. */
export function measureTwoOwners(options: StockBenchOptions): Promise<readonly PairedFigure[]> {
  return withShop(options, async ({ shop }) => {
    const one = await BenchStock.hot(shop, home);
    const owners = [one.beside(shop), one.beside(shop)];
    let turn = 0;
    const next = (): BenchStock => owners[(turn += 1) % owners.length] ?? one;
    const shape = { unit: `a second, ${inFlight} in flight`, baseline: 'one lane' };
    return figuresOfLoads(
      [
        { name: 'one SKU, two lanes', ...shape, of: perSecond },
        { name: 'one SKU, two lanes, p99', ...shape, unit: 'ms', of: p99 },
      ],
      {
        measured: (seconds) => keepInFlight({ seconds, inFlight }, () => next().reserve()),
        baseline: (seconds) => keepInFlight({ seconds, inFlight }, () => one.reserve()),
      },
      options,
    );
  });
}

function measure(
  questions: readonly StockQuestion[],
  once: (stock: BenchStock) => Promise<void>,
  options: StockBenchOptions,
): Promise<readonly PairedFigure[]> {
  return withShop(options, async ({ shop, owner }) => {
    const rows = await PlainRows.make(owner, 1);
    const stock = await BenchStock.hot(shop, home);
    return figuresOfLoads(
      questions,
      {
        measured: (seconds) => keepInFlight({ seconds, inFlight }, () => once(stock)),
        baseline: (seconds) => keepInFlight({ seconds, inFlight: plainClients }, () => rows.take()),
      },
      options,
    );
  });
}
