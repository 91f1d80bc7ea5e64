import {
  chunkStageOf,
  defaultSettings,
  paceAt,
  spend,
  surrenders,
  withOrder,
  type BorrowBudget,
  type CellOutlook,
  type ChunkStage,
  type DemandRate,
  type PlannedAsk,
  type PoolView,
} from '@entrepot/inventory';
import type { CellId } from '@entrepot/kernel';
import { EventQueue } from './event-queue.ts';
import type { StockPolicy } from './policies.ts';
import { Tally } from './tally.ts';

/** Someone in a cell wants units of a pool, at a second of the simulation. */
export interface Wish {
  readonly at: number;
  readonly cell: CellId;
  readonly pool: string;
  readonly units: number;
}

export interface Opening {
  readonly pool: string;
  readonly home: CellId;
  readonly units: ReadonlyMap<CellId, number>;
}

/** Part of the demand of a pool that is expected in a cell, by what was seen so far; undefined if unknown. */
export type Forecast = (pool: string, cell: CellId) => number | undefined;

/** While the cells cannot reach each other, in seconds: what is sent then is lost. */
export interface Cut {
  readonly from: number;
  readonly until: number;
}

interface Waiter {
  readonly units: number;
  readonly since: number;
}

/** What a cell was last told about another: the free units are an upper bound as long as nothing is minted. */
interface Told {
  free: number;
  rate: number;
  at: number;
}

interface Shelf {
  readonly cell: CellId;
  readonly home: CellId;
  free: number;
  rate: DemandRate | undefined;
  budget: BorrowBudget | undefined;
  stage: ChunkStage;
  readonly opening: number;
  readonly told: Map<CellId, Told>;
  waiters: Waiter[];
  asksOut: number;
  isLookDue: boolean;
}

const { roundTripSeconds, periodSeconds } = defaultSettings;
/** How long an order waits for a cell that is silent. */
const silenceSeconds = 1;

/**
 * Two cells that sell from pools under one policy, by events: each message takes half a round trip, all
 * else no time. A cell refuses once what it was last told and what it has cannot be enough, which proves
 * that there is not enough only where nobody else can have given the other cell anything.
 */
export class Market {
  readonly tally = new Tally();
  private readonly events = new EventQueue();
  private readonly pools = new Map<string, Map<CellId, Shelf>>();
  private readonly inTransit = new Map<string, number>();

  constructor(
    private readonly policy: StockPolicy,
    private readonly cells: readonly [CellId, CellId],
    private readonly surroundings: { readonly forecast?: Forecast; readonly cut?: Cut } = {},
  ) {}

  open({ pool, home, units }: Opening): void {
    const all = [...units.values()].reduce((sum, part) => sum + part, 0);
    const shelves = this.cells.map((cell): [CellId, Shelf] => [
      cell,
      {
        cell,
        home,
        free: units.get(cell) ?? 0,
        rate: undefined,
        budget: undefined,
        stage: 0,
        opening: all,
        told: new Map(
          this.cells
            .filter((peer) => peer !== cell)
            .map((peer) => [peer, { free: units.get(peer) ?? 0, rate: 0, at: 0 }]),
        ),
        waiters: [],
        asksOut: 0,
        isLookDue: false,
      },
    ]);
    this.pools.set(pool, new Map(shelves));
  }

  /** Wishes come in the order of their instants. */
  run(wishes: Iterable<Wish>): Tally {
    for (const wish of wishes) {
      this.events.runUntil(wish.at);
      this.onWish(wish);
    }
    this.events.runUntil(Infinity);
    return this.tally;
  }

  private onWish({ cell, pool, units, at }: Wish): void {
    const shelf = this.shelfOf(pool, cell);
    shelf.rate = withOrder(shelf.rate, { at, units });
    if (shelf.free >= units) {
      shelf.free -= units;
      this.tally.sold(units, 0);
    } else if (!this.policy.waits) {
      this.refuse(pool, { units, since: at });
      if (shelf.asksOut === 0) this.send(pool, shelf, units - shelf.free);
    } else if (this.mostThatIsLeft(pool, shelf) < units) {
      this.refuse(pool, { units, since: at });
    } else {
      shelf.waiters.push({ units, since: at });
      if (shelf.asksOut === 0) this.askForWaiters(pool, shelf);
    }
    this.lookSoon(pool, shelf);
  }

  /** A cell looks ahead at most once in a period, and only where something was asked for. */
  private lookSoon(pool: string, shelf: Shelf): void {
    if (shelf.isLookDue) return;
    shelf.isLookDue = true;
    const next = (Math.floor(this.events.now / periodSeconds) + 1) * periodSeconds;
    this.events.add(next, () => {
      shelf.isLookDue = false;
      this.lookAhead(pool, shelf);
    });
  }

  private lookAhead(pool: string, shelf: Shelf): void {
    if (shelf.asksOut > 0 || this.mostThatIsLeft(pool, shelf) === shelf.free) return;
    const asks = this.policy.askAhead(this.outlookOf(pool, shelf));
    if (asks.length === 0) return;
    const budget = spend(shelf.budget, this.events.now);
    if (budget === undefined) return;
    shelf.budget = budget;
    this.sendAll(pool, shelf, asks);
  }

  private askForWaiters(pool: string, shelf: Shelf): void {
    const wanted = shelf.waiters.reduce((sum, { units }) => sum + units, 0);
    this.send(pool, shelf, wanted - shelf.free);
  }

  private send(pool: string, shelf: Shelf, need: number): void {
    this.sendAll(pool, shelf, this.policy.askFor(this.outlookOf(pool, shelf), need));
  }

  private sendAll(pool: string, shelf: Shelf, asks: readonly PlannedAsk[]): void {
    for (const ask of asks) {
      shelf.asksOut += 1;
      this.tally.message(this.events.now, shelf.cell, ask.donor);
      const { free } = shelf;
      const rate = this.rateOf(shelf);
      if (this.isCut()) this.after(silenceSeconds, () => this.onSilence(pool, shelf));
      else
        this.after(roundTripSeconds / 2, () => this.onAsk(pool, { ask, asker: shelf, free, rate }));
    }
  }

  private onAsk(
    pool: string,
    { ask, asker, free, rate }: { ask: PlannedAsk; asker: Shelf; free: number; rate: number },
  ): void {
    const donor = this.shelfOf(pool, ask.donor);
    donor.told.set(asker.cell, { free, rate, at: this.events.now });
    const isDonorWaiting = donor.waiters.length > 0;
    const may = surrenders(donor.cell, asker.cell, { home: donor.home, isDonorWaiting });
    const outlook = this.outlookOf(pool, donor, asker.cell);
    const given = may ? Math.min(donor.free, Math.floor(this.policy.give(outlook, ask))) : 0;
    donor.free -= given;
    const told = donor.told.get(asker.cell);
    if (told !== undefined) told.free += given;
    this.inTransit.set(pool, (this.inTransit.get(pool) ?? 0) + given);
    this.tally.message(this.events.now, donor.cell, asker.cell);
    const position = { free: donor.free, rate: this.rateOf(donor), at: this.events.now };
    const { cut } = this.surroundings;
    if (cut !== undefined && this.isCut()) {
      this.after(silenceSeconds - roundTripSeconds / 2, () => this.onSilence(pool, asker));
      this.events.add(cut.until + roundTripSeconds, () => this.takeIn(pool, asker, given));
      return;
    }
    this.after(roundTripSeconds / 2, () => this.onGrant(pool, asker, { given, donor, position }));
  }

  private isCut(): boolean {
    const { cut } = this.surroundings;
    return cut !== undefined && this.events.now >= cut.from && this.events.now < cut.until;
  }

  private wasCutSince(since: number): boolean {
    const { cut } = this.surroundings;
    return cut !== undefined && this.events.now >= cut.from && since < cut.until;
  }

  /** The other cell did not answer: who waits is told so. */
  private onSilence(pool: string, shelf: Shelf): void {
    shelf.asksOut -= 1;
    if (shelf.asksOut > 0) return;
    this.serve(pool, shelf);
    for (const waiter of shelf.waiters) this.refuse(pool, waiter);
    shelf.waiters = [];
  }

  private takeIn(pool: string, shelf: Shelf, given: number): void {
    shelf.free += given;
    this.inTransit.set(pool, (this.inTransit.get(pool) ?? 0) - given);
  }

  private onGrant(
    pool: string,
    shelf: Shelf,
    { given, donor, position }: { given: number; donor: Shelf; position: Told },
  ): void {
    // what this cell gave meanwhile may lie there too
    const before = shelf.told.get(donor.cell);
    const hasCrossed = before !== undefined && before.at > position.at - roundTripSeconds / 2;
    const free = hasCrossed ? Math.max(position.free, before.free) : position.free;
    shelf.told.set(donor.cell, { ...position, free });
    this.takeIn(pool, shelf, given);
    shelf.asksOut -= 1;
    if (shelf.asksOut > 0) return;
    this.serve(pool, shelf);
    if (shelf.waiters.length > 0) this.askForWaiters(pool, shelf);
  }

  private serve(pool: string, shelf: Shelf): void {
    const left: Waiter[] = [];
    for (const waiter of shelf.waiters) {
      if (shelf.free >= waiter.units) {
        shelf.free -= waiter.units;
        this.tally.sold(waiter.units, this.events.now - waiter.since);
      } else if (this.mostThatIsLeft(pool, shelf) < waiter.units) this.refuse(pool, waiter);
      else left.push(waiter);
    }
    shelf.waiters = left;
  }

  private refuse(pool: string, { units, since }: Waiter): void {
    const shelves = [...(this.pools.get(pool)?.values() ?? [])];
    const free = shelves.reduce((sum, shelf) => sum + shelf.free, 0);
    const isFalse = free + (this.inTransit.get(pool) ?? 0) >= units;
    const isCut = this.wasCutSince(since);
    this.tally.refused({ waited: this.events.now - since, isFalse, isCut });
  }

  /** All that can be left of a pool, as far as this cell knows. */
  private mostThatIsLeft(_pool: string, shelf: Shelf): number {
    return [...shelf.told.values()].reduce((sum, { free }) => sum + free, shelf.free);
  }

  private outlookOf(pool: string, shelf: Shelf, first?: CellId): PoolView {
    const { now } = this.events;
    const own = {
      cell: shelf.cell,
      free: shelf.free,
      ...paceAt(shelf.rate, now),
      share: this.surroundings.forecast?.(pool, shelf.cell),
    };
    const peers = [...shelf.told].map(([cell, { free, rate, at }]) => ({
      cell,
      free: Math.max(0, free - rate * (now - at)),
      rate,
      share: this.surroundings.forecast?.(pool, cell),
    }));
    const ordered = peers.toSorted((one, other) =>
      one.cell === first ? -1 : other.cell === first ? 1 : 0,
    );
    const total = [own, ...peers].reduce((sum, { free }) => sum + free, 0);
    shelf.stage = chunkStageOf(total, shelf.opening, shelf.stage);
    const lean = (of: Omit<CellOutlook, 'share'> & { share: number | undefined }): CellOutlook => {
      const { share, ...rest } = of;
      return share === undefined ? rest : { ...rest, share };
    };
    return { own: lean(own), peers: ordered.map(lean), stage: shelf.stage };
  }

  private rateOf(shelf: Shelf): number {
    return paceAt(shelf.rate, this.events.now).rate;
  }

  private shelfOf(pool: string, cell: CellId): Shelf {
    const shelf = this.pools.get(pool)?.get(cell);
    if (shelf === undefined) throw new RangeError(`there is no pool ${pool} in ${cell}`);
    return shelf;
  }

  private after(seconds: number, run: () => void): void {
    this.events.add(this.events.now + seconds, run);
  }
}
