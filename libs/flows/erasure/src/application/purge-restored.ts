import { Fences, RestoredErasures } from '@entrepot/privacy';
import type { RestoredErasure } from '@entrepot/privacy';
import { Log } from '@entrepot/platform-telemetry';
import { Injectable } from '@nestjs/common';
import { StepFailure } from './step-failure.ts';
import { SweepStores } from './sweep-stores.ts';

const peoplePerRunMax = 100;

/**
 * Purges those again whom a restore brought back. Their request may be older than the backup or younger,
 * and then gone with it; so this needs none. Each step may be done again.
 */
@Injectable()
export class PurgeRestored {
  constructor(
    private readonly restored: RestoredErasures,
    private readonly fences: Fences,
    private readonly stores: SweepStores,
    private readonly log: Log,
  ) {}

  /** Answers how many people are done with. */
  async execute(): Promise<number> {
    let closed = 0;
    for (const erasure of await this.restored.open(peoplePerRunMax)) {
      if (await this.attempt(erasure)) closed += 1;
    }
    return closed;
  }

  /** One person of whom something fails does not keep the others waiting. */
  private async attempt({ subject, isPurged }: RestoredErasure): Promise<boolean> {
    try {
      if (!isPurged) {
        await this.stores.readBack(subject, await this.stores.sweep(subject));
        await this.restored.recordPurged(subject);
      }
      if ((await this.fences.fateOf(subject)).destroyedAt === undefined) return false;
      await this.fences.markErased(subject);
      await this.restored.close(subject);
      return true;
    } catch (error) {
      this.log.failure('privacy.purge_of_restored_failed', error, { component: storeIn(error) });
      return false;
    }
  }
}

/** The table that was in the way, or the kind of another store: no request has a record to name it in. */
function storeIn(error: unknown): string {
  const store = error instanceof StepFailure ? error.store : undefined;
  return store?.split(':')[0] ?? 'purge';
}
