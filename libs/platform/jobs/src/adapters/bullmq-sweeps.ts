import { Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';

import { codeOf } from '../job-failure.ts';
import type { Sweep } from '../sweep.ts';
import { connectTo } from './bullmq-job-queue.ts';
import type { BullMqOptions } from './bullmq-job-queue.ts';

/** A failed run is tried again so often, so soon; after that comes the next one. */
const attempts = 3;
const retryAfterMs = 1_000;
/** How soon a schedule that Redis has lost is written again. */
const replanEveryMs = 5_000;

export interface BullMqSweepsParts extends BullMqOptions {
  readonly sweeps: readonly Sweep[];
  /** Redis refused or lost the schedule of a sweep; it is written again in a few seconds. */
  readonly onPlanFailure: (sweep: string, error: unknown) => void;
}

interface PlannedSweep {
  readonly sweep: Sweep;
  readonly queue: Queue;
  readonly worker: Worker;
  planning: Promise<void> | undefined;
}

/**
 * Runs sweeps as scheduled jobs. All processes of a prefix share them: a sweep has a queue of its own in
 * which one job is active at a time, so it runs once however many processes there are. What is in Redis
 * is only when to look next; every process writes it again when it is missing.
 */
export class BullMqSweeps {
  private readonly connection: Redis;
  private readonly planned: readonly PlannedSweep[];
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly parts: BullMqSweepsParts) {
    this.connection = connectTo(parts);
    // a server that is away only delays; unheard, it would end the process
    this.connection.on('error', () => undefined);
    this.planned = parts.sweeps.map((sweep) => this.open(sweep));
    // at the start always: a release may have changed how often
    for (const planned of this.planned) this.plan(planned, true);
    this.timer = setInterval(() => {
      for (const planned of this.planned) this.plan(planned, false);
    }, replanEveryMs);
  }

  /** Begins no more runs and waits for those under way. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.planned.map(({ worker }) => worker.close()));
    // a schedule that waits for a server that is away is not waited for: its connection is cut
    this.connection.disconnect();
    await Promise.all(this.planned.flatMap(({ planning }) => planning ?? []));
    await Promise.all(this.planned.map(({ queue }) => queue.close()));
  }

  private open(sweep: Sweep): PlannedSweep {
    const name = `sweep.${sweep.name}`;
    const shared = { connection: this.connection, prefix: this.parts.prefix };
    const queue = new Queue(name, shared);
    const worker = new Worker(name, () => runOnce(sweep), { ...shared, concurrency: 1 });
    queue.on('error', () => undefined);
    worker.on('error', () => undefined);
    return { sweep, queue, worker, planning: undefined };
  }

  private plan(planned: PlannedSweep, isForced: boolean): void {
    planned.planning ??= this.write(planned, isForced)
      .catch((error: unknown) => {
        const isClosing = this.connection.status === 'end';
        if (!isClosing) this.parts.onPlanFailure(planned.sweep.name, error);
      })
      .finally(() => (planned.planning = undefined));
  }

  private async write({ queue, sweep }: PlannedSweep, isForced: boolean): Promise<void> {
    const counts = await queue.getJobCounts('wait', 'active', 'delayed', 'prioritized');
    const isMissing = Object.values(counts).every((count) => count === 0);
    if (!isMissing && !isForced) return;
    await queue.setGlobalConcurrency(1);
    await queue.upsertJobScheduler(
      sweep.name,
      { every: sweep.everyMs },
      {
        name: sweep.name,
        opts: {
          attempts,
          backoff: { type: 'fixed', delay: retryAfterMs },
          removeOnComplete: true,
          removeOnFail: true,
          // a stack could quote a value; the reason is a code
          stackTraceLimit: 0,
        },
      },
    );
  }
}

/** What is kept of a failure in Redis is a code. */
async function runOnce(sweep: Sweep): Promise<void> {
  try {
    await sweep.run();
  } catch (error) {
    throw new Error(codeOf(error));
  }
}
