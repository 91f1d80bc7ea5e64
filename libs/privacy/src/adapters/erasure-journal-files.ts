import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { CellId, ErasureRequestId, SubjectId } from '@entrepot/kernel';
import { isCellId, isIdOf } from '@entrepot/kernel';
import { z } from 'zod';
import {
  BrokenJournalError,
  emptyHead,
  epochFactKinds,
  erasureFactKinds,
} from '../domain/erasure-journal.ts';
import type { JournalEntry, JournalHead } from '../domain/erasure-journal.ts';
import { keyName } from '../domain/key-names.ts';
import { namesIn, textOf } from './write-once-folder.ts';

const seqDigits = 10;
const entryName = /^\d{10}\.json$/;
const headName = /^\d{10}\.head\.json$/;
const keyFileName = /^[0-9a-f]{64}\.key\.json$/;
const hex64 = z.string().regex(/^[0-9a-f]{64}$/);
const cellId = z.custom<CellId>((value) => typeof value === 'string' && isCellId(value));
const instant = z.iso.datetime({ precision: 3 });

const fact = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('opened'), at: instant }),
  z.strictObject({
    kind: z.enum(erasureFactKinds),
    subject: z.custom<SubjectId>((value) => typeof value === 'string' && isIdOf('subject', value)),
    requestId: z.custom<ErasureRequestId>(
      (value) => typeof value === 'string' && isIdOf('erasureRequest', value),
    ),
    at: instant,
    keys: z.array(z.string().regex(keyName)).max(2),
  }),
  z.strictObject({
    kind: z.enum(epochFactKinds),
    epoch: z.int().positive(),
    at: instant,
    keys: z.array(z.string().regex(keyName)).length(2),
  }),
]);
const entrySchema = z.strictObject({
  cell: cellId,
  seq: z.int().positive(),
  previous: hex64,
  fact,
  keyArn: z.string().min(1).max(2_048),
  signature: z.base64url(),
});
const headSchema = z.strictObject({ cell: cellId, seq: z.int().positive(), digest: hex64 });
const keySchema = z.strictObject({ keyArn: z.string().min(1), publicKey: z.string().min(1) });

const fileOf = (value: unknown): string => `${JSON.stringify(value)}\n`;
const numbered = (seq: number): string => String(seq).padStart(seqDigits, '0');

export const entryFile = (entry: JournalEntry) => ({
  name: `${numbered(entry.seq)}.json`,
  text: fileOf(entry),
});

/** A head is named by its number and says whose it is: a witness may keep those of many cells apart only by folder. */
export const headFile = (cell: CellId, { seq, digest }: JournalHead) => ({
  name: `${numbered(seq)}.head.json`,
  text: fileOf({ cell, seq, digest }),
});

export const keyFile = (keyArn: string, publicKey: string) => ({
  name: `${createHash('sha256').update(keyArn).digest('hex')}.key.json`,
  text: fileOf({ keyArn, publicKey }),
});

/** Entries after that number, as they lie in the folder; unchecked but for their form. */
export async function readEntries(
  folder: string,
  afterSeq = 0,
): Promise<{ readonly entries: JournalEntry[]; readonly tornTail: string | undefined }> {
  const names = (await namesIn(folder, entryName)).filter((name) => seqIn(name) > afterSeq);
  const entries: JournalEntry[] = [];
  for (const [index, name] of names.entries()) {
    const place = afterSeq + index + 1;
    if (seqIn(name) !== place) {
      throw new BrokenJournalError(
        'gap',
        `Entry ${place} of the journal of erasures is not there.`,
      );
    }
    const entry = parsed(await textOf(join(folder, name)), entrySchema);
    if (entry !== undefined) entries.push(entry);
    else if (index === names.length - 1) return { entries, tornTail: name };
    else throw unreadable(`Entry ${place} of the journal of erasures`);
  }
  return { entries, tornTail: undefined };
}

/** The highest head that was witnessed; `emptyHead` where none was. */
export async function readWitnessedHead(folder: string, cell: CellId): Promise<JournalHead> {
  const name = (await namesIn(folder, headName)).at(-1);
  if (name === undefined) return emptyHead;
  const head = parsed(await textOf(join(folder, name)), headSchema);
  if (head?.seq !== seqIn(name)) throw unreadable(`Witnessed head ${seqIn(name)}`);
  if (head.cell !== cell) {
    throw new BrokenJournalError(
      'foreign',
      `The witnessed head is of ${head.cell}, not of ${cell}.`,
    );
  }
  return { seq: head.seq, digest: head.digest };
}

/** The keys that the witness has pinned, PEM by ARN. */
export async function readPinnedKeys(folder: string): Promise<Map<string, string>> {
  const pinned = new Map<string, string>();
  for (const name of await namesIn(folder, keyFileName)) {
    const key = parsed(await textOf(join(folder, name)), keySchema);
    if (key === undefined) throw unreadable(`Pinned key ${name}`);
    pinned.set(key.keyArn, key.publicKey);
  }
  return pinned;
}

export const seqIn = (name: string): number => Number(name.slice(0, seqDigits));

const unreadable = (what: string) =>
  new BrokenJournalError('unreadable', `${what} cannot be read.`);

function parsed<T>(text: string | undefined, schema: z.ZodType<T>): T | undefined {
  if (text === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
