import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError, OutcomeUnknownError } from '@entrepot/kernel';
import type { Command } from '../domain/commands.ts';
import type { LedgerAnswer, StockLedger } from './stock-ledger.ts';

export interface LaneAnswer extends LedgerAnswer {
  /** Where the answer stands in this process's count of events; the books were as told before it. */
  readonly at: number;
}

/** Numbers events of a process, so that of two it is known which came first. */
export type EventCount = () => number;

/** Commands that are folded together, in their order, in one call. */
interface Submission {
  readonly commands: readonly Command[];
  /** By `performance.now()`; a submission not sent by then is dropped, for certain not carried out. */
  readonly deadline: number;
  readonly settle: (answer: LaneAnswer) => void;
  readonly fail: (error: unknown) => void;
}

export interface LaneOptions {
  /** Commands in one call, unless a single submission is larger. */
  readonly batchCommandsMax: number;
  /** Commands that may wait; beyond, callers are told to come back. */
  readonly queueCommandsMax: number;
}

export const laneDefaults: LaneOptions = { batchCommandsMax: 500, queueCommandsMax: 20_000 };

const unknownOutcomePauseMs = 100;

/**
 * Coalesces the commands of many callers into one call at a time: while a call commits, the next batch
 * gathers, so a slow commit makes larger batches and not a longer queue. There is no timer. One writer
 * per row is what makes a hot pool fast; correctness does not depend on it.
 */
export class Lane {
  private readonly queue: Submission[] = [];
  private queuedCommands = 0;
  private isSending = false;

  constructor(
    private readonly ledger: StockLedger,
    private readonly count: EventCount,
    private readonly options: LaneOptions = laneDefaults,
  ) {}

  /** Commands waiting to be sent. */
  get depth(): number {
    return this.queuedCommands;
  }

  /**
   * @param deadline by `performance.now()`: until then the commands may wait and be asked again.
   * @throws DomainError UNAVAILABLE when the queue is full or the deadline passed before sending;
   *   nothing was carried out then.
   * @throws OutcomeUnknownError when the store did not say by the deadline.
   */
  submit(commands: readonly Command[], deadline: number): Promise<LaneAnswer> {
    if (this.queuedCommands + commands.length > this.options.queueCommandsMax) {
      return Promise.reject(new DomainError('UNAVAILABLE', 'the stock lane is full; try again'));
    }
    return new Promise<LaneAnswer>((settle, fail) => {
      this.queue.push({ commands, deadline, settle, fail });
      this.queuedCommands += commands.length;
      if (!this.isSending) void this.drain();
    });
  }

  private async drain(): Promise<void> {
    this.isSending = true;
    // the callers of this turn of the event loop go together
    await Promise.resolve();
    while (this.queue.length > 0) {
      const batch = this.takeBatch();
      if (batch.length > 0) await this.send(batch);
    }
    this.isSending = false;
  }

  private takeBatch(): Submission[] {
    const now = performance.now();
    const batch: Submission[] = [];
    let size = 0;
    for (let next = this.queue[0]; next !== undefined; next = this.queue[0]) {
      const { length } = next.commands;
      if (size > 0 && size + length > this.options.batchCommandsMax) break;
      this.queue.shift();
      this.queuedCommands -= length;
      if (next.deadline < now) {
        next.fail(new DomainError('UNAVAILABLE', 'the stock lane did not come to it in time'));
        continue;
      }
      batch.push(next);
      size += length;
    }
    return batch;
  }

  /** A call the store refuses is cut in half until the submission at fault stands alone. */
  private async send(batch: readonly Submission[]): Promise<void> {
    try {
      const answer = await this.applyUntilKnown(batch);
      const at = this.count();
      let from = 0;
      for (const { commands, settle } of batch) {
        const verdicts = answer.verdicts.slice(from, from + commands.length);
        from += commands.length;
        settle({ verdicts, positions: answer.positions, at });
      }
    } catch (error) {
      if (batch.length === 1 || error instanceof OutcomeUnknownError) {
        for (const { fail } of batch) fail(error);
        return;
      }
      const middle = Math.ceil(batch.length / 2);
      await this.send(batch.slice(0, middle));
      await this.send(batch.slice(middle));
    }
  }

  /**
   * Asks again with the same ids while the store leaves the outcome open: the answer then tells what
   * the first call did. Whoever's deadline passes meanwhile is told that nobody knows.
   */
  private async applyUntilKnown(batch: readonly Submission[]): Promise<LedgerAnswer> {
    const commands = batch.flatMap((submission) => submission.commands);
    const lastDeadline = Math.max(...batch.map(({ deadline }) => deadline));
    for (;;) {
      try {
        return await this.ledger.apply(commands);
      } catch (error) {
        if (!(error instanceof OutcomeUnknownError)) throw error;
        const now = performance.now();
        failOverdue(batch, now, error);
        if (now + unknownOutcomePauseMs > lastDeadline) throw error;
        await sleep(unknownOutcomePauseMs);
      }
    }
  }
}

function failOverdue(batch: readonly Submission[], now: number, error: unknown): void {
  for (const { deadline, fail } of batch) if (deadline < now) fail(error);
}
