import type { ErasureOutcome, SubjectId } from '@entrepot/kernel';
import { EventTraces } from '@entrepot/platform-messaging';
import type { ShopDatabase } from '@entrepot/platform-database';
import { StepFailure } from '../application/step-failure.ts';
import { StoreKeeper } from '../application/store-keeper.ts';

/**
 * Events on their way and those that were parked. They carry references of aggregates, so that nothing is
 * expected; a letter that names the person all the same is discarded, and nobody redrives it.
 */
export class DeadLetters extends StoreKeeper {
  readonly #traces: EventTraces;

  constructor(database: ShopDatabase) {
    super();
    this.#traces = new EventTraces(database);
  }

  override async purge(subject: SubjectId): Promise<readonly ErasureOutcome[]> {
    const deleted = await this.#traces.dropDeadLetters(subject);
    if ((await this.#traces.inDeadLetters(subject)) > 0) {
      const store = 'messaging.dead_letter';
      throw new StepFailure('ERASURE_ROWS_LEFT', `${store} names the person`, { store });
    }
    const events = await this.#traces.inOutbox(subject);
    return [
      { store: 'messaging.dead_letter', matched: deleted, deleted, left: 0 },
      {
        ...{ store: 'messaging.outbox', matched: events, deleted: 0, left: events },
        ...(events > 0 && { leftReason: 'EXPIRES_BY_AGE' }),
      },
    ];
  }
}
