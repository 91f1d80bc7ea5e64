import { join } from 'node:path';

import { drilledSpecs, hasFailed } from '@entrepot/drills';
import type { DrilledSpec } from '@entrepot/drills';
import { keyDrivers, repositoryRoot, StackPaths } from '@entrepot/stack';
import type { KeyDriver } from '@entrepot/stack';

import { runJest } from '../test/run-jest.ts';
import { runVerb } from '../test/run-program.ts';

/** As Jest matches the paths of their files; those of stock lie in a folder below. */
const privacyDrills = 'e2e/drills/[^/]+$';

export interface DrilledWith extends DrilledSpec {
  readonly driver: KeyDriver;
}

export interface DrillChoice {
  readonly drivers?: readonly KeyDriver[];
  /** One number alone. */
  readonly only?: number;
}

const noReport: DrilledSpec = {
  ...{ number: 0, title: 'Jest wrote no report', file: '', outcome: 'failed', seconds: 0 },
};

/** Runs the drills on a fresh stack for each driver, which stands beside one that may be running. */
export async function drillPrivacy(
  { drivers = keyDrivers, only }: DrillChoice,
  tell: (line: string) => void,
): Promise<DrilledWith[]> {
  const found: DrilledWith[] = [];
  for (const driver of drivers) {
    tell(`\nA fresh stack with ${driver} …`);
    const env = { ENTREPOT_HOME: join(new StackPaths().home, `drill-${driver}`) };
    const start = await runVerb(['start', '--fresh', '--detach', '--api', '2', '--keys', driver], {
      ...{ env, isShown: true },
    });
    try {
      if (start.exitCode !== 0)
        found.push({ ...noReport, title: 'the stack did not start', driver });
      else found.push(...(await drillOn(env, only)).map((spec) => ({ ...spec, driver })));
    } finally {
      await runVerb(['stop'], { env });
    }
  }
  return found;
}

/** One suite after another: they share the stack and kill parts of it. */
async function drillOn(
  env: Readonly<Record<string, string>>,
  only: number | undefined,
): Promise<DrilledSpec[]> {
  const chosen = only === undefined ? [] : ['-t', `\\bT${only} `];
  const sequencer = join(repositoryRoot, 'libs/testing/jest/by-name.mjs');
  const args = ['--runInBand', '--testSequencer', sequencer, ...chosen, '--', privacyDrills];
  const { report } = await runJest('drill', { env, args });
  return report === undefined ? [noReport] : drilledSpecs(report, only);
}

/** A row for each spec, by number; what failed or was skipped stands out. */
export function tableOf(specs: readonly DrilledWith[]): string {
  const rows = specs.toSorted((a, b) => a.number - b.number || a.driver.localeCompare(b.driver));
  const failed = specs.filter(hasFailed).length;
  return [
    ...rows.map(({ number, driver, outcome, seconds, title }) => {
      const name = number === 0 ? '' : `T${number}`;
      const mark = outcome === 'passed' ? 'passed' : outcome.toUpperCase();
      const text = title.replace(/^T\d+ /, '');
      return `${name.padEnd(4)} ${driver.padEnd(12)} ${mark.padEnd(7)} ${seconds.toFixed(1).padStart(7)} s  ${text}`;
    }),
    `${specs.length - failed} passed, ${failed} failed or skipped`,
  ].join('\n');
}
