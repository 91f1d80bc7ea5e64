import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '@entrepot/kernel';
import { UnrecoverableError, Worker } from 'bullmq';
import type { Job } from 'bullmq';
import type { Redis } from 'ioredis';

import { codeOf } from '../job-failure.ts';
import { assertHandlers } from '../job-handler.ts';
import type { JobHandler, JobQueue } from '../job-handler.ts';
import { connectTo } from './bullmq-job-queue.ts';
import type { BullMqOptions } from './bullmq-job-queue.ts';

/** What a process that died was at is taken up by another after so long; doing it twice changes nothing. */
const lockMs = 15_000;
const stalledCheckMs = 5_000;
/** Well within what a process has to end; a job that is still under way is taken up like that of one that died. */
const endMsMax = 5_000;

export interface BullMqJobRunnerParts extends BullMqOptions {
  readonly queue: JobQueue;
  readonly declared: readonly { readonly name: string }[];
  readonly handlers: readonly JobHandler[];
  /** How long those under way are waited for at the end. */
  readonly endMsMax?: number;
}

/** Runs the handlers of a process and sweeps the database for work whose hint was lost. */
export class BullMqJobRunner {
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly sweeping = new Map<string, Promise<void>>();
  private readonly connection: Redis;
  private readonly workers: readonly Worker[];

  constructor(private readonly parts: BullMqJobRunnerParts) {
    assertHandlers(parts.declared, parts.handlers);
    this.connection = connectTo(parts);
    this.connection.on('error', () => undefined);
    this.workers = parts.handlers.map((handler) => this.workerOf(handler));
    for (const handler of parts.handlers) this.schedule(handler);
  }

  /** Asks the database for open work now; resolves when its hints are queued. */
  async sweep(): Promise<void> {
    await Promise.all(this.parts.handlers.map((handler) => this.sweepOne(handler)));
  }

  /** Begins no more jobs, and waits for those under way for some seconds. */
  async close(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await Promise.allSettled(this.sweeping.values());
    const closed = Promise.allSettled(this.workers.map((worker) => worker.close()));
    await Promise.race([closed, sleep(this.parts.endMsMax ?? endMsMax, undefined, { ref: false })]);
    this.connection.disconnect();
  }

  private workerOf(handler: JobHandler): Worker {
    const { name, atOnceMax } = handler.job;
    const worker = new Worker(name, (job) => run(handler, job), {
      connection: this.connection,
      prefix: this.parts.prefix,
      concurrency: atOnceMax,
      lockDuration: lockMs,
      stalledInterval: stalledCheckMs,
    });
    worker.on('error', () => undefined);
    return worker;
  }

  private schedule(handler: JobHandler): void {
    const sweep = () => {
      // The next sweep comes anyway.
      void this.sweepOne(handler).catch(() => undefined);
    };
    this.timers.push(setInterval(sweep, handler.job.rederiveEverySeconds * 1_000));
  }

  /** A sweep that takes longer than its interval is not started twice. */
  private sweepOne(handler: JobHandler): Promise<void> {
    const { name } = handler.job;
    const running = this.sweeping.get(name);
    if (running !== undefined) return running;
    const sweep = this.enqueueOpen(handler).finally(() => this.sweeping.delete(name));
    this.sweeping.set(name, sweep);
    return sweep;
  }

  private async enqueueOpen(handler: JobHandler): Promise<void> {
    for (const payload of await handler.rederive()) {
      await this.parts.queue.enqueue(handler.job, payload);
    }
  }
}

async function run(handler: JobHandler, job: Job<unknown>): Promise<void> {
  const payload = handler.job.schema.safeParse(job.data);
  if (!payload.success) throw new UnrecoverableError('PAYLOAD_MALFORMED');
  try {
    await handler.handle(payload.data);
  } catch (error) {
    // A refusal stays one however often it is asked; all else may pass.
    if (error instanceof DomainError) throw new UnrecoverableError(error.code);
    throw new Error(codeOf(error));
  }
}
