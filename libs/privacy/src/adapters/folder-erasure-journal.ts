import type { CellId, Clock } from '@entrepot/kernel';
import { ErasureJournal } from '../application/erasure-journal.ts';
import type { EvidenceKeys } from '../application/erasure-journal.ts';
import type { EvidenceSigner } from '../application/evidence-signer.ts';
import {
  BrokenJournalError,
  checkEntries,
  checkWitnessed,
  emptyHead,
  factKeyOf,
  headAfter,
  messageOf,
} from '../domain/erasure-journal.ts';
import type {
  JournalEntry,
  JournalHead,
  NewJournalFact,
  UnsignedEntry,
} from '../domain/erasure-journal.ts';
import {
  entryFile,
  headFile,
  keyFile,
  readEntries,
  readPinnedKeys,
  readWitnessedHead,
  seqIn,
} from './erasure-journal-files.ts';
import { WriteOnceFolder } from './write-once-folder.ts';

/** Where a journal is: its entries, and apart from them the heads and keys by which it is judged. */
export interface JournalPlaces {
  readonly folder: string;
  /** In production on another disk, or at somebody else's. */
  readonly witness: string;
}

export interface FolderErasureJournalParts {
  readonly places: JournalPlaces;
  readonly cell: CellId;
  readonly signer: EvidenceSigner;
  readonly keys: EvidenceKeys;
  readonly clock: Clock;
}

/**
 * The journal as a folder with a file for each entry. A name is given once, so of two writers that want the
 * same place one is refused, and what the other wrote stands.
 */
export class FolderErasureJournal extends ErasureJournal {
  readonly #parts: FolderErasureJournalParts;
  readonly #folder: WriteOnceFolder;
  readonly #witness: WriteOnceFolder;
  readonly #pinned: Map<string, string>;
  readonly #known = new Set<string>();
  #head: JournalHead = emptyHead;
  #witnessedSeq = 0;
  #writing: Promise<void> = Promise.resolve();

  private constructor(
    parts: FolderErasureJournalParts,
    folders: { readonly folder: WriteOnceFolder; readonly witness: WriteOnceFolder },
    pinned: Map<string, string>,
  ) {
    super();
    this.#parts = parts;
    this.#folder = folders.folder;
    this.#witness = folders.witness;
    this.#pinned = pinned;
  }

  /**
   * Opens a journal to append to, and begins one where there never was any.
   *
   * @throws BrokenJournalError where it is not what was witnessed.
   */
  static async open(parts: FolderErasureJournalParts): Promise<FolderErasureJournal> {
    const { places, cell } = parts;
    const folder = await WriteOnceFolder.open(places.folder);
    const witness = await WriteOnceFolder.open(places.witness);
    const pinned = await readPinnedKeys(places.witness);
    const journal = new FolderErasureJournal(parts, { folder, witness }, pinned);
    const { entries, tornTail } = await readEntries(places.folder);
    const witnessed = await readWitnessedHead(places.witness, cell);
    if (tornTail !== undefined) await journal.#dropTornTail(tornTail, witnessed);
    await journal.#take(entries);
    checkWitnessed(entries, witnessed);
    if (entries.length === 0) await journal.#write({ kind: 'opened', at: journal.#now() });
    // a crash came between an entry and its head
    else await journal.#beWitnessed();
    return journal;
  }

  get head(): JournalHead {
    return this.#head;
  }

  override append(fact: NewJournalFact): Promise<void> {
    const written = this.#writing.then(() => this.#append(fact));
    this.#writing = written.catch(() => undefined);
    return written;
  }

  async #append(fact: NewJournalFact): Promise<void> {
    if (!this.#known.has(factKeyOf(fact))) {
      await this.#take((await readEntries(this.#folder.path, this.#head.seq)).entries);
    }
    if (this.#known.has(factKeyOf(fact))) await this.#beWitnessed();
    else await this.#write({ ...fact, at: this.#now() });
  }

  /** Only what was never witnessed may be unreadable: its writer was told of no success. */
  async #dropTornTail(name: string, witnessed: JournalHead): Promise<void> {
    if (seqIn(name) <= witnessed.seq) {
      throw new BrokenJournalError(
        'unreadable',
        `Entry ${seqIn(name)} of the journal of erasures cannot be read.`,
      );
    }
    await this.#folder.setAside(name);
  }

  async #write(fact: UnsignedEntry['fact']): Promise<void> {
    const { cell } = this.#parts;
    const { seq, digest } = this.#head;
    const entry = await this.#signed({ cell, seq: seq + 1, previous: digest, fact });
    const { name, text } = entryFile(entry);
    if (!(await this.#folder.write(name, text))) {
      throw new BrokenJournalError(
        'taken',
        `Another writer was faster at entry ${entry.seq} of the journal of erasures.`,
      );
    }
    this.#learn(entry);
    await this.#beWitnessed();
  }

  async #signed(unsigned: UnsignedEntry): Promise<JournalEntry> {
    const { keyArn, signature } = await this.#parts.signer.sign(messageOf(unsigned));
    await this.#pin(keyArn);
    return { ...unsigned, keyArn, signature: signature.toString('base64url') };
  }

  /** Follows entries that others wrote; what was pinned first is believed for good. */
  async #take(entries: readonly JournalEntry[]): Promise<void> {
    for (const { keyArn } of entries) await this.#pin(keyArn);
    const { cell } = this.#parts;
    checkEntries(entries, { cell, keys: this.#pinned, after: this.#head });
    for (const entry of entries) this.#learn(entry);
  }

  async #pin(keyArn: string): Promise<void> {
    if (this.#pinned.has(keyArn)) return;
    const publicKey = await this.#parts.keys.publicKeyOf(keyArn);
    const { name, text } = keyFile(keyArn, publicKey);
    await this.#witness.write(name, text);
    this.#pinned.set(keyArn, publicKey);
  }

  #learn(entry: JournalEntry): void {
    this.#head = headAfter(entry);
    if (entry.fact.kind !== 'opened') this.#known.add(factKeyOf(entry.fact));
  }

  async #beWitnessed(): Promise<void> {
    if (this.#witnessedSeq === this.#head.seq) return;
    const { cell, places } = this.#parts;
    const { name, text } = headFile(cell, this.#head);
    const isNew = await this.#witness.write(name, text);
    const witnessed = isNew ? this.#head : await readWitnessedHead(places.witness, cell);
    if (witnessed.seq === this.#head.seq && witnessed.digest !== this.#head.digest) {
      throw new BrokenJournalError(
        'forked',
        `Entry ${witnessed.seq} of the journal of erasures is not the one that was witnessed.`,
      );
    }
    this.#witnessedSeq = this.#head.seq;
  }

  #now(): string {
    return this.#parts.clock.now().toISOString();
  }
}
