import type { CellId } from '@entrepot/kernel';
import type { PoolId } from '@entrepot/inventory';
import type { Collect, PoolPosition } from '@entrepot/inventory/testing';
import { onBorrow, takeIn } from './grant-handlers.ts';
import type { BorrowMessage, GrantMessage } from './messages.ts';
import type { SimulatedCell } from './simulated-cell.ts';

/** An order of this cell is short of units. */
export interface Want {
  readonly pool: PoolId;
  readonly quantity: number;
  readonly here: PoolPosition;
}

interface Borrow extends Want {
  readonly startedAt: number;
  readonly positions: (PoolPosition | undefined)[];
  readonly waiters: ((collect: Collect) => void)[];
  missing: number;
}

interface Call {
  readonly borrow: Borrow;
  readonly peer: CellId;
  readonly acked: number;
}

const [answerWithinMs, lingerMs] = [400, 50];

/**
 * Asks the other cells one after another. One borrow per pool is on its way; whoever comes meanwhile
 * waits for its answer. A peer that does not answer in time counts as silent; what it gave arrives all
 * the same, by the late answer, the announcement or the repeated totals.
 */
export class BorrowDesk {
  private readonly inFlight = new Map<PoolId, Borrow>();
  private readonly calls = new Map<number, Call>();
  private readonly lingering = new Map<PoolId, number>();

  constructor(private readonly cell: SimulatedCell) {}

  get isIdle(): boolean {
    return this.inFlight.size === 0;
  }

  isWaitingFor(pool: PoolId): boolean {
    const until = this.lingering.get(pool) ?? 0;
    return this.inFlight.has(pool) || until > this.cell.world.queue.now;
  }

  collect(want: Want, heard: (collect: Collect) => void): void {
    const known = this.inFlight.get(want.pool);
    if (known !== undefined) {
      known.waiters.push(heard);
      return;
    }
    const missing = Math.max(0, want.quantity - want.here.free);
    const startedAt = this.cell.tick();
    const borrow = { ...want, startedAt, positions: [], waiters: [heard], missing };
    this.inFlight.set(want.pool, borrow);
    this.askNext(borrow);
  }

  /** An answer to a call of this process, or one that came too late or twice: its total counts always. */
  onGrant(told: GrantMessage): void {
    const call = this.calls.get(told.call);
    this.cell.heardFree.set(`${told.from} ${told.pool}`, {
      free: told.position.free,
      at: this.cell.world.queue.now,
    });
    if (call === undefined) {
      takeIn(this.cell, 'GRANT', told, () => undefined);
      return;
    }
    this.calls.delete(told.call);
    const { borrow, acked } = call;
    if (told.total <= acked) {
      this.note(borrow, told.position);
      return;
    }
    borrow.missing = Math.max(0, borrow.missing - (told.total - acked));
    takeIn(this.cell, 'GRANT', told, () => this.note(borrow, told.position));
  }

  forget(): void {
    this.inFlight.clear();
    this.calls.clear();
    this.lingering.clear();
  }

  private askNext(borrow: Borrow): void {
    const { world } = this.cell;
    const peer = world.peersOf(this.cell.id)[borrow.positions.length];
    if (peer === undefined) {
      this.finish(borrow);
      return;
    }
    const { pool, here } = borrow;
    const acked = here.channels.find((channel) => channel.peer === peer.id)?.applied ?? 0;
    const need = borrow.missing;
    const level = need > 0 ? world.protocol.levelFor(acked, need) : 0;
    const call = world.nextNumber();
    const ask: BorrowMessage = { call, from: this.cell.id, pool, level, need, acked };
    this.calls.set(call, { borrow, peer: peer.id, acked });
    world.watch.onAsk(this.cell.id, peer.id, ask);
    world.network.send(this.cell.id, peer.id, () => {
      peer.receive('BORROW', ask, () => onBorrow(peer, ask));
    });
    if (world.protocol.borrowTimesOut) {
      this.cell.after(answerWithinMs, () => this.onTimeOut(call));
    }
  }

  private onTimeOut(number: number): void {
    const call = this.calls.get(number);
    if (call === undefined) return;
    this.calls.delete(number);
    const { world } = this.cell;
    world.happened(this.cell.id, 'silence', { peer: call.peer, pool: call.borrow.pool });
    world.protocol.onSilence(this.cell, call.peer, call.borrow.pool);
    this.note(call.borrow, undefined);
  }

  private note(borrow: Borrow, position: PoolPosition | undefined): void {
    borrow.positions.push(position);
    this.askNext(borrow);
  }

  private finish(borrow: Borrow): void {
    const { pool, startedAt, here, positions } = borrow;
    this.inFlight.delete(pool);
    this.lingering.set(pool, this.cell.world.queue.now + lingerMs);
    const home = this.cell.world.homeOf(pool);
    const isUnheardOf = positions.some((of) => of?.cell === home && of.credits === 0);
    const collect: Collect = { startedAt, here, positions, isUnheardOf };
    for (const waiter of borrow.waiters) {
      if (!this.cell.isUp) return;
      waiter(collect);
    }
  }
}
