import type { ErasureOutcome, SubjectId } from '@entrepot/kernel';
import { Redis } from 'ioredis';
import { StepFailure } from '../application/step-failure.ts';
import { StoreKeeper } from '../application/store-keeper.ts';
import { findSpaces, queuesAmong } from '../domain/key-spaces.ts';
import type { FoundQueue, KeySpace } from '../domain/key-spaces.ts';
import { QueueTraces } from './queue-traces.ts';
import { SharedLook } from './shared-look.ts';

const keysPerLook = 1_000;

export interface RedisKeySpacesOptions {
  readonly url: string;
  /** What is known to be there; a key that belongs to none of these fails the request. */
  readonly spaces: readonly KeySpace[];
}

/** What Redis holds that names one person. */
interface Named {
  /** Keys by the space that they are in; every space is there. */
  readonly bySpace: ReadonlyMap<string, readonly string[]>;
  readonly byQueue: readonly { readonly queue: FoundQueue; readonly isNamed: boolean }[];
}

/**
 * Everything in the cell's Redis, found by looking through all of its keys, once for all who are purged at
 * the time. Keys are made of opaque ids and digests and jobs carry references only, so that nothing is
 * expected: what names the person all the same is deleted, and looked for again.
 */
export class RedisKeySpaces extends StoreKeeper {
  readonly #options: RedisKeySpacesOptions;
  readonly #look = new SharedLook((subjects: readonly SubjectId[]) =>
    this.#connected((redis) => this.#lookFor(redis, subjects)),
  );

  constructor(options: RedisKeySpacesOptions) {
    super();
    this.#options = options;
  }

  override async purge(subject: SubjectId): Promise<readonly ErasureOutcome[]> {
    const { bySpace, byQueue } = await this.#look.of(subject);
    return this.#connected(async (redis) => {
      const outcomes: ErasureOutcome[] = [];
      for (const [space, keys] of bySpace) outcomes.push(await purgeKeys(redis, space, keys));
      if ([...bySpace.values()].some((keys) => keys.length > 0)) await refuseLeft(redis, subject);
      for (const { queue, isNamed } of byQueue) {
        outcomes.push(await purgeQueue(redis, queue, isNamed ? subject : undefined));
      }
      return outcomes;
    });
  }

  async #lookFor(
    redis: Redis,
    subjects: readonly SubjectId[],
  ): Promise<ReadonlyMap<SubjectId, Named>> {
    const keys = await keysOf(redis);
    const { bySpace, unknown } = findSpaces(keys, this.#options.spaces);
    if (unknown !== undefined) {
      const store = `redis:${unknown}`;
      throw new StepFailure('ERASURE_STORE_UNKNOWN', `nobody answers for ${store}`, { store });
    }
    const queues: { readonly queue: FoundQueue; readonly named: ReadonlySet<SubjectId> }[] = [];
    for (const queue of queuesAmong(keys)) {
      const traces = new QueueTraces(redis, queue);
      queues.push({ queue, named: await traces.closing(() => traces.namedAmong(subjects)) });
    }
    return new Map(
      subjects.map((subject) => [
        subject,
        {
          bySpace: new Map([...bySpace].map(([space, of]) => [space, naming(of, subject)])),
          byQueue: queues.map(({ queue, named }) => ({ queue, isNamed: named.has(subject) })),
        },
      ]),
    );
  }

  async #connected<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(this.#options.url, { maxRetriesPerRequest: 3 });
    // whoever waits for an answer sees that the server is away; unheard, it would end the process
    redis.on('error', () => undefined);
    try {
      return await work(redis);
    } finally {
      redis.disconnect();
    }
  }
}

const naming = (keys: readonly string[], subject: SubjectId): string[] =>
  keys.filter((key) => key.includes(subject));

async function purgeKeys(
  redis: Redis,
  space: string,
  keys: readonly string[],
): Promise<ErasureOutcome> {
  const deleted = keys.length === 0 ? 0 : await redis.unlink(...keys);
  return { store: `redis:${space}`, matched: deleted, deleted, left: 0 };
}

async function refuseLeft(redis: Redis, subject: SubjectId): Promise<void> {
  if (naming(await keysOf(redis), subject).length === 0) return;
  throw new StepFailure('ERASURE_ROWS_LEFT', 'a key names the person', { store: 'redis' });
}

/** Undefined where the queue was seen not to name the person. */
async function purgeQueue(
  redis: Redis,
  queue: FoundQueue,
  subject: SubjectId | undefined,
): Promise<ErasureOutcome> {
  const store = `bullmq:${queue.name}`;
  if (subject === undefined) return { store, matched: 0, deleted: 0, left: 0 };
  const traces = new QueueTraces(redis, queue);
  return traces.closing(async () => {
    const matched = await traces.of(subject);
    for (const trace of matched) await trace.remove();
    if ((await traces.of(subject)).length > 0) {
      throw new StepFailure('ERASURE_ROWS_LEFT', 'a job names the person', { store });
    }
    return { store, matched: matched.length, deleted: matched.length, left: 0 };
  });
}

async function keysOf(redis: Redis): Promise<string[]> {
  const found = new Set<string>();
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'COUNT', keysPerLook);
    for (const key of keys) found.add(key);
    cursor = next;
  } while (cursor !== '0');
  return [...found];
}
