import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { identityOf, isAlive, StackError } from '@entrepot/stack';
import type { ProcessIdentity } from '@entrepot/stack';
import { backupIdForm, startOf } from './backup-id.ts';

const writerFile = 'writer.json';
const partialForm = /^backup-.+\.partial$/;
const dayMs = 86_400_000;

/** No copy of a person's rows may be kept longer; the erasure of a person rests on it. */
export const shopDaysMax = 35;

/** A set gets its name when it is whole; until then it is a folder that ends in `.partial`. */
export class UnfinishedSet {
  readonly folder: string;
  readonly #finished: string;

  constructor(home: string, id: string) {
    this.#finished = join(home, id);
    this.folder = `${this.#finished}.partial`;
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const writer = JSON.stringify(identityOf(process.pid));
    writeFileSync(join(this.folder, writerFile), writer, { mode: 0o600 });
  }

  async finish(manifestText: string, manifestName: string): Promise<string> {
    const manifest = await open(join(this.folder, manifestName), 'wx', 0o600);
    try {
      await manifest.writeFile(manifestText);
      await manifest.sync();
    } finally {
      await manifest.close();
    }
    rmSync(join(this.folder, writerFile));
    renameSync(this.folder, this.#finished);
    const home = await open(join(this.#finished, '..'), 'r');
    await home.sync().finally(() => home.close());
    return this.#finished;
  }
}

/** Removes what killed backups left; a backup that is still being made stays. Answers how many went. */
export function discardUnfinished(home: string): number {
  const dead = namesIn(home)
    .filter((name) => partialForm.test(name))
    .map((name) => join(home, name))
    .filter((folder) => !isAlive(writerOf(folder)));
  for (const folder of dead) rmSync(folder, { recursive: true });
  return dead.length;
}

function writerOf(folder: string): ProcessIdentity {
  try {
    return JSON.parse(readFileSync(join(folder, writerFile), 'utf8')) as ProcessIdentity;
  } catch {
    // killed before it could sign, or on the way to its name: nobody is at work in it
    return { pid: 0, startedAt: 'unknown' };
  }
}

export interface BackupSet {
  readonly id: string;
  readonly folder: string;
  readonly startedAt: Date;
}

/** The whole sets in a cell's folder, oldest first. The name tells the time: a set that cannot be read grows old as well. */
export function backupSets(home: string): BackupSet[] {
  return namesIn(home)
    .filter((name) => backupIdForm.test(name))
    .toSorted()
    .map((id) => ({ id, folder: join(home, id), startedAt: startOf(id) }));
}

export interface Retention {
  /** Whole sets; at most 35. */
  readonly days: number;
  /** The vault's archives within a set; at most `days`. */
  readonly vaultDays: number;
}

export interface Pruned {
  readonly sets: readonly string[];
  readonly vaults: readonly string[];
}

/**
 * Removes what is older than it may be. A set outlives the vault in it where the vault's own time is shorter: it can then
 * be restored beside the vault that lives, which has forgotten nobody.
 */
export function pruneSets(
  { home, now }: { readonly home: string; readonly now: Date },
  { days, vaultDays }: Retention,
): Pruned {
  if (days > shopDaysMax) {
    throw new StackError(`No backup may be kept longer than ${shopDaysMax} days.`);
  }
  if (vaultDays > days) throw new StackError('A vault may not be kept longer than its set.');
  discardUnfinished(home);
  const isOlder = ({ startedAt }: BackupSet, than: number): boolean =>
    now.getTime() - startedAt.getTime() > than * dayMs;
  const sets = backupSets(home);
  const old = sets.filter((set) => isOlder(set, days));
  for (const { folder } of old) rmSync(folder, { recursive: true });
  const vaults = sets
    .filter((set) => !old.includes(set) && isOlder(set, vaultDays))
    .filter(({ folder }) => dropVault(folder));
  return { sets: old.map(({ id }) => id), vaults: vaults.map(({ id }) => id) };
}

function dropVault(folder: string): boolean {
  const archives = namesIn(folder).filter((name) => name.startsWith('vault.'));
  for (const name of archives) rmSync(join(folder, name));
  return archives.length > 0;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
