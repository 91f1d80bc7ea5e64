import {
  positionOf,
  type CellStock,
  type Command,
  type PoolPosition,
  type Verdict,
} from '@entrepot/inventory/testing';
import type { PoolId } from '@entrepot/inventory';
import type { WorkKind } from '../faults/coverage.ts';
import type { SimulatedCell } from './simulated-cell.ts';

export interface LaneAnswer {
  readonly verdicts: readonly Verdict[];
  /** How a pool stood when the batch was committed. */
  readonly positionOf: (pool: PoolId) => PoolPosition;
  /** Where the answer stands in the process's count of events. */
  readonly at: number;
}

interface Submission {
  readonly kind: WorkKind;
  readonly commands: readonly Command[];
  readonly answer: (answer: LaneAnswer) => void;
}

const [gatherMs, ackLeastMs, ackMostMs] = [1, 1, 4];

/**
 * All commands of a process, in batches: while one is committed the next one gathers. A process can die
 * before the commit, after it, and after every answer; what then waits is never heard of again.
 */
export class Lane {
  private waiting: Submission[] = [];
  private isSending = false;

  constructor(private readonly cell: SimulatedCell) {}

  get isIdle(): boolean {
    return this.waiting.length === 0 && !this.isSending;
  }

  submit(kind: WorkKind, commands: readonly Command[], answer: Submission['answer']): void {
    this.waiting.push({ kind, commands, answer });
    if (this.isSending) return;
    this.isSending = true;
    this.cell.after(gatherMs, () => this.send());
  }

  /** The process is gone, and with it everything that it had not sent or heard of. */
  forget(): void {
    this.waiting = [];
    this.isSending = false;
  }

  private send(): void {
    const batch = this.waiting;
    this.waiting = [];
    const kinds = new Set(batch.map(({ kind }) => kind));
    for (const kind of kinds) if (this.cell.mayDie(kind, 'before commit')) return;
    const commands = batch.flatMap((submission) => submission.commands);
    const { protocol, random } = this.cell.world;
    if (protocol.answersBeforeCommit) {
      this.answerFirst(batch, commands);
      return;
    }
    const { stock, verdicts } = protocol.decide(this.cell.stock, commands, this.cell.clock());
    this.cell.commit(stock, { commands, verdicts });
    for (const kind of kinds) if (this.cell.mayDie(kind, 'after commit')) return;
    this.cell.after(random.between(ackLeastMs, ackMostMs), () => {
      if (this.answer(batch, stock, verdicts)) this.goOn();
    });
  }

  /** A shortcut: the answer is given while the commit is still on its way. */
  private answerFirst(batch: readonly Submission[], commands: readonly Command[]): void {
    const { protocol, random } = this.cell.world;
    const { stock, verdicts } = protocol.decide(this.cell.stock, commands, this.cell.clock());
    if (!this.answer(batch, stock, verdicts)) return;
    this.cell.after(random.between(ackLeastMs, ackMostMs), () => {
      this.cell.commit(stock, { commands, verdicts });
      this.goOn();
    });
  }

  /** False when the process died on the way. */
  private answer(
    batch: readonly Submission[],
    stock: CellStock,
    verdicts: readonly Verdict[],
  ): boolean {
    const at = this.cell.tick();
    let from = 0;
    for (const { kind, commands, answer } of batch) {
      const own = verdicts.slice(from, from + commands.length);
      from += commands.length;
      for (const { pool } of commands) this.cell.board.takeDown(pool);
      answer({ verdicts: own, positionOf: (pool) => positionOf(stock, pool), at });
      if (this.cell.mayDie(kind, 'after answer')) return false;
    }
    return true;
  }

  private goOn(): void {
    this.isSending = this.waiting.length > 0;
    if (this.isSending) this.cell.after(gatherMs, () => this.send());
  }
}
