import { unlessRejected } from '@entrepot/platform-crypto';
import { Log } from '@entrepot/platform-telemetry';
import { Injectable } from '@nestjs/common';
import { EpochStore } from './epoch-store.ts';
import type { KekRow, LiveEpoch, LoginRow } from './epoch-store.ts';
import { kekPlace, shardOf, shards } from './key-places.ts';
import { LoginIndex } from './login-index.ts';
import { ShardKeys } from './shard-keys.ts';
import { SubjectKeySettings } from './subject-key-settings.ts';

/** A batch takes a few tens of milliseconds, so that requests and a stop wait no longer. */
const rowsPerBatch = 1_000;

export interface MovedRows {
  readonly keys: number;
  readonly logins: number;
}

/** Pieces of work of which one that fails leaves the others to be done. */
class Attempts {
  private failure: { readonly error: unknown } | undefined;

  /** 0 for one that failed. */
  async count(work: () => Promise<number>): Promise<number> {
    try {
      return await work();
    } catch (error) {
      this.failure ??= { error };
      return 0;
    }
  }

  /** Throws what failed first. */
  end(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }
}

/**
 * Moves what lies under a closed epoch to the open one: keys are re-wrapped, logins get the
 * new digest. Only AES and HMAC in this process; KMS is asked for the shard keys alone.
 * A batch is one transaction and finds its rows by the epoch they were under, so that a kill at any
 * moment loses nothing and two workers at it move each row once.
 */
@Injectable()
export class MoveToOpenEpoch {
  constructor(
    private readonly store: EpochStore,
    private readonly shardKeys: ShardKeys,
    private readonly index: LoginIndex,
    private readonly settings: SubjectKeySettings,
    private readonly log: Log,
  ) {}

  /**
   * Ends between two batches when told to stop; the next run goes on. A shard whose keys cannot be had at the
   * moment does not keep the others waiting: the first of such failures is thrown at the end.
   */
  async execute(stop?: AbortSignal): Promise<MovedRows> {
    const epochs = await this.store.live();
    const to = epochs.at(-1);
    const moved = { keys: 0, logins: 0 };
    if (to?.isOpen !== true) return moved;
    const attempts = new Attempts();
    for (const { epoch } of epochs.slice(0, -1)) {
      if ((await this.store.progressOf(epoch))?.total === undefined) {
        await this.store.noteTotal(epoch, await this.store.countMoves(epoch));
      }
      for (const shard of shards) {
        const from = { epoch, shard };
        moved.keys += await attempts.count(() => this.moveShard(from, to, stop));
      }
      moved.logins += await this.moveLogins(epoch, { to, attempts, stop });
    }
    attempts.end();
    return moved;
  }

  private async moveShard(
    from: { epoch: number; shard: number },
    to: LiveEpoch,
    stop?: AbortSignal,
  ): Promise<number> {
    let moved = 0;
    let after = '';
    for (;;) {
      if (stop?.aborted === true) return moved;
      const rows = await this.store.keksOf(from.epoch, from.shard, {
        after,
        rowsMax: rowsPerBatch,
      });
      const last = rows.at(-1);
      if (last === undefined) return moved;
      after = last.subject;
      const rewrapped = await this.rewrap(rows, from, to.epoch);
      this.reportRefused(rows, rewrapped);
      moved += await this.store.moveKeks(from.epoch, to.epoch, rewrapped);
    }
  }

  private rewrap(
    rows: readonly KekRow[],
    from: { epoch: number; shard: number },
    epoch: number,
  ): Promise<KekRow[]> {
    const { cell } = this.settings;
    const to = { epoch, shard: from.shard };
    return this.shardKeys.useBoth(from, to, (old, next) =>
      rows.flatMap(({ subject, wrappedKek }) =>
        unlessRejected(() => {
          const kek = old.unwrap(wrappedKek, kekPlace(cell, from, subject));
          const rewrapped = next.wrap(kek, kekPlace(cell, to, subject));
          kek.fill(0);
          return { subject, wrappedKek: rewrapped };
        }),
      ),
    );
  }

  private async moveLogins(
    epoch: number,
    { to, attempts, stop }: { to: LiveEpoch; attempts: Attempts; stop: AbortSignal | undefined },
  ): Promise<number> {
    let moved = 0;
    let after = '';
    for (;;) {
      if (stop?.aborted === true) return moved;
      const rows = await this.store.loginsOf(epoch, { after, rowsMax: rowsPerBatch });
      const last = rows.at(-1);
      if (last === undefined) return moved;
      after = last.subject;
      const byShard = Map.groupBy(rows, (row: LoginRow) => shardOf(row.subject));
      for (const [shard, group] of byShard) {
        moved += await attempts.count(async () => {
          const next = await this.index.movedTo(to, group, { epoch, shard });
          this.reportRefused(group, next);
          return this.store.moveLogins(epoch, to.epoch, next);
        });
      }
    }
  }

  /** One damaged row does not keep the others waiting; it keeps its epoch from being retired. */
  private reportRefused(rows: readonly unknown[], moved: readonly unknown[]): void {
    const count = rows.length - moved.length;
    if (count > 0) this.log.error('privacy.move_refused', { count });
  }
}
