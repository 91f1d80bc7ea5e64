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

export interface DefectOutcome {
  readonly defect: PlantedDefect;
  /** A spec with the defect's number turned red. */
  readonly isFound: boolean;
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
      const isFound = await withDefect(copy, defect, () => turnsRed(copy, defect));
      tell(`T${defect.number}  ${isFound ? 'found ' : 'MISSED'}  ${defect.what}`);
      outcomes.push({ defect, isFound });
    }
    return outcomes;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

async function turnsRed(copy: string, { number, project, spec }: PlantedDefect): Promise<boolean> {
  const { report } = await runJest(project, {
    ...{ cwd: copy, isShown: false },
    args: ['--runInBand', '-t', `\\bT${number} `, '--', spec],
  });
  // a file that cannot be loaded shows nothing but a planted mistake of spelling
  return (
    report !== undefined &&
    drilledSpecs(report, number).some(
      (found) => found.outcome === 'failed' && found.number === number,
    )
  );
}

async function withDefect<T>(
  copy: string,
  { file, edits }: PlantedDefect,
  work: () => Promise<T>,
): Promise<T> {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  const planted = edits.reduce((changed, { from, to }) => {
    if (changed.split(from).length !== 2) throw new RangeError(`${file} has "${from}" not once`);
    return changed.replace(from, () => to);
  }, text);
  writeFileSync(path, planted);
  try {
    return await work();
  } finally {
    writeFileSync(path, text);
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
