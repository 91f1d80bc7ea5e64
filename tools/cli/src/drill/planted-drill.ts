import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

import { drilledSpecs } from '@entrepot/drills';
import type { PlantedDefect } from '@entrepot/drills';
import { repositoryRoot, StackPaths } from '@entrepot/stack';

import { runJest } from '../test/run-jest.ts';
import { runProgram } from '../test/run-program.ts';

export interface DefectOutcome {
  readonly defect: PlantedDefect;
  /** `found`: a spec with the defect's number turned red. `broken`: with the defect nothing runs, which shows nothing. */
  readonly outcome: 'found' | 'missed' | 'broken';
}

/** Plants one defect after another in a copy of the repository and runs the spec that has to find it. */
export async function drillPlanted(
  defects: readonly PlantedDefect[],
  tell: (line: string) => void,
): Promise<DefectOutcome[]> {
  const copy = copyOfRepository();
  try {
    const outcomes: DefectOutcome[] = [];
    for (const defect of defects) {
      const outcome = await withDefect(copy, defect, () => outcomeOf(copy, defect));
      tell(`T${defect.number}  ${shown[outcome]}  ${defect.what}`);
      outcomes.push({ defect, outcome });
    }
    return outcomes;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

const shown = { found: 'found ', missed: 'MISSED', broken: 'BROKEN' } as const;

async function outcomeOf(copy: string, defect: PlantedDefect): Promise<DefectOutcome['outcome']> {
  const { number } = defect;
  const report = needsStack(defect) ? await onStack(copy, defect) : await runSpec(copy, defect);
  if (report === undefined) return 'broken';
  // a file that cannot be loaded shows nothing but a planted mistake of spelling
  const isRed = drilledSpecs(report, number).some(
    (found) => found.outcome === 'failed' && found.number === number,
  );
  return isRed ? 'found' : 'missed';
}

const needsStack = ({ project }: PlantedDefect): boolean =>
  project === 'e2e' || project === 'drill';

async function runSpec(
  copy: string,
  { number, project, spec }: PlantedDefect,
  env: Readonly<Record<string, string>> = {},
): Promise<string | undefined> {
  const { report } = await runJest(project, {
    ...{ cwd: copy, isShown: false, env },
    args: ['--runInBand', '-t', `\\bT${number} `, '--', spec],
  });
  return report;
}

/** A stack that runs the copy; undefined where the defect keeps it from starting. */
async function onStack(copy: string, defect: PlantedDefect): Promise<string | undefined> {
  const home = join(copy, '.entrepot', 'planted');
  const env = { ENTREPOT_HOME: home, ...defect.settings };
  const verb = (...args: readonly string[]) =>
    runProgram(
      process.execPath,
      ['--import', join(copy, 'tools/loader.mjs'), 'tools/cli/src/main.ts', ...args],
      { cwd: copy, env },
    );
  try {
    const { exitCode } = await verb('start', '--fresh', '--detach', '--api', '2');
    return exitCode === 0 ? await runSpec(copy, defect, env) : undefined;
  } finally {
    await verb('stop');
    rmSync(home, { recursive: true, force: true });
  }
}

async function withDefect<T>(
  copy: string,
  { file, edits }: PlantedDefect,
  work: () => Promise<T>,
): Promise<T> {
  const originals = new Map<string, string>();
  for (const { from, to, file: other = file } of edits) {
    const path = join(copy, other);
    const text = readFileSync(path, 'utf8');
    if (!originals.has(path)) originals.set(path, text);
    if (text.split(from).length !== 2) throw new RangeError(`${other} has "${from}" not once`);
    writeFileSync(
      path,
      text.replace(from, () => to),
    );
  }
  try {
    return await work();
  } finally {
    for (const [path, text] of originals) writeFileSync(path, text);
  }
}

function copyOfRepository(): string {
  const copy = mkdtempSync(join(tmpdir(), 'entrepot-planted-'));
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
    cwd: repositoryRoot,
    encoding: 'utf8',
  });
  for (const file of files.split('\n').filter((name) => name !== '')) {
    cpSync(join(repositoryRoot, file), join(copy, file), { force: true });
  }
  linkModules(join(repositoryRoot, 'node_modules'), join(copy, 'node_modules'));
  linkDownloads(copy);
  return copy;
}

/** The packages of the original, and the projects of the copy in place of its own. */
function linkModules(from: string, to: string): void {
  mkdirSync(join(to, '@entrepot'), { recursive: true });
  for (const name of readdirSync(from).filter((entry) => entry !== '@entrepot')) {
    symlinkSync(join(from, name), join(to, name));
  }
  for (const name of readdirSync(join(from, '@entrepot'))) {
    const folder = relative(repositoryRoot, realpathSync(join(from, '@entrepot', name)));
    symlinkSync(join(dirname(to), folder), join(to, '@entrepot', name));
  }
}

/** Programs that were fetched once need not be fetched again. */
function linkDownloads(copy: string): void {
  const { redisPrograms, kafkaPrograms } = new StackPaths();
  for (const programs of [redisPrograms, kafkaPrograms]) {
    const to = join(copy, relative(repositoryRoot, programs));
    mkdirSync(dirname(to), { recursive: true });
    symlinkSync(programs, to);
  }
}
