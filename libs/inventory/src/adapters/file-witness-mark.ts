import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { z } from 'zod';
import { WitnessMark } from '../application/recovery/witness-mark.ts';
import { isBelow, type JournalPlace } from '../domain/witness.ts';

const markSchema = z.strictObject({
  incarnation: z.string().min(1),
  epoch: z.int().min(1),
  place: z.int().min(0),
});

const epochSuffix = '.epoch-';

/** The file is there and does not say how far the journal had come: it has to be brought back, not guessed. */
export class WitnessMarkBrokenError extends Error {
  override readonly name = 'WitnessMarkBrokenError';
}

/**
 * One file of JSON, exchanged as a whole; written by the process that has the lease of the relay. Beside it an empty file
 * for each epoch that the cell has spoken in, which whoever recovers makes: nobody has to read before writing.
 */
export class FileWitnessMark extends WitnessMark {
  constructor(private readonly path: string) {
    super();
  }

  async read(): Promise<JournalPlace | undefined> {
    const [told, epoch] = await Promise.all([this.readTold(), this.readEpoch()]);
    return epoch > (told?.epoch ?? 0) ? { epoch, place: 0 } : told;
  }

  async noteEpoch(epoch: number): Promise<void> {
    const folder = dirname(this.path);
    await mkdir(folder, { recursive: true });
    await writeDurably(`${this.path}${epochSuffix}${epoch}`, '');
    await syncFolder(folder);
  }

  private async readTold(): Promise<JournalPlace | undefined> {
    const text = await ifThere(readFile(this.path, 'utf8'));
    if (text === undefined) return undefined;
    try {
      const { epoch, place } = markSchema.parse(JSON.parse(text));
      return { epoch, place };
    } catch (cause) {
      throw new WitnessMarkBrokenError(`${this.path} cannot be read`, { cause });
    }
  }

  /** The newest epoch that was noted; 0 before any was. */
  private async readEpoch(): Promise<number> {
    const prefix = `${basename(this.path)}${epochSuffix}`;
    const names = (await ifThere(readdir(dirname(this.path)))) ?? [];
    const epochs = names
      .filter((name) => name.startsWith(prefix))
      .map((name) => Number(name.slice(prefix.length)));
    return Math.max(0, ...epochs.filter(Number.isSafeInteger));
  }

  async raise(place: JournalPlace & { readonly incarnation: string }): Promise<void> {
    const known = await this.readTold();
    if (known !== undefined && !isBelow(known, place)) return;
    const folder = dirname(this.path);
    await mkdir(folder, { recursive: true });
    // of its own: a process that was held up past its lease may be at it as well
    const next = `${this.path}.${randomUUID()}`;
    try {
      await writeDurably(next, `${JSON.stringify(place)}\n`);
      await rename(next, this.path);
    } finally {
      await rm(next, { force: true });
    }
    await syncFolder(folder);
  }
}

/** Calls the work; `undefined` where the file or folder is not there. */
async function ifThere<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o644);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A rename is durable once the folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
