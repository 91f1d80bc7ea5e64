import type { ErasureOutcome, SubjectId } from '@entrepot/kernel';
import { Queue } from 'bullmq';
import type { Job } from 'bullmq';
import { Redis } from 'ioredis';
import { StepFailure } from '../application/step-failure.ts';
import { StoreKeeper } from '../application/store-keeper.ts';
import { findSpaces, queuesAmong } from '../domain/key-spaces.ts';
import type { KeySpace } from '../domain/key-spaces.ts';

const keysPerLook = 1_000;
const jobStates = [
  ...(['wait', 'active', 'delayed', 'prioritized', 'waiting-children'] as const),
  ...(['completed', 'failed'] as const),
];

export interface RedisKeySpacesOptions {
  readonly url: string;
  /** What is known to be there; a key that belongs to none of these fails the request. */
  readonly spaces: readonly KeySpace[];
}

/**
 * Everything in the cell's Redis, found by looking through all of its keys. Keys are made of opaque ids and
 * digests and jobs carry references only, so that nothing is expected: what names the person all the same
 * is deleted, and looked for again.
 */
export class RedisKeySpaces extends StoreKeeper {
  readonly #options: RedisKeySpacesOptions;

  constructor(options: RedisKeySpacesOptions) {
    super();
    this.#options = options;
  }

  override async purge(subject: SubjectId): Promise<readonly ErasureOutcome[]> {
    const redis = new Redis(this.#options.url, { maxRetriesPerRequest: 3 });
    // whoever waits for an answer sees that the server is away; unheard, it would end the process
    redis.on('error', () => undefined);
    try {
      const keys = await keysOf(redis);
      return [
        ...(await this.#purgeKeys(redis, keys, subject)),
        ...(await this.#purgeJobs(redis, keys, subject)),
      ];
    } finally {
      redis.disconnect();
    }
  }

  async #purgeKeys(
    redis: Redis,
    keys: readonly string[],
    subject: SubjectId,
  ): Promise<ErasureOutcome[]> {
    const { bySpace, unknown } = findSpaces(keys, this.#options.spaces);
    if (unknown !== undefined) {
      const store = `redis:${unknown}`;
      throw new StepFailure('ERASURE_STORE_UNKNOWN', `nobody answers for ${store}`, { store });
    }
    const outcomes: ErasureOutcome[] = [];
    for (const [space, of] of bySpace) {
      const named = of.filter((key) => key.includes(subject));
      const deleted = named.length === 0 ? 0 : await redis.unlink(...named);
      outcomes.push({ store: `redis:${space}`, matched: deleted, deleted, left: 0 });
    }
    if ((await keysOf(redis)).some((key) => key.includes(subject))) {
      throw new StepFailure('ERASURE_ROWS_LEFT', 'a key names the person', { store: 'redis' });
    }
    return outcomes;
  }

  async #purgeJobs(
    redis: Redis,
    keys: readonly string[],
    subject: SubjectId,
  ): Promise<ErasureOutcome[]> {
    const outcomes: ErasureOutcome[] = [];
    for (const { prefix, name } of queuesAmong(keys)) {
      const queue = new Queue(name, { connection: redis, prefix });
      try {
        const matched = await tracesIn(queue, subject);
        for (const trace of matched) await trace.remove();
        const left = (await tracesIn(queue, subject)).length;
        const deleted = matched.length - left;
        if (left > 0) {
          const store = `bullmq:${name}`;
          throw new StepFailure('ERASURE_ROWS_LEFT', 'a job names the person', { store });
        }
        outcomes.push({ store: `bullmq:${name}`, matched: matched.length, deleted, left });
      } finally {
        await queue.close();
      }
    }
    return outcomes;
  }
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

/** What of a queue names the person: jobs in every state, and schedules that make jobs. */
async function tracesIn(
  queue: Queue,
  subject: SubjectId,
): Promise<readonly { remove(): Promise<unknown> }[]> {
  const schedulers = (await queue.getJobSchedulers()).filter((scheduler) =>
    JSON.stringify(scheduler).includes(subject),
  );
  return [
    // before its jobs, which it would make again
    ...schedulers.map(({ key }) => ({ remove: () => queue.removeJobScheduler(key) })),
    ...(await jobsNaming(queue, subject)),
  ];
}

async function jobsNaming(queue: Queue, subject: SubjectId): Promise<Job[]> {
  const jobs = (await queue.getJobs(jobStates)) as (Job | undefined)[];
  // a job that ended while it was read is gone
  const named: Job[] = [];
  for (const job of jobs) {
    if (job !== undefined && (await textOf(queue, job)).includes(subject)) named.push(job);
  }
  return named;
}

/** All that a job keeps: its payload, what came of it, why it failed, and what it logged. */
async function textOf(queue: Queue, job: Job): Promise<string> {
  const { logs } = job.id === undefined ? { logs: [] } : await queue.getJobLogs(job.id);
  return JSON.stringify([job.name, job.asJSON(), logs]);
}
