import { join } from 'node:path';

import { hasFailed, stockDrills } from '@entrepot/drills';
import type { StockDrill, StockDrillRow } from '@entrepot/drills';
import { repositoryRoot, StackPaths } from '@entrepot/stack';

import { runJest } from '../test/run-jest.ts';
import { runVerb } from '../test/run-program.ts';

/** As Jest matches the paths of their files. */
const inventoryDrills = 'e2e/drills/inventory/[^/]+$';
/** Of one cell, on a database alone. */
const races = 'libs/inventory/test/races.integration';
/** They end with orders that a restored shop has forgotten, which an audit would name. */
const restoreDrills = 'e2e/drills/inventory/restored/';

const failure = (title: string): StockDrill => ({
  ...{ rows: [], title, file: '', outcome: 'failed', seconds: 0 },
});

type Reports = readonly (string | undefined)[];

/** Runs the races of one cell on a database, then the drills of two cells; or one row of them. */
export async function drillInventory(
  only: StockDrillRow | undefined,
  tell: (line: string) => void,
): Promise<readonly StockDrill[]> {
  const isRace = only?.startsWith('D');
  const reports = isRace === false ? [] : [await race(only)];
  const ofStack = isRace === true ? clean([]) : await drillCells(only, tell);
  const all = [...reports, ...ofStack.reports];
  return [
    ...stockDrills(
      all.flatMap((report) => report ?? []),
      only,
    ),
    ...(all.includes(undefined) ? [failure('Jest wrote no report')] : []),
    ...ofStack.failures,
  ];
}

interface CellsDrilled {
  readonly reports: Reports;
  readonly failures: readonly StockDrill[];
}

const clean = (reports: Reports): CellsDrilled => ({ reports, failures: [] });

/** On a fresh stack of two cells, which stands beside one that may be running; audited before a cell is restored. */
async function drillCells(
  only: StockDrillRow | undefined,
  tell: (line: string) => void,
): Promise<CellsDrilled> {
  tell('\nA fresh stack …');
  const env = { ENTREPOT_HOME: join(new StackPaths().home, 'drill-inventory') };
  const start = await runVerb(['start', '--fresh', '--detach'], { env, isShown: true });
  try {
    if (start.exitCode !== 0) {
      return { reports: [], failures: [failure('the stack did not start')] };
    }
    const drilled = await drillOn(env, inventoryDrills, only);
    const audit = await runVerb(['audit'], { env, isShown: true });
    const reports = [drilled, await drillOn(env, restoreDrills, only)];
    if (audit.exitCode === 0) return clean(reports);
    return { reports, failures: [failure('the audit of both cells is not clean')] };
  } finally {
    await runVerb(['stop'], { env });
  }
}

const chosenBy = (only: StockDrillRow | undefined): readonly string[] =>
  only === undefined ? [] : ['-t', `\\b${only} `];

/** As many times as it takes to meet what is rare. */
async function race(only: StockDrillRow | undefined): Promise<string | undefined> {
  const args = ['--runInBand', ...chosenBy(only), '--', races];
  return (await runJest('integration', { env: { ENTREPOT_RACES: 'full' }, args })).report;
}

/** One suite after another: they share the stack and kill parts of it. Resolves to the report of Jest, if it wrote one. */
async function drillOn(
  env: Readonly<Record<string, string>>,
  path: string,
  only: StockDrillRow | undefined,
): Promise<string | undefined> {
  const sequencer = join(repositoryRoot, 'libs/testing/jest/by-name.mjs');
  const args = ['--runInBand', '--testSequencer', sequencer, ...chosenBy(only), '--', path];
  return (await runJest('drill', { env, args })).report;
}

/** A line for each spec, in the order in which they ran; what failed or was skipped stands out. */
export function stockDrillTable(drilled: readonly StockDrill[]): string {
  const failed = drilled.filter(hasFailed).length;
  return [
    ...drilled.map(({ rows, outcome, seconds, title }) => {
      const mark = outcome === 'passed' ? 'passed' : outcome.toUpperCase();
      const text = title.replace(/^(?:[CDF]\d+ )+/, '');
      return `${rows.join(' ').padEnd(6)} ${mark.padEnd(7)} ${seconds.toFixed(1).padStart(7)} s  ${text}`;
    }),
    `${drilled.length - failed} passed, ${failed} failed or skipped`,
  ].join('\n');
}
