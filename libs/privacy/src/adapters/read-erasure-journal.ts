import type { CellId } from '@entrepot/kernel';
import { BrokenJournalError, checkEntries, checkWitnessed } from '../domain/erasure-journal.ts';
import type { JournalEntry, JournalHead, TrustedKeys } from '../domain/erasure-journal.ts';
import { readEntries, readPinnedKeys, readWitnessedHead } from './erasure-journal-files.ts';

export interface JournalToRead {
  readonly folder: string;
  /** Left out: the journal is judged by its own chain alone, which shows no missing end. */
  readonly witness?: string;
  readonly cell: CellId;
  /** Left out: those that the witness has pinned. */
  readonly keys?: TrustedKeys;
  /** Heads that were kept elsewhere, as in the manifest of a backup. */
  readonly heads?: readonly JournalHead[];
}

export interface CheckedJournal {
  readonly entries: readonly JournalEntry[];
  readonly head: JournalHead;
  /** `seq` 0 where nothing was witnessed. */
  readonly witnessed: JournalHead | undefined;
}

/**
 * Reads a journal and changes nothing.
 *
 * @throws BrokenJournalError where it is missing, or not what was signed and witnessed.
 */
export async function readErasureJournal(journal: JournalToRead): Promise<CheckedJournal> {
  const { folder, witness, cell, heads = [] } = journal;
  const { entries, tornTail } = await readEntries(folder);
  const witnessed = witness === undefined ? undefined : await readWitnessedHead(witness, cell);
  if (entries.length === 0 && tornTail === undefined) {
    throw new BrokenJournalError('missing', `There is no journal of erasures in ${folder}.`);
  }
  const keys = journal.keys ?? (await readPinnedKeys(witness ?? folder));
  const head = checkEntries(entries, { cell, keys });
  for (const other of [...(witnessed === undefined ? [] : [witnessed]), ...heads]) {
    checkWitnessed(entries, other);
  }
  return { entries, head, witnessed };
}

/** Whose journal a folder says it is; undefined where there is none. */
export async function cellOfJournal(folder: string): Promise<CellId | undefined> {
  return (await readEntries(folder)).entries[0]?.cell;
}
