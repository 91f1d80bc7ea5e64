import { Queue } from 'bullmq';
import { Redis } from 'ioredis';

import type { JobDefinition } from '../define-job.ts';
import { JobQueue } from '../job-handler.ts';

const firstRetryMs = 1_000;
const failedJobsMax = 1_000;

export interface BullMqOptions {
  readonly url: string;
  /** Separates cells and test runs that share a server. */
  readonly prefix: string;
}

/** BullMQ blocks on its connection and waits for the server however long it is away. */
export const connectTo = ({ url }: BullMqOptions): Redis =>
  new Redis(url, { maxRetriesPerRequest: null, enableReadyCheck: false });

/**
 * Hints in Redis, a queue for each kind of job. The same hint is not queued a second time while the first waits; one that comes while
 * the work is being done is kept until it has been, for the work may have looked too early.
 */
export class BullMqJobQueue extends JobQueue {
  private readonly connection: Redis;
  private readonly queues = new Map<string, Queue>();

  constructor(private readonly options: BullMqOptions) {
    super();
    this.connection = connectTo(options);
    // A server that is away is seen by whoever waits for an answer; unheard, it would end the process.
    this.connection.on('error', () => undefined);
  }

  async enqueue<Payload>(
    job: JobDefinition<Payload>,
    payload: Payload,
    { delayMs = 0 }: { readonly delayMs?: number } = {},
  ): Promise<void> {
    const checked = job.schema.parse(payload);
    const identity = JSON.stringify(Object.entries(checked as object).sort());
    await this.queueOf(job.name).add(job.name, checked, {
      delay: delayMs,
      attempts: job.attemptsMax,
      backoff: { type: 'exponential', delay: firstRetryMs },
      deduplication: { id: identity, keepLastIfActive: true },
      removeOnComplete: true,
      removeOnFail: { count: failedJobsMax },
      // A stack could quote a value; the reason is a code.
      stackTraceLimit: 0,
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.queues.values()].map((queue) => queue.close()));
    this.connection.disconnect();
  }

  private queueOf(name: string): Queue {
    const known = this.queues.get(name);
    if (known !== undefined) return known;
    const { connection, options } = this;
    const queue = new Queue(name, { connection, prefix: options.prefix });
    queue.on('error', () => undefined);
    this.queues.set(name, queue);
    return queue;
  }
}
