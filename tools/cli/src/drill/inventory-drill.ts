import { join } from 'node:path';

import { hasFailed, stockDrills } from '@entrepot/drills';
import type { StockDrill, StockDrillRow } from '@entrepot/drills';
import { repositoryRoot, StackPaths } from '@entrepot/stack';

import { runJest } from '../test/run-jest.ts';
import { runVerb } from '../test/run-program.ts';

/** As Jest matches the paths of their files. */
const inventoryDrills = 'e2e/drills/inventory/[^/]+$';
/** They end with orders that a restored shop has forgotten, which an audit would name. */
const restoreDrills = 'e2e/drills/inventory/restored/';

const failure = (title: string): StockDrill => ({
  ...{ rows: [], title, file: '', outcome: 'failed', seconds: 0 },
});

/**
 * Runs the drills of stock on a fresh stack of two cells, which stands beside one that may be running; audits it before
 * it restores a cell.
 */
export async function drillInventory(
  only: StockDrillRow | undefined,
  tell: (line: string) => void,
): Promise<readonly StockDrill[]> {
  tell('\nA fresh stack …');
  const env = { ENTREPOT_HOME: join(new StackPaths().home, 'drill-inventory') };
  const start = await runVerb(['start', '--fresh', '--detach'], { env, isShown: true });
  try {
    if (start.exitCode !== 0) return [failure('the stack did not start')];
    const reports = [await drillOn(env, inventoryDrills, only)];
    const audit = await runVerb(['audit'], { env, isShown: true });
    reports.push(await drillOn(env, restoreDrills, only));
    const drilled = stockDrills(
      reports.flatMap((report) => report ?? []),
      only,
    );
    return [
      ...drilled,
      ...(reports.includes(undefined) ? [failure('Jest wrote no report')] : []),
      ...(audit.exitCode === 0 ? [] : [failure('the audit of both cells is not clean')]),
    ];
  } finally {
    await runVerb(['stop'], { env });
  }
}

/** One suite after another: they share the stack and kill parts of it. Resolves to the report of Jest, if it wrote one. */
async function drillOn(
  env: Readonly<Record<string, string>>,
  path: string,
  only: StockDrillRow | undefined,
): Promise<string | undefined> {
  const chosen = only === undefined ? [] : ['-t', `\\b${only} `];
  const sequencer = join(repositoryRoot, 'libs/testing/jest/by-name.mjs');
  const args = ['--runInBand', '--testSequencer', sequencer, ...chosen, '--', path];
  return (await runJest('drill', { env, args })).report;
}

/** A line for each spec, in the order in which they ran; what failed or was skipped stands out. */
export function stockDrillTable(drilled: readonly StockDrill[]): string {
  const failed = drilled.filter(hasFailed).length;
  return [
    ...drilled.map(({ rows, outcome, seconds, title }) => {
      const mark = outcome === 'passed' ? 'passed' : outcome.toUpperCase();
      const text = title.replace(/^(?:[CF]\d+ )+/, '');
      return `${rows.join(' ').padEnd(6)} ${mark.padEnd(7)} ${seconds.toFixed(1).padStart(7)} s  ${text}`;
    }),
    `${drilled.length - failed} passed, ${failed} failed or skipped`,
  ].join('\n');
}
