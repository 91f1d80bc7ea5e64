import type { ErasureOutcome, SubjectId } from '@entrepot/kernel';
import type { KafkaTopicScan } from '@entrepot/platform-messaging';
import { StepFailure } from '../application/step-failure.ts';
import { StoreKeeper } from '../application/store-keeper.ts';
import { sortTopics } from '../domain/known-topics.ts';
import type { KnownTopic } from '../domain/known-topics.ts';

export interface KafkaTopicsOptions {
  readonly scan: Pick<KafkaTopicScan, 'topics' | 'look'>;
  /** What is known to be there; a topic that is none of these fails the request. */
  readonly known: readonly KnownTopic[];
  readonly prefix: string;
  readonly peers: readonly string[];
}

/**
 * The topics of the cell's broker, as it has them. Records are not deleted one by one: they carry opaque
 * references, or ciphertext whose key is gone, and go by their age. What names the person is counted and
 * said; where nothing ever goes, it may not be.
 */
export class KafkaTopics extends StoreKeeper {
  readonly #options: KafkaTopicsOptions;

  constructor(options: KafkaTopicsOptions) {
    super();
    this.#options = options;
  }

  override async purge(subject: SubjectId): Promise<readonly ErasureOutcome[]> {
    const { scan } = this.#options;
    const { ours, unknown } = sortTopics(await scan.topics(), this.#options);
    if (unknown !== undefined) {
      const store = `kafka:${unknown}`;
      throw new StepFailure('ERASURE_STORE_UNKNOWN', `nobody answers for ${store}`, { store });
    }
    const names = ours.map(({ name }) => name);
    const scans = await scan.look(names, [subject]);
    const outcomes: ErasureOutcome[] = [];
    for (const { name, kind } of ours) {
      const { matched, isWhole } = scans.get(name) ?? { matched: 0, isWhole: false };
      const store = `kafka:${name}`;
      if (!isWhole) {
        throw new StepFailure('ERASURE_STORE_TOO_LARGE', `${store} was not read whole`, { store });
      }
      if (matched > 0 && kind === 'stays') {
        throw new StepFailure('ERASURE_ROWS_LEFT', `${store} names the person`, { store });
      }
      const reason = matched > 0 && { leftReason: 'EXPIRES_BY_AGE' };
      outcomes.push({ store, matched, deleted: 0, left: matched, ...reason });
    }
    return outcomes;
  }
}
