import type { EpochFactKind } from '../domain/erasure-journal.ts';
import { arnName } from '../domain/key-names.ts';
import type { KeyDestroyer } from './destroy-keys.ts';
import type { ErasureJournal } from './erasure-journal.ts';

/** An epoch and its two keys at KMS. */
export interface EpochKeys {
  readonly epoch: number;
  readonly rootKeyArn: string;
  readonly indexKeyArn: string;
}

/** An epoch that is closed and not yet destroyed. */
export interface EndingEpoch extends EpochKeys {
  readonly isUnusable: boolean;
}

/** What of the epochs only the eraser may write. */
export abstract class EpochEnds {
  /** Those that are not destroyed, one that is being made among them, in their order. */
  abstract existing(): Promise<EpochKeys[]>;
  /** In their order. */
  abstract ending(): Promise<EndingEpoch[]>;
  /** Shuts the epoch for ever; false while a row lies under it, unless it was shut before. */
  abstract retire(epoch: number): Promise<boolean>;
  abstract recordUnusable(epoch: number): Promise<void>;
  /** Wipes the shard keys and the ARNs; the digests of the ARNs stay as evidence. */
  abstract recordDestroyed(epoch: EndingEpoch): Promise<void>;
}

export interface RetiredEpochs {
  readonly scheduled: number;
  readonly destroyed: number;
}

/**
 * Ends the KMS keys of an epoch under which nothing lies any more. With its root die all copies of the
 * keys that it ever wrapped, in whatever backup; with its index key the digests of logins. What is about to
 * happen to an epoch stands in the journal first, since a vault that is restored would take it for living.
 * Every step may be repeated.
 */
export class RetireEpochs {
  readonly #ends: EpochEnds;
  readonly #keys: KeyDestroyer;
  readonly #journal: ErasureJournal;

  constructor(parts: {
    readonly ends: EpochEnds;
    readonly keys: KeyDestroyer;
    readonly journal: ErasureJournal;
  }) {
    this.#ends = parts.ends;
    this.#keys = parts.keys;
    this.#journal = parts.journal;
  }

  async execute(): Promise<RetiredEpochs> {
    const done = { scheduled: 0, destroyed: 0 };
    for (const epoch of await this.#ends.ending()) {
      if (epoch.isUnusable) done.destroyed += await this.#destroy(epoch);
      else done.scheduled += await this.#schedule(epoch);
    }
    return done;
  }

  async #schedule(ending: EndingEpoch): Promise<number> {
    const { epoch, rootKeyArn, indexKeyArn } = ending;
    if (!(await this.#ends.retire(epoch))) return 0;
    await this.#journal.append(epochFact('epoch-retired', ending));
    await this.#keys.schedule(rootKeyArn);
    await this.#keys.schedule(indexKeyArn);
    await this.#ends.recordUnusable(epoch);
    return 1;
  }

  async #destroy(epoch: EndingEpoch): Promise<number> {
    const isGone = await Promise.all(
      [epoch.rootKeyArn, epoch.indexKeyArn].map((keyArn) => this.#keys.isGone(keyArn)),
    );
    if (isGone.includes(false)) return 0;
    await this.#journal.append(epochFact('epoch-destroyed', epoch));
    await this.#ends.recordDestroyed(epoch);
    return 1;
  }
}

export const epochFact = (kind: EpochFactKind, { epoch, ...keys }: EpochKeys) => ({
  ...{ kind, epoch },
  keys: [arnName(keys.rootKeyArn), arnName(keys.indexKeyArn)],
});
