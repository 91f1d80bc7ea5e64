import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { WitnessMark } from '../application/recovery/witness-mark.ts';
import { isBelow, type JournalPlace } from '../domain/witness.ts';

const markSchema = z.strictObject({
  incarnation: z.string().min(1),
  epoch: z.int().min(1),
  place: z.int().min(0),
});

/** The file is there and does not say how far the journal had come: it has to be brought back, not guessed. */
export class WitnessMarkBrokenError extends Error {
  override readonly name = 'WitnessMarkBrokenError';
}

/** One file of JSON, exchanged as a whole; written by the process that has the lease of the relay. */
export class FileWitnessMark extends WitnessMark {
  constructor(private readonly path: string) {
    super();
  }

  async read(): Promise<JournalPlace | undefined> {
    const text = await readFile(this.path, 'utf8').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    });
    if (text === undefined) return undefined;
    try {
      const { epoch, place } = markSchema.parse(JSON.parse(text));
      return { epoch, place };
    } catch (cause) {
      throw new WitnessMarkBrokenError(`${this.path} cannot be read`, { cause });
    }
  }

  async raise(place: JournalPlace & { readonly incarnation: string }): Promise<void> {
    const known = await this.read();
    if (known !== undefined && !isBelow(known, place)) return;
    const folder = dirname(this.path);
    await mkdir(folder, { recursive: true });
    const next = `${this.path}.next`;
    await writeDurably(next, `${JSON.stringify(place)}\n`);
    await rename(next, this.path);
    await syncFolder(folder);
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
