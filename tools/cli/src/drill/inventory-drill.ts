import { join } from 'node:path';

import { hasFailed, stockDrills } from '@entrepot/drills';
import type { StockDrill, StockDrillRow } from '@entrepot/drills';
import { repositoryRoot, StackPaths } from '@entrepot/stack';

import { runJest } from '../test/run-jest.ts';
import { runVerb } from '../test/run-program.ts';

/** As Jest matches the paths of their files. */
const inventoryDrills = 'e2e/drills/inventory/';

const failure = (title: string): StockDrill => ({
  ...{ rows: [], title, file: '', outcome: 'failed', seconds: 0 },
});

/** Runs the drills of stock on a fresh stack of two cells, which stands beside one that may be running, and audits it. */
export async function drillInventory(
  only: StockDrillRow | undefined,
  tell: (line: string) => void,
): Promise<readonly StockDrill[]> {
  tell('\nA fresh stack …');
  const env = { ENTREPOT_HOME: join(new StackPaths().home, 'drill-inventory') };
  const start = await runVerb(['start', '--fresh', '--detach'], { env, isShown: true });
  try {
    if (start.exitCode !== 0) return [failure('the stack did not start')];
    const drilled = await drillOn(env, only);
    const audit = await runVerb(['audit'], { env, isShown: true });
    return audit.exitCode === 0
      ? drilled
      : [...drilled, failure('the audit of both cells afterwards is not clean')];
  } finally {
    await runVerb(['stop'], { env });
  }
}

/** One suite after another: they share the stack and kill parts of it. */
async function drillOn(
  env: Readonly<Record<string, string>>,
  only: StockDrillRow | undefined,
): Promise<readonly StockDrill[]> {
  const chosen = only === undefined ? [] : ['-t', `\\b${only} `];
  const sequencer = join(repositoryRoot, 'libs/testing/jest/by-name.mjs');
  const args = ['--runInBand', '--testSequencer', sequencer, ...chosen, '--', inventoryDrills];
  const { report } = await runJest('drill', { env, args });
  return report === undefined ? [failure('Jest wrote no report')] : stockDrills(report, only);
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
