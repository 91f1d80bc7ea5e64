import type { ErasureRequestId, SubjectId } from '@entrepot/kernel';
import type { EpochFact, ErasureFact, JournalEntry } from './erasure-journal.ts';
import { keysNamed, rangeOver } from './key-names.ts';
import type { CoveringKeys } from './key-names.ts';

/** What a journal says of one person, all in all. */
export interface Fate extends CoveringKeys {
  readonly subject: SubjectId;
  readonly requestId: ErasureRequestId;
  readonly fencedAt: string;
  readonly unusableAt: string | undefined;
  readonly destroyedAt: string | undefined;
}

/** Everybody who must stay erased, in the order in which the journal first names them. */
export function fatesIn(entries: readonly JournalEntry[]): Fate[] {
  const fates = new Map<SubjectId, Fate>();
  for (const { fact } of entries) {
    if (!('subject' in fact)) continue;
    fates.set(fact.subject, withFact(fates.get(fact.subject), fact));
  }
  return [...fates.values()];
}

/** A later fact stands for the earlier ones too: no key is destroyed that was not out of use. */
function withFact(known: Fate | undefined, fact: ErasureFact): Fate {
  const { kind, at, subject, requestId } = fact;
  const said: Fate = {
    ...{ subject, requestId, fencedAt: at, ...keysNamed(fact.keys) },
    unusableAt: kind === 'fenced' ? undefined : at,
    destroyedAt: kind === 'key-destroyed' ? at : undefined,
  };
  if (known === undefined) return said;
  return {
    ...known,
    unusableAt: known.unusableAt ?? said.unusableAt,
    destroyedAt: known.destroyedAt ?? said.destroyedAt,
    arnDigest: known.arnDigest ?? said.arnDigest,
    // what lay under epochs may have moved on between two facts
    epochs: rangeOver(known.epochs, said.epochs),
  };
}

/** How a restored cell stands to one person: what its vault and its shop still remember. */
export interface Remembered {
  readonly isFencedInVault: boolean;
  /** Undefined where the shop has not heard of this person. */
  readonly shop: 'active' | 'restricted' | 'fenced' | 'erased' | undefined;
  /** Undefined where the vault has no key of this person. */
  readonly key: 'usable' | 'fenced' | 'destroyed' | undefined;
  /** Whether logins, keys under an epoch or former data keys lie there. */
  readonly hasCovered: boolean;
  readonly ledger: 'absent' | 'fenced' | 'unusable' | 'destroyed';
  /** Whether the workers have been told to purge, however far they are. */
  readonly isPurgeOrdered: boolean;
}

export const replaySteps = [
  'adopt-key',
  'fence-vault',
  'fence-shop',
  'wipe-covered',
  'wipe-key',
  'enter-ledger',
  'order-purge',
] as const;
export type ReplayStep = (typeof replaySteps)[number];

const ledgerRanks = ['absent', 'fenced', 'unusable', 'destroyed'] as const;

/**
 * What a restored cell has to do again for one person, in order; nothing where it remembers all. A KMS key
 * that the vault does not know comes first, as the vault takes no key of somebody who is fenced. Then the
 * fences: from there on nobody takes a key into use, and no personal write begins. A shop that says
 * `erased` has purged before the backup was made.
 */
export function replayOf(fate: Fate, remembered: Remembered): ReplayStep[] {
  const { isFencedInVault, shop, key, ledger, isPurgeOrdered } = remembered;
  const isDestroyed = fate.destroyedAt !== undefined;
  const isUnusable = fate.unusableAt !== undefined;
  const due = isDestroyed ? 'destroyed' : isUnusable ? 'unusable' : 'fenced';
  const isKeyUnknown = key === undefined && fate.arnDigest !== undefined && !isFencedInVault;
  const isToDo: Readonly<Record<ReplayStep, boolean>> = {
    'adopt-key': isKeyUnknown && !isDestroyed,
    'fence-vault': !isFencedInVault,
    'fence-shop': shop !== 'fenced' && shop !== 'erased',
    'wipe-covered': (isUnusable || isDestroyed) && remembered.hasCovered,
    'wipe-key': isDestroyed && key !== undefined && key !== 'destroyed',
    'enter-ledger': ledgerRanks.indexOf(ledger) < ledgerRanks.indexOf(due),
    'order-purge': shop !== 'erased' && !isPurgeOrdered,
  };
  return replaySteps.filter((step) => isToDo[step]);
}

/** What a journal says of one epoch, all in all. */
export interface EpochFate {
  readonly epoch: number;
  /** SHA-256 of the ARNs, in hexadecimal. */
  readonly rootDigest: string;
  readonly indexDigest: string;
  readonly madeAt: string;
  readonly retiredAt: string | undefined;
  readonly destroyedAt: string | undefined;
}

/** In their order. */
export function epochFatesIn(entries: readonly JournalEntry[]): EpochFate[] {
  const fates = new Map<number, EpochFate>();
  for (const { fact } of entries) {
    if (!('epoch' in fact)) continue;
    fates.set(fact.epoch, epochWithFact(fates.get(fact.epoch), fact));
  }
  return [...fates.values()].toSorted((a, b) => a.epoch - b.epoch);
}

function epochWithFact(known: EpochFate | undefined, fact: EpochFact): EpochFate {
  const { kind, epoch, at, keys } = fact;
  const [rootDigest = '', indexDigest = ''] = keys.map((name) => keysNamed([name]).arnDigest);
  const made = known ?? {
    ...{ epoch, rootDigest, indexDigest, madeAt: at },
    ...{ retiredAt: undefined, destroyedAt: undefined },
  };
  return {
    ...made,
    retiredAt: made.retiredAt ?? (kind === 'epoch-made' ? undefined : at),
    destroyedAt: made.destroyedAt ?? (kind === 'epoch-destroyed' ? at : undefined),
  };
}

/** `making` was never opened; `living` may hold rows. */
export type RememberedEpoch = 'absent' | 'making' | 'living' | 'retired' | 'destroyed';

export const epochReplaySteps = ['adopt-epoch', 'retire-epoch', 'end-epoch'] as const;
export type EpochReplayStep = (typeof epochReplaySteps)[number];

/**
 * What a restored vault has to learn of one epoch. One that it has never heard of keeps its number and its
 * keys, so that the number is not given again and the eraser can end the keys. So does one that was in the
 * making: what the cell made of it since is not in this vault. A living one goes on living unless the cell
 * has retired it; then what lies under it cannot be opened any more, or not for long.
 */
export function epochReplayOf(
  { retiredAt, destroyedAt }: EpochFate,
  remembered: RememberedEpoch,
): EpochReplayStep | undefined {
  if (remembered === 'destroyed') return undefined;
  if (destroyedAt !== undefined) return 'end-epoch';
  if (remembered === 'absent') return 'adopt-epoch';
  const isOver = retiredAt !== undefined || remembered === 'making';
  return isOver && remembered !== 'retired' ? 'retire-epoch' : undefined;
}
