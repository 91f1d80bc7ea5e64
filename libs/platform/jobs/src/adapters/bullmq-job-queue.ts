import { Queue } from 'bullmq';
import { Redis } from 'ioredis';

import type { JobDefinition } from '../define-job.ts';
import { JobQueue } from '../job-handler.ts';

export const queueName = 'jobs';
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
 * Hints in Redis. The same hint is not queued a second time while the first waits; one that comes while
 * the work is being done is kept until it has been, for the work may have looked too early.
 */
export class BullMqJobQueue extends JobQueue {
  private readonly connection: Redis;
  private readonly queue: Queue;

  constructor(options: BullMqOptions) {
    super();
    this.connection = connectTo(options);
    this.queue = new Queue(queueName, { connection: this.connection, prefix: options.prefix });
    // A server that is away is seen by whoever waits for an answer; unheard, it would end the process.
    this.connection.on('error', () => undefined);
    this.queue.on('error', () => undefined);
  }

  async enqueue<Payload>(
    job: JobDefinition<Payload>,
    payload: Payload,
    { delayMs = 0 }: { readonly delayMs?: number } = {},
  ): Promise<void> {
    const checked = job.schema.parse(payload);
    const identity = JSON.stringify(Object.entries(checked as object).sort());
    await this.queue.add(job.name, checked, {
      delay: delayMs,
      attempts: job.attemptsMax,
      backoff: { type: 'exponential', delay: firstRetryMs },
      deduplication: { id: `${job.name} ${identity}`, keepLastIfActive: true },
      removeOnComplete: true,
      removeOnFail: { count: failedJobsMax },
      // A stack could quote a value; the reason is a code.
      stackTraceLimit: 0,
    });
  }

  async close(): Promise<void> {
    await this.queue.close();
    this.connection.disconnect();
  }
}
