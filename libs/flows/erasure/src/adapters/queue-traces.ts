import type { SubjectId } from '@entrepot/kernel';
import { Queue } from 'bullmq';
import type { Job } from 'bullmq';
import type { Redis } from 'ioredis';
import type { FoundQueue } from '../domain/key-spaces.ts';

const jobStates = [
  ...(['wait', 'active', 'delayed', 'prioritized', 'waiting-children'] as const),
  ...(['completed', 'failed'] as const),
];

/** Something in a queue, and everything that it says. */
interface Trace {
  readonly text: string;
  remove(): Promise<unknown>;
}

/** What of a queue names somebody: jobs in every state, and schedules that make jobs. */
export class QueueTraces {
  readonly #queue: Queue;

  constructor(connection: Redis, { name, prefix }: FoundQueue) {
    this.#queue = new Queue(name, { connection, prefix });
  }

  async of(subject: SubjectId): Promise<readonly Pick<Trace, 'remove'>[]> {
    return (await this.#all()).filter(({ text }) => text.includes(subject));
  }

  /** Those of the subjects whom anything names. */
  async namedAmong(subjects: readonly SubjectId[]): Promise<ReadonlySet<SubjectId>> {
    const texts = (await this.#all()).map(({ text }) => text);
    return new Set(subjects.filter((subject) => texts.some((text) => text.includes(subject))));
  }

  /** Runs the work and closes the queue after it. */
  async closing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      await this.#queue.close();
    }
  }

  async #all(): Promise<Trace[]> {
    const schedulers = await this.#queue.getJobSchedulers();
    return [
      // before its jobs, which it would make again
      ...schedulers.map((scheduler) => ({
        text: JSON.stringify(scheduler),
        remove: () => this.#queue.removeJobScheduler(scheduler.key),
      })),
      ...(await this.#jobs()),
    ];
  }

  async #jobs(): Promise<Trace[]> {
    const found = (await this.#queue.getJobs(jobStates)) as (Job | undefined)[];
    // a job that ended while it was read is gone
    const jobs = found.filter((job) => job !== undefined);
    return Promise.all(
      jobs.map(async (job) => ({ text: await this.#textOf(job), remove: () => job.remove() })),
    );
  }

  /** All that a job keeps: its payload, what came of it, why it failed, and what it logged. */
  async #textOf(job: Job): Promise<string> {
    const { logs } = job.id === undefined ? { logs: [] } : await this.#queue.getJobLogs(job.id);
    return JSON.stringify([job.name, job.asJSON(), logs]);
  }
}
