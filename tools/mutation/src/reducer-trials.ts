import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '@entrepot/stack';
import { Stryker } from '@stryker-mutator/core';
import { isInSample, type Sample } from './sample.ts';
import type { Trial } from './score.ts';

const domain = 'libs/inventory/src/domain';
/** What `decide` is made of. */
export const reducerFiles = [
  ...['escrow', 'bookkeeping', 'accounts', 'cell-stock', 'cell-state'],
  ...['reservation', 'recovery', 'warehouse'],
];

/** Beyond one and a half times what a run of the specs took: only what never ends is late, also on a busy machine. */
const patienceMs = 30_000;

/** Has Stryker change the rules of escrow in one place at a time, in a copy, and run their specs. Throws what Stryker throws. */
export async function reducerTrials(
  files: readonly string[],
  sample: Sample,
): Promise<readonly Trial[]> {
  const stryker = new Stryker({
    mutate: files.flatMap((name) => rangesOf(`${domain}/${name}.ts`, sample)),
    testRunner: 'jest',
    plugins: ['@stryker-mutator/jest-runner'],
    jest: { configFile: 'tools/mutation/reducer.jest.config.mjs', enableFindRelatedTests: false },
    testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
    coverageAnalysis: 'perTest',
    ignorePatterns: ['/*', '!/libs', '!/tools', '!/jest.config.mjs', '!/package.json'],
    tempDirName: '.entrepot/mutation',
    concurrency: availableParallelism(),
    timeoutMS: patienceMs,
    reporters: ['progress-append-only'],
    allowConsoleColors: false,
  });
  // for fast-check, in the processes that Stryker starts
  process.env['ENTREPOT_MUTATION_SEED'] = `${sample.seed}`;
  const tried = await stryker.runMutationTest();
  return tried.map(({ fileName, location, mutatorName, replacement, status }) => ({
    place: `${fileName.slice(fileName.lastIndexOf(domain))}:${location.start.line}`,
    change: `${mutatorName}: ${replacement}`,
    isFound: status === 'Killed' || status === 'Timeout',
  }));
}

/** Whole files, or single lines of them: changes of several lines belong to no sample. */
function rangesOf(file: string, sample: Sample): string[] {
  if (sample.share === 1) return [file];
  const lines = readFileSync(join(repositoryRoot, file), 'utf8').split('\n');
  return lines.flatMap((_, at) =>
    isInSample(sample, `${file}:${at + 1}`) ? [`${file}:${at + 1}-${at + 1}`] : [],
  );
}
