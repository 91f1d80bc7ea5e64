import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withOwnServices } from '@entrepot/bench';
import { onDatabase, repositoryRoot, withClient } from '@entrepot/stack';
import { testDatabase } from '@entrepot/testing';
import type pg from 'pg';
import { guardMutantsOf, readGuards, type GuardMutant } from './guard-mutants.ts';
import { isInSample, type Sample } from './sample.ts';
import type { Trial } from './score.ts';

const config = fileURLToPath(new URL('../guards.jest.config.mjs', import.meta.url));
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const timeLimitMs = 60_000;

/** The specs are red as the guards stand: what becomes of a weaker one says nothing then. */
export class NoBaselineError extends Error {
  override readonly name = 'NoBaselineError';
}

/**
 * Weakens one guard after the other in the database that specs clone theirs from, and runs the spec that should miss it.
 * @throws NoBaselineError
 */
export async function guardTrials(
  sample: Sample,
  onTrial: (trial: Trial) => void,
): Promise<readonly Trial[]> {
  return withOwnServices(async () => {
    const database = await testDatabase('shop');
    const template = onDatabase(database.urlFor('superuser'), 'template_shop');
    await database.drop();
    const { failed, passed } = await runSpec();
    if (failed > 0 || passed === 0) {
      throw new NoBaselineError('the spec of the guards is red as they stand');
    }
    const trials: Trial[] = [];
    for (const mutant of await withClient(template, mutantsIn)) {
      const { table, name } = mutant.guard;
      const place = table === '' ? name : `${table}.${name}`;
      if (!isInSample(sample, `${place} ${mutant.change}`)) continue;
      const trial = { place, change: mutant.change, isFound: await isMissed(template, mutant) };
      trials.push(trial);
      onTrial(trial);
    }
    return trials;
  });
}

const mutantsIn = async (client: pg.Client): Promise<GuardMutant[]> =>
  (await readGuards(client)).flatMap(guardMutantsOf);

async function isMissed(template: string, { weaken, mend }: GuardMutant): Promise<boolean> {
  await withClient(template, (client) => client.query(weaken));
  try {
    const { failed, passed } = await runSpec();
    // where all are red it was not the guard
    if (passed === 0) throw new NoBaselineError('no write of the spec of the guards is refused');
    return failed > 0;
  } finally {
    await withClient(template, (client) => client.query(mend));
  }
}

interface SpecCounts {
  readonly failed: number;
  readonly passed: number;
}

/** The last test of the spec says of each guard that it is there: here only writes may miss one. */
async function runSpec(): Promise<SpecCounts> {
  const folder = mkdtempSync(join(tmpdir(), 'entrepot-mutation-'));
  const report = join(folder, 'report.json');
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const args = ['--config', config, '--runInBand', '--testNamePattern', 'refuse by'];
  const child = spawn(
    process.execPath,
    [...flags, jest, ...args, '--json', '--outputFile', report],
    { ...{ cwd: repositoryRoot, stdio: 'ignore', timeout: timeLimitMs, killSignal: 'SIGKILL' } },
  );
  try {
    await once(child, 'exit');
    const { numFailedTests, numPassedTests } = JSON.parse(readFileSync(report, 'utf8')) as {
      readonly numFailedTests: number;
      readonly numPassedTests: number;
    };
    return { failed: numFailedTests, passed: numPassedTests };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
