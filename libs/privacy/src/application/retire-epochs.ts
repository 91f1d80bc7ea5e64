import type { KeyDestroyer } from './destroy-keys.ts';

/** An epoch that is closed and not yet destroyed. */
export interface EndingEpoch {
  readonly epoch: number;
  readonly rootKeyArn: string;
  readonly indexKeyArn: string;
  readonly isUnusable: boolean;
}

/** What of the epochs only the eraser may write. */
export abstract class EpochEnds {
  /** In their order. */
  abstract ending(): Promise<EndingEpoch[]>;
  /** Shuts the epoch for ever; false while a row lies under it. */
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
 * keys that it ever wrapped, in whatever backup; with its index key the digests of logins. Every step
 * may be repeated.
 */
export class RetireEpochs {
  readonly #ends: EpochEnds;
  readonly #keys: KeyDestroyer;

  constructor(parts: { readonly ends: EpochEnds; readonly keys: KeyDestroyer }) {
    this.#ends = parts.ends;
    this.#keys = parts.keys;
  }

  async execute(): Promise<RetiredEpochs> {
    const done = { scheduled: 0, destroyed: 0 };
    for (const epoch of await this.#ends.ending()) {
      if (epoch.isUnusable) done.destroyed += await this.#destroy(epoch);
      else done.scheduled += await this.#schedule(epoch);
    }
    return done;
  }

  async #schedule({ epoch, rootKeyArn, indexKeyArn }: EndingEpoch): Promise<number> {
    if (!(await this.#ends.retire(epoch))) return 0;
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
    await this.#ends.recordDestroyed(epoch);
    return 1;
  }
}
