import {
  makeLogFiles,
  measureBorrow,
  measureCalls,
  measureLocalReserve,
  measureManyPools,
  measureOrdersOnOneSku,
  measurePairs,
  measureRefusals,
  measureReservations,
  measureTwoOwners,
  pairedReport,
  pairedTable,
  smallBenchmark,
  soakStock,
  withOwnServices,
} from '@entrepot/bench';
import type { PairedFigure, StockBenchOptions } from '@entrepot/bench';
import type { StackPaths } from '@entrepot/stack';
import { requireRunning, StackError } from '@entrepot/stack';

import { measuredCell, prepareBenchmark } from './measured-cell.ts';

export interface InventoryBenchOptions {
  /** All but the soak where undefined. */
  readonly only?: readonly string[];
  readonly seconds: number;
  readonly standbyMs: number;
  /** Of the soak. */
  readonly minutes: number;
  readonly cell?: string;
}

interface PartContext extends StockBenchOptions {
  readonly paths: StackPaths;
  readonly options: InventoryBenchOptions;
}

/** Throws `StackError` for what it lacks. */
type Part = (context: PartContext) => Promise<readonly PairedFigure[]>;

const parts = {
  hot: measureReservations,
  pairs: measurePairs,
  calls: measureCalls,
  owners: measureTwoOwners,
  local: measureLocalReserve,
  refusals: measureRefusals,
  pools: measureManyPools,
  borrow: measureBorrow,
  orders,
  soak: ({ options, ...context }: PartContext) => soakStock(options.minutes, context),
} satisfies Record<string, Part>;

export const stockPartNames = Object.keys(parts) as readonly (keyof typeof parts)[];

/** Measures part after part; what lacks something it needs, or fails, is left out and named. */
export async function runInventoryBench(
  paths: StackPaths,
  options: InventoryBenchOptions,
  print: (line: string) => void,
): Promise<object> {
  const {
    seconds,
    standbyMs: standbyAwayMs,
    only = stockPartNames.filter((name) => name !== 'soak'),
  } = options;
  const figures: PairedFigure[] = [];
  const omitted: string[] = [];
  await withOwnServices(async () => {
    if (only.some((name) => name !== 'orders')) {
      print('files of the log …');
      await makeLogFiles({ standbyAwayMs });
    }
    for (const name of stockPartNames) {
      if (!only.includes(name)) continue;
      print(`${name} …`);
      try {
        figures.push(...(await parts[name]({ paths, options, seconds, standbyAwayMs, print })));
      } catch (error) {
        omitted.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
        if (error instanceof StackError) continue;
        // what the other parts showed is worth keeping
        console.error(error);
        process.exitCode = 1;
      }
    }
  });
  const report = pairedReport(figures, omitted);
  print(`\n${pairedTable(report)}\n`);
  return report;
}

async function orders({
  paths,
  options,
  ...context
}: PartContext): Promise<readonly PairedFigure[]> {
  const description = requireRunning(paths);
  const target = measuredCell(description, options.cell);
  await prepareBenchmark(description, target, { extent: smallBenchmark, print: context.print });
  return measureOrdersOnOneSku(target, context);
}
