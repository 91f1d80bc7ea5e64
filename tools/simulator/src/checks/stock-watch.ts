import type { CellId } from '@entrepot/kernel';
import type { PoolId } from '@entrepot/inventory';
import {
  findBreaches,
  findGlobalBreaches,
  levelFor,
  type Balances,
  type CellStock,
  type Command,
  type PoolBooks,
  type Verdict,
} from '@entrepot/inventory/testing';
import { postingAgeMs } from '../cell/board.ts';
import type { BorrowMessage } from '../cell/messages.ts';
import type { Committed, SimulatedCell } from '../cell/simulated-cell.ts';
import type { World } from '../run/world.ts';
import { figuresOf } from './pool-figures.ts';
import type { Remembrance } from '../recovery/losses.ts';
import { isReachable, ReservationLives } from './reservation-lives.ts';
import { ViolationError } from './violation.ts';

/** How many commits may pass between two complete examinations of all books. */
const completeEvery = 64;
/** A reader may be told what was proven for a request that began this long before. */
const readHorizonMs = 5_000 + postingAgeMs;

/** The books that were lost, and what the cell must remember when it has recovered. */
interface Unmended {
  readonly lost: CellStock;
  readonly remembrance: Remembrance;
}

interface OpenRequest {
  readonly cell: CellId;
  readonly pool: PoolId;
  /** The fewest units unsold at any instant since it began. */
  fewest: number;
}

/** Looks at the books after every commit, from outside of the cells and with a memory of its own. */
export class StockWatch {
  private readonly seen = new Map<string, PoolBooks>();
  private readonly lives = new Map<CellId, ReservationLives>();
  private readonly unsold = new Map<PoolId, number>();
  private readonly emptyAt = new Map<PoolId, number>();
  private readonly requests = new Map<number, OpenRequest>();
  private readonly levels = new Map<string, number>();
  private readonly overstated = new Set<Command>();
  /** Cells that were restored and have not recovered. */
  private readonly unmended = new Map<CellId, Unmended>();
  private commits = 0;
  private requested = 0;

  constructor(private readonly world: World) {}

  onCommit(cell: SimulatedCell, { commands, verdicts }: Committed): void {
    this.commits += 1;
    this.checkRepairs(
      cell,
      commands.filter((_, at) => verdicts[at]?.changed === true),
    );
    for (const pool of new Set(commands.map((command) => command.pool))) {
      this.checkBooks(cell, pool);
      this.checkAcross(pool);
    }
    for (const [at, command] of commands.entries()) this.checkVerdict(cell, command, verdicts[at]);
    if (this.commits % completeEvery === 0) this.checkAll();
  }

  onCrash(cell: CellId): void {
    for (const [number, request] of this.requests) {
      if (request.cell === cell) this.requests.delete(number);
    }
  }

  /** Until it has recovered, what its books say of rights and of what exists is of the past. */
  onRestored({ id, stock }: SimulatedCell, lost: CellStock, remembrance: Remembrance): void {
    // of two restores in a row the first one lost what was true
    this.unmended.set(id, { lost: this.unmended.get(id)?.lost ?? lost, remembrance });
    this.lives.delete(id);
    for (const pool of this.world.pools) {
      const books = stock.pools.get(pool);
      if (books === undefined) this.seen.delete(`${id} ${pool}`);
      else this.seen.set(`${id} ${pool}`, books);
      this.checkAcross(pool);
    }
  }

  /** It sells again, and knows all that a backup or a witness knew. */
  onMended({ id, stock }: SimulatedCell): void {
    const { states = [] } = this.unmended.get(id)?.remembrance ?? {};
    this.unmended.delete(id);
    for (const [reservation, least] of states) {
      const state = stock.reservations.get(reservation)?.state;
      if (state === least || (state !== undefined && isReachable(least, state))) continue;
      throw new ViolationError(
        'remembrance',
        `${id}: ${reservation} was ${least}, is ${state ?? 'unknown'}`,
      );
    }
    for (const pool of this.world.pools) this.checkAcross(pool);
  }

  /** No donor may ever give more than the highest level that was asked of it. */
  onAsk(asker: CellId, donor: CellId, { pool, acked, need }: BorrowMessage): void {
    if (need === 0) return;
    const name = `${donor} ${asker} ${pool}`;
    const { applied = 0 } = this.bookOf(asker, pool)?.channels.get(donor) ?? {};
    const level = levelFor(Math.max(acked, applied), need);
    this.levels.set(name, Math.max(this.levels.get(name) ?? 0, level));
  }

  /** This acknowledgement is a lie; the books must stay as they are. */
  expectOverstated(command: Command): void {
    this.overstated.add(command);
  }

  openRequest(cell: CellId, pool: PoolId): number {
    this.requested += 1;
    this.requests.set(this.requested, { cell, pool, fewest: this.unsoldOf(pool) });
    return this.requested;
  }

  closeRequest(number: number): void {
    this.requests.delete(number);
  }

  /** A refusal is false when at every instant of its request more was unsold than it says. */
  onRefusal(number: number, available: number): void {
    const request = this.requests.get(number);
    if (request === undefined || request.fewest <= available) return;
    throw new ViolationError(
      'false refusal',
      `${request.cell} said that there are ${available} of ${request.pool}, there were never fewer than ${request.fewest}`,
    );
  }

  onReadEmpty(cell: CellId, pool: PoolId): void {
    const { now } = this.world.queue;
    const last = this.unsoldOf(pool) === 0 ? now : (this.emptyAt.get(pool) ?? -Infinity);
    if (now - last <= readHorizonMs) return;
    throw new ViolationError('stale emptiness', `${cell} shows ${pool} as sold out; it is not`);
  }

  get openRequests(): number {
    return this.requests.size;
  }

  /** All invariants of all books, as the platform's own examination states them. */
  checkAll(): void {
    const stocks = this.world.cells.map(({ stock }) => stock);
    const across = this.unmended.size > 0 ? [] : findGlobalBreaches(stocks);
    const [breach] = [...stocks.flatMap(findBreaches), ...across];
    if (breach !== undefined) throw new ViolationError('books', breach);
  }

  /** What a restored cell was given and has forgotten may have been sold: none of it is for sale. */
  private checkRepairs({ id, stock }: SimulatedCell, changed: readonly Command[]): void {
    if (!changed.every(({ kind }) => kind === 'repair')) return;
    for (const { pool } of changed) {
      const before = this.seen.get(`${id} ${pool}`)?.balances.FREE ?? 0;
      const free = stock.pools.get(pool)?.balances.FREE ?? 0;
      if (free > before) throw new ViolationError('suspense', `${id} sells ${free} of ${pool}`);
    }
  }

  private unsoldOf(pool: PoolId): number {
    return this.unsold.get(pool) ?? 0;
  }

  private bookOf(cell: CellId, pool: PoolId): PoolBooks | undefined {
    return this.world.cell(cell).stock.pools.get(pool);
  }

  private checkBooks({ id, stock }: SimulatedCell, pool: PoolId): void {
    const books = stock.pools.get(pool);
    if (books === undefined) return;
    const name = `${id} ${pool}`;
    checkBalances(name, books.balances);
    checkRisen(name, this.seen.get(name), books);
    for (const { peer, granted, acked } of books.channels.values()) {
      if (acked > granted) throw new ViolationError('acked ≤ granted', `${name} of ${peer}`);
      const level = this.levels.get(`${id} ${peer} ${pool}`) ?? 0;
      if (granted > level) {
        throw new ViolationError('level', `${name} gave ${peer} ${granted}, asked were ${level}`);
      }
    }
    if (books.balances.SUPPLY > 0 && this.world.homeOf(pool) !== id) {
      throw new ViolationError('home', `${name} was minted away from home`);
    }
    this.seen.set(name, books);
  }

  private checkAcross(pool: PoolId): void {
    const cells = this.world.cells.map(({ id, stock }) => ({
      id,
      stock: this.unmended.get(id)?.lost ?? stock,
    }));
    const { free, placed, exists, inTransit, overdrawn } = figuresOf(cells, pool);
    this.noteUnsold(pool, free + inTransit);
    if (this.unmended.size > 0) return;
    if (overdrawn[0] !== undefined) throw new ViolationError('applied ≤ granted', overdrawn[0]);
    if (placed + inTransit !== exists) {
      throw new ViolationError(
        'conservation',
        `${pool}: ${placed} placed + ${inTransit} in transit ≠ ${exists} existing`,
      );
    }
  }

  private noteUnsold(pool: PoolId, unsold: number): void {
    const { now } = this.world.queue;
    if (this.unsoldOf(pool) === 0) this.emptyAt.set(pool, now);
    this.unsold.set(pool, unsold);
    for (const request of this.requests.values()) {
      if (request.pool === pool) request.fewest = Math.min(request.fewest, unsold);
    }
  }

  private checkVerdict(cell: SimulatedCell, command: Command, verdict?: Verdict): void {
    const isRegressed = verdict?.outcome === 'REGRESSED' && !this.overstated.delete(command);
    if (isRegressed && !this.unmended.has(cell.id)) {
      throw new ViolationError(
        'regressed',
        `${cell.id} forgot what it gave of ${command.pool}: a peer took in more than ${verdict.total}`,
      );
    }
    const isMending = ['ack', 'repair', 'readopt'].includes(command.kind);
    if (verdict?.changed === true && this.unmended.has(cell.id) && !isMending) {
      const what = `${cell.id} took a ${command.kind} of ${command.pool} before it was mended`;
      throw new ViolationError('active', what);
    }
    if ('reservation' in command) this.livesOf(cell.id).check(cell, command.reservation);
  }

  private livesOf(cell: CellId): ReservationLives {
    const known = this.lives.get(cell);
    if (known !== undefined) return known;
    const lives = new ReservationLives();
    this.lives.set(cell, lives);
    return lives;
  }
}

function checkBalances(name: string, of: Balances): void {
  for (const [account, units] of Object.entries(of)) {
    if (units < 0) throw new ViolationError('not negative', `${name}: ${account} is ${units}`);
  }
  const came = of.SUPPLY + of.APPLIED + of.DEFICIT - of.GRANTED - of.WRITTEN_OFF - of.TRANSFERRED;
  const kept = of.SAFETY + of.QUARANTINE + of.SUSPENSE;
  const here = of.FREE + of.HELD + of.SOLD + of.SHIPPED + kept;
  if (came !== here)
    throw new ViolationError('identity', `${name}: ${came} came, ${here} are here`);
}

function checkRisen(name: string, before: PoolBooks | undefined, after: PoolBooks): void {
  if (before === undefined) return;
  const hasFallen =
    after.credits < before.credits ||
    after.balances.SUPPLY < before.balances.SUPPLY ||
    after.balances.SHIPPED < before.balances.SHIPPED ||
    [...before.channels.values()].some((was) => {
      const is = after.channels.get(was.peer);
      return (
        is === undefined ||
        is.granted < was.granted ||
        is.applied < was.applied ||
        is.acked < was.acked
      );
    });
  if (hasFallen) throw new ViolationError('totals only rise', name);
}
