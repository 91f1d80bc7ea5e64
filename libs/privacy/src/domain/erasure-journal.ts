import { createHash, createPublicKey, verify } from 'node:crypto';
import type { CellId, ErasureRequestId, SubjectId } from '@entrepot/kernel';

/** In the order in which they become true of one person. */
export const erasureFactKinds = ['fenced', 'key-unusable', 'key-destroyed'] as const;
export type ErasureFactKind = (typeof erasureFactKinds)[number];

/** What must stay true of a person whatever is restored; says who only by an opaque reference. */
export interface ErasureFact {
  readonly kind: ErasureFactKind;
  readonly subject: SubjectId;
  readonly requestId: ErasureRequestId;
  /** RFC 3339, UTC, with milliseconds: when it was first written down. */
  readonly at: string;
  /** Which key: `arn-sha256:` and 64 hexadecimal digits, or `epoch:` and a number. Absent where the vault knew none. */
  readonly key?: string;
}

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
  readonly fact: ErasureFact | JournalOpened;
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
  const of =
    fact.kind === 'opened' ? [] : [fact.subject, fact.requestId, ...(fact.key ? [fact.key] : [])];
  return Buffer.from(
    signedPrefix + JSON.stringify([cell, seq, previous, fact.kind, fact.at, ...of]),
  );
}

/** The signature is left out: ECDSA gives another one each time, and the digest is of what was said. */
export const digestOf = (entry: UnsignedEntry): string =>
  createHash('sha256').update(messageOf(entry)).digest('hex');

export const headAfter = (entry: UnsignedEntry): JournalHead => ({
  seq: entry.seq,
  digest: digestOf(entry),
});

/** Two facts are the same whenever they were written down: what is first wins. */
export const factKeyOf = ({ kind, subject, requestId }: Omit<ErasureFact, 'at' | 'key'>): string =>
  `${kind} ${subject} ${requestId}`;

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

/** What a journal says of one person, all in all. */
export interface Fate {
  readonly subject: SubjectId;
  readonly requestId: ErasureRequestId;
  readonly fencedAt: string;
  readonly unusableAt: string | undefined;
  readonly destroyedAt: string | undefined;
  readonly key: string | undefined;
}

/** Everybody who must stay erased, in the order in which the journal first names them. */
export function fatesIn(entries: readonly JournalEntry[]): Fate[] {
  const fates = new Map<SubjectId, Fate>();
  for (const { fact } of entries) {
    if (fact.kind === 'opened') continue;
    fates.set(fact.subject, withFact(fates.get(fact.subject), fact));
  }
  return [...fates.values()];
}

/** A later fact stands for the earlier ones too: no key is destroyed that was not out of use. */
function withFact(known: Fate | undefined, fact: ErasureFact): Fate {
  const { kind, at, subject, requestId, key } = fact;
  const said: Fate = {
    ...{ subject, requestId, key, fencedAt: at },
    unusableAt: kind === 'fenced' ? undefined : at,
    destroyedAt: kind === 'key-destroyed' ? at : undefined,
  };
  if (known === undefined) return said;
  return {
    ...known,
    unusableAt: known.unusableAt ?? said.unusableAt,
    destroyedAt: known.destroyedAt ?? said.destroyedAt,
    key: known.key ?? key,
  };
}

/** How a restored cell stands to one person: what its vault and its shop still remember. */
export interface Remembered {
  readonly isFencedInVault: boolean;
  /** Undefined where the shop has not heard of this person. */
  readonly shop: 'active' | 'fenced' | 'erased' | undefined;
  /** Undefined where the vault has no key of this person. */
  readonly key: 'usable' | 'fenced' | 'destroyed' | undefined;
  readonly ledger: 'absent' | 'fenced' | 'unusable' | 'destroyed';
  /** Whether the workers have been told to purge, however far they are. */
  readonly isPurgeOrdered: boolean;
}

export const replaySteps = [
  'fence-vault',
  'fence-shop',
  'wipe-key',
  'enter-ledger',
  'order-purge',
] as const;
export type ReplayStep = (typeof replaySteps)[number];

const ledgerRanks = ['absent', 'fenced', 'unusable', 'destroyed'] as const;

/**
 * What a restored cell has to do again for one person, in order; nothing where it remembers all. The fences
 * come first: from then on nobody takes the key into use, and no personal write begins. A shop that says
 * `erased` has purged before the backup was made.
 */
export function replayOf(fate: Fate, remembered: Remembered): ReplayStep[] {
  const { isFencedInVault, shop, key, ledger, isPurgeOrdered } = remembered;
  const isDestroyed = fate.destroyedAt !== undefined;
  const due = isDestroyed ? 'destroyed' : fate.unusableAt === undefined ? 'fenced' : 'unusable';
  const isToDo: Readonly<Record<ReplayStep, boolean>> = {
    'fence-vault': !isFencedInVault,
    'fence-shop': shop === undefined || shop === 'active',
    'wipe-key': isDestroyed && key !== undefined && key !== 'destroyed',
    'enter-ledger': ledgerRanks.indexOf(ledger) < ledgerRanks.indexOf(due),
    'order-purge': shop !== 'erased' && !isPurgeOrdered,
  };
  return replaySteps.filter((step) => isToDo[step]);
}
