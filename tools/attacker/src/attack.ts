import { readBundle } from './bundle.ts';
import { DictionaryAttack } from './dictionary.ts';
import type { Guess } from './dictionary.ts';
import { findSiblings, followTrails } from './joins.ts';
import type { Siblings, Trail } from './joins.ts';
import { KeyHunt } from './key-hunt.ts';
import { KeptRecords } from './kept-records.ts';
import type { KeptFinding } from './kept-records.ts';
import { KmsLockpick } from './kms-lockpick.ts';
import type { LoginAnswers } from './kms-lockpick.ts';
import { SealedValues } from './sealed-values.ts';
import type { StoreFinding } from './sealed-values.ts';

/** What an outsider got out of a bundle. It holds what it recovered, so keep it as carefully as the bundle. */
export interface AttackReport {
  readonly cell: string;
  readonly logins: readonly LoginAnswers[];
  readonly keys: {
    /** Keys that the bundle says exist at the KMS. */
    readonly living: number;
    /** Wrapped keys and hashes in the vaults, and how many of them opened. */
    readonly wrapped: number;
    readonly unwrapped: number;
    /** Blobs that stayed shut although every living key was tried on them by name. */
    readonly triedWithEveryKey: number;
  };
  readonly stores: readonly StoreFinding[];
  /** What laws and open requests keep, under keys of their own. */
  readonly kept: KeptFinding;
  readonly guesses: readonly Guess[];
  readonly trails: readonly Trail[];
  readonly siblings: readonly Siblings[];
}

/** Everything that is known to be worth a try, on everything in the folder. */
export async function attack(folder: string): Promise<AttackReport> {
  const bundle = readBundle(folder);
  const kms = new KmsLockpick(bundle.kms);
  try {
    const ring = await new KeyHunt(bundle, kms).run();
    return {
      cell: bundle.cell,
      logins: kms.answers,
      keys: {
        living: bundle.kms.keys.length,
        ...{ wrapped: ring.blobs, unwrapped: ring.blobsOpened },
        triedWithEveryKey: kms.triedWithEveryKey,
      },
      stores: new SealedValues(bundle, ring).openAll(),
      kept: new KeptRecords(bundle, ring).openAll(),
      guesses: new DictionaryAttack(bundle, ring).run(),
      trails: followTrails(bundle),
      siblings: findSiblings(bundle),
    };
  } finally {
    kms.close();
  }
}
