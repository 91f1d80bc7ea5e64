import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError, OutcomeUnknownError } from '@entrepot/kernel';
import { assertWellFormed } from '../domain/command-shape.ts';
import type { Command } from '../domain/commands.ts';
import { LaneQueue, type Submission } from './lane-queue.ts';
import type { LedgerAnswer, StockLedger } from './stock-ledger.ts';

export interface LaneAnswer extends LedgerAnswer {
  /** Where the answer stands in this process's count of events; the books were as told before it. */
  readonly at: number;
  /**
   * The call had to be asked again, so what it says it found there already may be its own doing:
   * `changed` tells nothing.
   */
  readonly isRepeated: boolean;
}

type Waiting = Submission<LaneAnswer>;

/** Numbers events of a process, so that of two it is known which came first. */
export type EventCount = () => number;

export interface LaneOptions {
  /** Commands in one call, unless a single submission is larger. */
  readonly batchCommandsMax: number;
  /** Commands that may wait; beyond, callers are told to come back. */
  readonly queueCommandsMax: number;
}

export const laneDefaults: LaneOptions = { batchCommandsMax: 500, queueCommandsMax: 20_000 };

const unknownOutcomePauseMs = 100;
/** A full queue is worked off in less. */
const retryAfterSeconds = 1;

const busy = (message: string): DomainError =>
  new DomainError('STOCK_BUSY', message, { details: { retryAfterSeconds } });

/**
 * Coalesces the commands of many callers into one call at a time: while a call commits, the next batch
 * gathers, so a slow commit makes larger batches and not a longer queue. There is no timer. One writer
 * per row is what makes a hot pool fast; correctness does not depend on it.
 *
 * Who came first is served first, but a line that is too large for what is left stops nobody behind it:
 * to hold units back for it would refuse goods that exist. The fold of `inventory.apply` skips over it,
 * and it is told that it came short.
 */
export class Lane {
  private readonly queue: LaneQueue<LaneAnswer>;
  private isSending = false;

  constructor(
    private readonly ledger: StockLedger,
    private readonly count: EventCount,
    private readonly options: LaneOptions = laneDefaults,
  ) {
    this.queue = new LaneQueue(options.queueCommandsMax);
  }

  /** Commands waiting to be sent. */
  get depth(): number {
    return this.queue.commands;
  }

  /**
   * @param deadline by `performance.now()`: until then the commands may wait and be asked again.
   * @throws DomainError VALIDATION_FAILED for a malformed command; STOCK_BUSY when the queue is full or
   *   the deadline passed before sending. Nothing was carried out then.
   * @throws OutcomeUnknownError when the store did not say by the deadline.
   */
  submit(commands: readonly Command[], deadline: number): Promise<LaneAnswer> {
    return new Promise<LaneAnswer>((settle, fail) => {
      assertWellFormed(commands);
      if (!this.queue.hasRoomFor(commands.length)) throw busy('the stock lane is full');
      this.queue.push({ commands, deadline, settle, fail });
      if (!this.isSending) void this.drain();
    });
  }

  private async drain(): Promise<void> {
    this.isSending = true;
    // the callers of this turn of the event loop go together
    await Promise.resolve();
    while (!this.queue.isEmpty) {
      await this.send(this.queue.take(this.options.batchCommandsMax));
    }
    this.isSending = false;
  }

  /** A call the store refuses is cut in half until the submission at fault stands alone. */
  private async send(taken: readonly Waiting[]): Promise<void> {
    const batch = withoutOverdue(taken, performance.now());
    if (batch.length === 0) return;
    try {
      this.tell(batch, await this.applyUntilKnown(batch));
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

  private tell(
    batch: readonly Waiting[],
    { verdicts, positions, isRepeated }: Omit<LaneAnswer, 'at'>,
  ): void {
    const at = this.count();
    let from = 0;
    for (const { commands, settle } of batch) {
      const own = verdicts.slice(from, from + commands.length);
      from += commands.length;
      settle({ verdicts: own, positions, at, isRepeated });
    }
  }

  /**
   * Asks again with the same ids while the store leaves the outcome open: the answer then tells what
   * the first call did. Whoever's deadline passes meanwhile is told that nobody knows, and whoever has
   * not been sent that nothing was done.
   */
  private async applyUntilKnown(batch: readonly Waiting[]): Promise<Omit<LaneAnswer, 'at'>> {
    const commands = batch.flatMap((submission) => submission.commands);
    const lastDeadline = Math.max(...batch.map(({ deadline }) => deadline));
    for (let isRepeated = false; ; isRepeated = true) {
      try {
        return { ...(await this.ledger.apply(commands)), isRepeated };
      } catch (error) {
        if (!(error instanceof OutcomeUnknownError)) throw error;
        const now = performance.now();
        for (const { fail } of batch.filter(({ deadline }) => deadline < now)) fail(error);
        withoutOverdue(this.queue.takeOverdue(now), now);
        if (now + unknownOutcomePauseMs > lastDeadline) throw error;
        await sleep(unknownOutcomePauseMs);
      }
    }
  }
}

/** The others have not been sent, and that is what they are told. */
function withoutOverdue(submissions: readonly Waiting[], now: number): readonly Waiting[] {
  return submissions.filter(({ deadline, fail }) => {
    if (deadline >= now) return true;
    fail(busy('the stock lane did not come to it in time'));
    return false;
  });
}
