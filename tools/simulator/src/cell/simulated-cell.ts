import type { CellId } from '@entrepot/kernel';
import type { PoolId } from '@entrepot/inventory';
import {
  emptyStock,
  type CellStock,
  type Command,
  type Verdict,
} from '@entrepot/inventory/testing';
import type { CrashPoint, WorkKind } from '../faults/coverage.ts';
import type { World } from '../run/world.ts';
import { Board } from './board.ts';
import { BorrowDesk } from './borrow-desk.ts';
import { Lane } from './lane.ts';
import { Outbox } from './outbox.ts';
import { recall, recallEveryMs } from './recall.ts';
import { reconcile, reconcileEveryMs } from './reconcile.ts';
import { sweep, sweepEveryMs } from './sweep.ts';
import { Backups, backUpEveryMs } from '../recovery/backups.ts';
import { firstNotes, type Notes } from '../recovery/notes.ts';
import { Recovery, recoverEveryMs } from '../recovery/recovery.ts';
import { tellEveryMs, tellMovements } from '../recovery/tell-movements.ts';
import { Witness } from '../recovery/witness.ts';

export interface Committed {
  readonly commands: readonly Command[];
  readonly verdicts: readonly Verdict[];
}

const [restartLeastMs, restartMostMs, failOverMs] = [100, 2_000, 60];
const pastKept = 6;

/**
 * One cell: books that survive, and a process that may die between any two steps.
 *
 * It is a lean driver and not the use cases: those take their time from the machine and wait on timers,
 * which a virtual clock cannot drive at tens of thousands of events a second. The rules themselves are
 * the platform's: the reducer, the policies of asking and giving, and the proofs for a refusal are the
 * same code. What is written anew is the order in which steps follow each other, each an event of its
 * own, so that other events and the death of the process come between any two.
 */
export class SimulatedCell {
  stock: CellStock;
  /** The newest states of the books, oldest first: what a standby that lags would have. */
  readonly past: CellStock[] = [];
  notes: Notes = firstNotes;
  readonly witness = new Witness();
  readonly backups = new Backups(this);
  readonly recovery = new Recovery(this);
  isUp = true;
  clockOffset = 0;
  readonly lane = new Lane(this);
  readonly desk = new BorrowDesk(this);
  readonly board = new Board(this);
  readonly outbox = new Outbox(this);
  /** What each peer last said to have free, and when; advisory. */
  readonly heardFree = new Map<string, { readonly free: number; readonly at: number }>();
  private incarnation = 0;
  private pausedUntil = 0;
  private events = 0;

  constructor(
    readonly id: CellId,
    readonly world: World,
  ) {
    this.stock = emptyStock(id);
    this.arm();
  }

  get epoch(): number {
    return this.stock.epoch;
  }

  get isIdle(): boolean {
    return this.isUp && this.lane.isIdle && this.desk.isIdle && this.outbox.isEmpty;
  }

  /** The clock of the cell's store. */
  clock(): number {
    return this.world.queue.now + this.clockOffset;
  }

  /** Counts an event of this process. */
  tick(): number {
    this.events += 1;
    return this.events;
  }

  /** Something to do later in this process; if it dies before, never. */
  after(delayMs: number, work: () => void): void {
    const { incarnation } = this;
    this.world.queue.schedule(delayMs, () => this.goOn(incarnation, work));
  }

  /** Something comes from outside: a process that is down never hears of it. */
  receive(kind: WorkKind, detail: unknown, work: () => void): void {
    const { incarnation } = this;
    this.goOn(incarnation, () => {
      this.world.happened(this.id, kind, detail);
      if (!this.mayDie(kind, 'heard')) work();
    });
  }

  commit(stock: CellStock, committed: Committed): void {
    const before = this.stock;
    this.past.push(before);
    if (this.past.length > pastKept) this.past.shift();
    this.stock = stock;
    this.world.happened(this.id, 'commit', committed);
    this.outbox.note(committed);
    this.world.watch.onCommit(this, committed);
  }

  /** True when this run lets the process die here. */
  mayDie(kind: WorkKind, point: CrashPoint): boolean {
    if (!this.isUp) return true;
    if (!this.world.strikes(kind, point)) return false;
    this.world.tally.crashes[kind][point] += 1;
    this.crash(`${kind} ${point}`);
    return true;
  }

  crash(where: string): void {
    if (!this.isUp) return;
    this.world.fault('crash', this.id, where);
    this.die(this.world.random.between(restartLeastMs, restartMostMs));
  }

  /** The database's standby takes over; what was committed is there. */
  failOver(): void {
    if (!this.isUp) return;
    this.world.fault('fail-over', this.id);
    this.stock = this.world.protocol.promoted(this);
    this.die(failOverMs);
  }

  /**
   * The database is lost and a backup is put in its place: by our own command, which closes its stock, or in another way,
   * which is found out where the witness was told more than the backup knows.
   */
  restore(): void {
    const backup = this.backups.draw();
    if (backup === undefined) return;
    const isOurs = this.world.random.chance(0.5) || !this.witness.knowsMoreThan(backup);
    this.world.fault('restored from a backup', this.id, isOurs ? 'by command' : 'unannounced');
    const lost = this.stock;
    this.stock = backup.stock;
    this.notes = backup.notes;
    this.die(this.world.random.between(restartLeastMs, restartMostMs));
    this.outbox.forget();
    this.world.onRestored(this, lost);
    if (isOurs && this.world.protocol.comparesWithWitness) this.recovery.begin(this.epoch);
  }

  pause(ms: number): void {
    this.pausedUntil = Math.max(this.pausedUntil, this.world.queue.now + ms);
  }

  start(): void {
    if (this.isUp) return;
    this.isUp = true;
    this.recovery.compare();
    this.arm();
    this.outbox.resume();
  }

  isWaitingFor(pool: PoolId): boolean {
    return this.desk.isWaitingFor(pool);
  }

  private die(downMs: number): void {
    this.isUp = false;
    this.incarnation += 1;
    this.events = 0;
    this.lane.forget();
    this.desk.forget();
    this.board.forget();
    this.recovery.forget();
    this.world.watch.onCrash(this.id);
    this.world.queue.schedule(downMs, () => this.start());
  }

  private goOn(incarnation: number, work: () => void): void {
    if (incarnation !== this.incarnation || !this.isUp) return;
    const { queue } = this.world;
    if (this.pausedUntil > queue.now) {
      queue.schedule(this.pausedUntil - queue.now, () => this.goOn(incarnation, work));
      return;
    }
    work();
  }

  private arm(): void {
    this.every(sweepEveryMs, () => sweep(this));
    this.every(reconcileEveryMs, () => reconcile(this));
    this.every(recallEveryMs, () => recall(this));
    this.every(backUpEveryMs, () => this.backups.take());
    this.every(recoverEveryMs, () => this.recovery.run());
    this.every(tellEveryMs, () => tellMovements(this));
  }

  private every(ms: number, work: () => void): void {
    this.after(ms, () => {
      work();
      this.every(ms, work);
    });
  }
}
