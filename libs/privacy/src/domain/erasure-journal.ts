import { createHash, createPublicKey, verify } from 'node:crypto';
import type { CellId, ErasureRequestId, SubjectId } from '@entrepot/kernel';

/** In the order in which they become true of one person. */
export const erasureFactKinds = ['fenced', 'key-unusable', 'key-destroyed'] as const;
export type ErasureFactKind = (typeof erasureFactKinds)[number];

/** In the order in which they become true of one epoch of keys. */
export const epochFactKinds = ['epoch-made', 'epoch-retired', 'epoch-destroyed'] as const;
export type EpochFactKind = (typeof epochFactKinds)[number];

/** What must stay true of a person whatever is restored; says who only by an opaque reference. */
export interface ErasureFact {
  readonly kind: ErasureFactKind;
  readonly subject: SubjectId;
  readonly requestId: ErasureRequestId;
  /** RFC 3339, UTC, with milliseconds: when it was first written down. */
  readonly at: string;
  /** What covered something of the person, as the vault knew it; see `key-names.ts`. */
  readonly keys: readonly string[];
}

/**
 * What must stay true of an epoch: its number is never given again, and once it is retired nothing comes
 * under it.
 */
export interface EpochFact {
  readonly kind: EpochFactKind;
  readonly epoch: number;
  readonly at: string;
  /** The names of its root key and of its index key, in that order. */
  readonly keys: readonly string[];
}

export type JournalFact = ErasureFact | EpochFact;
export type NewJournalFact = Omit<ErasureFact, 'at'> | Omit<EpochFact, 'at'>;

/** The first entry of every journal: a journal that lost all its entries is then no empty one. */
export interface JournalOpened {
  readonly kind: 'opened';
  readonly at: string;
}

export interface UnsignedEntry {
  readonly cell: CellId;
  /** From 1, without gaps. */
  readonly seq: number;
  /** Digest of the entry before it, in hexadecimal; zeros for the first. */
  readonly previous: string;
  readonly fact: JournalFact | JournalOpened;
}

export interface JournalEntry extends UnsignedEntry {
  readonly keyArn: string;
  /** ECDSA P-256 over SHA-256, r and s, in base64url. */
  readonly signature: string;
}

/** How far a journal goes: an entry's number and digest stand for all entries up to it. */
export interface JournalHead {
  readonly seq: number;
  readonly digest: string;
}

/** PEM by key ARN: whose signatures are believed. */
export type TrustedKeys = Pick<ReadonlyMap<string, string>, 'get'>;

export const emptyHead: JournalHead = { seq: 0, digest: '0'.repeat(64) };

/**
 * `missing` no journal, `unreadable` no entry, `foreign` another cell's, `gap` an entry is not there, `reordered`
 * an entry stands in another's place, `forked` an entry does not follow the one before it, or not the
 * entry that was witnessed, `tampered` the signature does not hold, `unknown-key` signed with a key that is not trusted,
 * `mismatched` it names another key than the vault does, `truncated` it ends before what was witnessed, `taken` another writer was faster.
 */
export type JournalFault =
  | 'missing'
  | 'unreadable'
  | 'foreign'
  | 'gap'
  | 'reordered'
  | 'forked'
  | 'tampered'
  | 'unknown-key'
  | 'mismatched'
  | 'truncated'
  | 'taken';

/** The journal of erasures is not what was written, or cannot be written to. */
export class BrokenJournalError extends Error {
  override readonly name = 'BrokenJournalError';
  readonly code: string;
  readonly fault: JournalFault;

  constructor(fault: JournalFault, message: string) {
    super(message);
    this.fault = fault;
    this.code = `ERASURE_JOURNAL_${fault.toUpperCase().replaceAll('-', '_')}`;
  }
}

/** Separates these signatures from any other use of the same key. */
const signedPrefix = 'entrepot erasure journal 1\n';

/** What is signed: a list in fixed order, so that one entry has one spelling. */
export function messageOf({ cell, seq, previous, fact }: UnsignedEntry): Buffer {
  return Buffer.from(
    signedPrefix + JSON.stringify([cell, seq, previous, fact.kind, fact.at, ...saidIn(fact)]),
  );
}

function saidIn(fact: UnsignedEntry['fact']): readonly (string | number)[] {
  if (fact.kind === 'opened') return [];
  if ('epoch' in fact) return [fact.epoch, ...fact.keys];
  return [fact.subject, fact.requestId, ...fact.keys];
}

/** The signature is left out: ECDSA gives another one each time, and the digest is of what was said. */
export const digestOf = (entry: UnsignedEntry): string =>
  createHash('sha256').update(messageOf(entry)).digest('hex');

export const headAfter = (entry: UnsignedEntry): JournalHead => ({
  seq: entry.seq,
  digest: digestOf(entry),
});

/** Two facts are the same whenever they were written down: what is first wins. */
export const factKeyOf = (fact: NewJournalFact): string => {
  const of = 'epoch' in fact ? [fact.epoch] : [fact.subject, fact.requestId];
  return [fact.kind, ...of, ...fact.keys].join(' ');
};

export interface JournalCheck {
  readonly cell: CellId;
  readonly keys: TrustedKeys;
  /** What the entries follow; left out for a journal from its beginning. */
  readonly after?: JournalHead;
}

/**
 * Follows the chain and answers its head.
 *
 * @throws BrokenJournalError naming the first entry that is wrong.
 */
export function checkEntries(entries: readonly JournalEntry[], check: JournalCheck): JournalHead {
  let head = check.after ?? emptyHead;
  for (const entry of entries) {
    checkEntry(entry, head, check);
    head = headAfter(entry);
  }
  return head;
}

function checkEntry(entry: JournalEntry, before: JournalHead, { cell, keys }: JournalCheck): void {
  const place = before.seq + 1;
  const broken = (fault: JournalFault, what: string) =>
    new BrokenJournalError(fault, `Entry ${place} of the journal of erasures ${what}.`);
  if (entry.cell !== cell) throw broken('foreign', `is of cell ${entry.cell}, not of ${cell}`);
  if (entry.seq !== place) throw broken('reordered', `says that it is entry ${entry.seq}`);
  const key = keys.get(entry.keyArn);
  if (key === undefined) throw broken('unknown-key', 'is signed with a key that is not trusted');
  if (!isSignedWith(key, entry)) throw broken('tampered', 'is not what was signed');
  if (entry.previous !== before.digest) throw broken('forked', 'does not follow the one before it');
  if ((entry.fact.kind === 'opened') !== (place === 1)) {
    throw broken('forked', place === 1 ? 'does not open it' : 'opens it again');
  }
}

function isSignedWith(publicKeyPem: string, entry: JournalEntry): boolean {
  const key = { key: createPublicKey(publicKeyPem), dsaEncoding: 'ieee-p1363' as const };
  return verify('sha256', messageOf(entry), key, Buffer.from(entry.signature, 'base64url'));
}

/**
 * Holds a checked journal against a head that was kept elsewhere.
 *
 * @throws BrokenJournalError `truncated` or `forked`.
 */
export function checkWitnessed(entries: readonly JournalEntry[], witnessed: JournalHead): void {
  if (witnessed.seq === 0) return;
  const entry = entries[witnessed.seq - 1];
  if (entry === undefined) {
    throw new BrokenJournalError(
      'truncated',
      `The journal of erasures ends at entry ${entries.length}, but entry ${witnessed.seq} was witnessed.`,
    );
  }
  if (digestOf(entry) !== witnessed.digest) {
    throw new BrokenJournalError(
      'forked',
      `Entry ${witnessed.seq} of the journal of erasures is not the one that was witnessed.`,
    );
  }
}
