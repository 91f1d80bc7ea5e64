import { cpus } from 'node:os';
import { keepInFlight } from '@entrepot/inventory/testing';
import type { PairedFigure } from '../paired-figure.ts';
import { roundsOfPairs } from '../paired-figure.ts';
import { deliver, order, skusNamed } from './selling.ts';
import { withTwoCells } from './stock-cells.ts';
import { figuresOfLoads, p50, p99 } from './stock-figures.ts';
import type { StockBenchOptions } from './stock-figures.ts';

const oneWayMs = 65;
/** Few enough that the machine is never half busy. */
const inFlight = 4;
const unitsEach = 20;
const local = 'at-home';
const localUnits = 1_000_000;
/** More than all rounds can ask for, as each takes a round trip. */
const skusPerSecond = (inFlight * 1_000) / (2 * oneWayMs);
const warmSkus = 200;
const baseline = 'the same orders where the stock is';

/** Orders in one cell for SKUs of which only the other has units. */
export function measureBorrow(options: StockBenchOptions): Promise<readonly PairedFigure[]> {
  const count = Math.ceil(skusPerSecond * options.seconds * roundsOfPairs) + warmSkus;
  return withTwoCells({ ...options, oneWayMs }, async ({ home, abroad }) => {
    const skus = skusNamed('borrowed', count);
    await deliver(home.api, skus, unitsEach);
    await deliver(home.api, [local], localUnits);
    const left = skus.values();
    const busy: number[] = [];
    const unit = `ms, ${2 * oneWayMs} of them on the way`;
    return figuresOfLoads(
      [
        {
          ...{ name: 'borrow, p99', unit, baseline, of: p99 },
          aim: { of: 'figure', bound: 'at most', value: 210 },
        },
        { name: 'borrow, p50', unit, baseline, of: p50 },
      ],
      {
        measured: async (seconds) => {
          const before = processorTimes();
          const figures = await keepInFlight({ seconds, inFlight }, () =>
            order(abroad.api, left.next().value ?? '', 'held'),
          );
          busy.push(shareBetween(before, processorTimes()));
          return figures;
        },
        baseline: (seconds) =>
          keepInFlight({ seconds, inFlight }, () => order(home.api, local, 'held')),
      },
      options,
      () => [`the machine was busy to ${Math.round(Math.max(...busy) * 100)} % at most`],
    );
  });
}

interface ProcessorTimes {
  readonly idle: number;
  readonly all: number;
}

function processorTimes(): ProcessorTimes {
  const times = cpus().map(({ times: of }) => of);
  const idle = times.reduce((sum, of) => sum + of.idle, 0);
  const all = times.reduce((sum, of) => sum + of.idle + of.user + of.nice + of.sys + of.irq, 0);
  return { idle, all };
}

const shareBetween = (before: ProcessorTimes, after: ProcessorTimes): number =>
  1 - (after.idle - before.idle) / Math.max(1, after.all - before.all);
