import { join } from 'node:path';

import {
  measureCodec,
  measureErasures,
  measureExport,
  measureKms,
  measureRewrapFigure,
  measureScan,
  pairedReport,
  pairedTable,
  smallBenchmark,
  withOwnServices,
} from '@entrepot/bench';
import type { MeasuredCell, PairedFigure } from '@entrepot/bench';
import { nodeFetch } from '@entrepot/client/node';
import { PrivacyOfficers } from '@entrepot/drills';
import type { StackDescription, StackPaths } from '@entrepot/stack';
import { findTopology, requireRunning, startAnotherApi, StackError } from '@entrepot/stack';

import { measuredCell, prepareBenchmark } from './measured-cell.ts';

export interface PrivacyBenchOptions {
  /** All where undefined. */
  readonly only?: readonly string[];
  readonly seconds: number;
  readonly erasures: number;
  readonly shoppers: number;
  readonly cell?: string;
}

interface PartContext {
  readonly paths: StackPaths;
  readonly options: PrivacyBenchOptions;
  readonly print: (line: string) => void;
}

/** Throws `StackError` for what it lacks. */
type Part = (context: PartContext) => Promise<readonly PairedFigure[]>;

const rewrapKeys = 20_000;
const plainEntry = 'tools/bench/src/privacy/plain-api.ts';

const parts = {
  codec,
  kms: ({ options, print }: PartContext) =>
    withOwnServices(() => measureKms(options.shoppers, print)),
  erasures,
  export: async ({ print }: PartContext) => [await withOwnServices(() => measureExport(print))],
  rewrap: () => Promise.resolve([measureRewrapFigure(rewrapKeys)]),
  scan,
} satisfies Record<string, Part>;

export const partNames = Object.keys(parts) as readonly (keyof typeof parts)[];

/** Measures part after part; what lacks something it needs is left out and named. */
export async function runPrivacyBench(
  paths: StackPaths,
  options: PrivacyBenchOptions,
  print: (line: string) => void,
): Promise<object> {
  const figures: PairedFigure[] = [];
  const omitted: string[] = [];
  for (const name of partNames) {
    if (options.only?.includes(name) === false) continue;
    print(`${name} …`);
    try {
      figures.push(...(await parts[name]({ paths, options, print })));
    } catch (error) {
      if (!(error instanceof StackError)) throw error;
      omitted.push(`${name}: ${error.message}`);
    }
  }
  const report = pairedReport(figures, omitted);
  print(`\n${pairedTable(report)}\n`);
  return report;
}

/** Two more API processes of the cell, of which one encrypts nothing. */
async function codec(context: PartContext): Promise<readonly PairedFigure[]> {
  const { paths, options, print } = context;
  const { description, target } = await preparedStack(context);
  const topology = findTopology(description.cells.map(({ id }) => id));
  const of = { paths, topology, cell: target.cell };
  const encrypted = await startAnotherApi({ ...of, name: 'bench-encrypted' });
  try {
    const plain = await startAnotherApi({ ...of, name: 'bench-plain', entry: plainEntry });
    try {
      await target.approveAtOnce(true);
      const pair = { encryptedUrl: encrypted.url, plainUrl: plain.url, country: target.country };
      return await measureCodec(pair, options.seconds, print);
    } finally {
      await target.approveAtOnce(false);
      await plain.service.stop();
    }
  } finally {
    await encrypted.service.stop();
  }
}

async function erasures(context: PartContext): Promise<readonly PairedFigure[]> {
  const { description, target } = await preparedStack(context);
  const cell = description.cells.find(({ id }) => id === target.cell);
  if (cell === undefined) throw new StackError(`There is no cell ${target.cell} in this stack.`);
  const kmsAuditFile = join(cell.data, 'kms', 'audit.jsonl');
  const { erasures: count } = context.options;
  const node = nodeFetch();
  try {
    const officers = new PrivacyOfficers(node, description, cell);
    return await measureErasures(
      { target, officers, kmsAuditFile, erasures: count },
      context.print,
    );
  } finally {
    await node.close();
  }
}

/** What the cells of this clone have written, whether their stack runs or not. */
async function scan({ paths }: PartContext): Promise<readonly PairedFigure[]> {
  const figure = await measureScan([paths.data]);
  if (figure !== undefined) return [figure];
  throw new StackError('No stack was started here, so that there is nothing to look through.');
}

async function preparedStack({ paths, options, print }: PartContext): Promise<{
  readonly description: StackDescription;
  readonly target: MeasuredCell;
}> {
  const description = requireRunning(paths);
  const target = measuredCell(description, options.cell);
  await prepareBenchmark(description, target, { extent: smallBenchmark, print });
  return { description, target };
}
