import type { ErasureOutcome, SubjectId } from '@entrepot/kernel';
import type { KafkaTopicScan, TopicScan } from '@entrepot/platform-messaging';
import { StepFailure } from '../application/step-failure.ts';
import { StoreKeeper } from '../application/store-keeper.ts';
import { sortTopics } from '../domain/known-topics.ts';
import type { KnownTopic } from '../domain/known-topics.ts';
import { SharedLook } from './shared-look.ts';

export interface KafkaTopicsOptions {
  readonly scan: Pick<KafkaTopicScan, 'topics' | 'look'>;
  /** What is known to be there; a topic that is none of these fails the request. */
  readonly known: readonly KnownTopic[];
  readonly prefix: string;
  readonly peers: readonly string[];
}

interface SeenTopic extends KnownTopic {
  readonly matched: number;
  readonly isWhole: boolean;
}

/**
 * The topics of the cell's broker, as it has them. Records are not deleted one by one: they carry opaque
 * references, or ciphertext whose key is gone, and go by their age. What names the person is counted and
 * said; where nothing ever goes, it may not be. Every record is read, once for all who are purged at the time.
 */
export class KafkaTopics extends StoreKeeper {
  readonly #options: KafkaTopicsOptions;
  readonly #look = new SharedLook((subjects: readonly SubjectId[]) => this.#lookFor(subjects));

  constructor(options: KafkaTopicsOptions) {
    super();
    this.#options = options;
  }

  override async purge(subject: SubjectId): Promise<readonly ErasureOutcome[]> {
    return (await this.#look.of(subject)).map(outcomeOf);
  }

  async #lookFor(
    subjects: readonly SubjectId[],
  ): Promise<ReadonlyMap<SubjectId, readonly SeenTopic[]>> {
    const { scan } = this.#options;
    const { ours, unknown } = sortTopics(await scan.topics(), this.#options);
    if (unknown !== undefined) {
      const store = `kafka:${unknown}`;
      throw new StepFailure('ERASURE_STORE_UNKNOWN', `nobody answers for ${store}`, { store });
    }
    const scans = await scan.look(
      ours.map(({ name }) => name),
      subjects,
    );
    return new Map(
      subjects.map((subject) => [
        subject,
        ours.map((topic) => ({ ...topic, ...seenOf(scans.get(topic.name), subject) })),
      ]),
    );
  }
}

const seenOf = (
  scan: TopicScan | undefined,
  subject: SubjectId,
): Pick<SeenTopic, 'matched' | 'isWhole'> => ({
  matched: scan?.matched.get(subject) ?? 0,
  isWhole: scan?.isWhole ?? false,
});

function outcomeOf({ name, kind, matched, isWhole }: SeenTopic): ErasureOutcome {
  const store = `kafka:${name}`;
  if (!isWhole) {
    throw new StepFailure('ERASURE_STORE_TOO_LARGE', `${store} was not read whole`, { store });
  }
  if (matched > 0 && kind === 'stays') {
    throw new StepFailure('ERASURE_ROWS_LEFT', `${store} names the person`, { store });
  }
  return {
    ...{ store, matched, deleted: 0, left: matched },
    ...(matched > 0 && { leftReason: 'EXPIRES_BY_AGE' }),
  };
}
