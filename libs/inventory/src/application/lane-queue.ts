import type { Command } from '../domain/commands.ts';

/** Commands that are folded together, in their order, in one call. */
export interface Submission<Answer> {
  readonly commands: readonly Command[];
  /** By `performance.now()`; a submission not sent by then is dropped, for certain not carried out. */
  readonly deadline: number;
  readonly settle: (answer: Answer) => void;
  readonly fail: (error: unknown) => void;
}

/** What waits in a lane, first come first; its length is bounded by whoever pushes. */
export class LaneQueue<Answer> {
  private waiting: Submission<Answer>[] = [];
  /** Those before have been taken: to shift each off would move all others. */
  private taken = 0;
  private size = 0;

  constructor(private readonly commandsMax: number) {}

  /** Commands waiting. */
  get commands(): number {
    return this.size;
  }

  get isEmpty(): boolean {
    return this.taken === this.waiting.length;
  }

  hasRoomFor(commands: number): boolean {
    return this.size + commands <= this.commandsMax;
  }

  push(submission: Submission<Answer>): void {
    this.waiting.push(submission);
    this.size += submission.commands.length;
  }

  /** The first submissions, of so many commands together; at least one. */
  take(commandsMax: number): readonly Submission<Answer>[] {
    let commands = 0;
    let end = this.taken;
    for (let next = this.waiting[end]; next !== undefined; next = this.waiting[end]) {
      if (end > this.taken && commands + next.commands.length > commandsMax) break;
      commands += next.commands.length;
      end += 1;
    }
    const batch = this.waiting.slice(this.taken, end);
    this.taken = end;
    this.size -= commands;
    if (this.taken * 2 > this.waiting.length) this.forgetTaken();
    return batch;
  }

  /** All whose deadline is over. */
  takeOverdue(now: number): readonly Submission<Answer>[] {
    this.forgetTaken();
    const overdue = this.waiting.filter(({ deadline }) => deadline < now);
    if (overdue.length === 0) return overdue;
    this.waiting = this.waiting.filter(({ deadline }) => deadline >= now);
    this.size = this.waiting.reduce((sum, { commands }) => sum + commands.length, 0);
    return overdue;
  }

  private forgetTaken(): void {
    this.waiting = this.waiting.slice(this.taken);
    this.taken = 0;
  }
}
