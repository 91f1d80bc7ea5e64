import type { OrderId } from '@entrepot/kernel';
import type { PoolId, ReservationId } from '@entrepot/inventory';
import type { Outcome, TransitionKind } from '@entrepot/inventory/testing';
import type { ReserveReply } from '../cell/reserve-attempt.ts';
import type { SimulatedCell } from '../cell/simulated-cell.ts';
import type { World } from '../run/world.ts';
import { askUntilAnswered } from './client.ts';
import { advance, reserve } from './storefront.ts';

export interface Line {
  readonly pool: PoolId;
  readonly quantity: number;
}

/** All or nothing; the lines stand in the order of their pools. */
export interface Wish {
  readonly lines: readonly Line[];
  readonly holdSeconds: number;
  /** How often the order is tried before the shopper goes away. */
  readonly rounds: number;
}

/** What a shopper does with a hold, in this order; nothing at all is to walk away. */
const plans: readonly (readonly TransitionKind[])[] = [
  ['confirm'],
  ['confirm', 'ship'],
  ['confirm', 'cancel'],
  ['release'],
  [],
];

/** Wants units at one cell, thinks, and goes through with it or not. */
export class Shopper {
  isDone = false;
  /** How the last round ended, if it did. */
  last: ReserveReply | undefined;
  private round = 0;

  constructor(
    private readonly world: World,
    private readonly cell: SimulatedCell,
    private readonly name: string,
    private readonly wish: Wish,
    private readonly plan: readonly TransitionKind[] = world.random.pick(plans),
  ) {}

  start(): void {
    this.round += 1;
    const { lines, holdSeconds } = this.wish;
    const { order } = this;
    const group = `${order} ${this.round}`;
    const commands = lines.map(({ pool, quantity }) => {
      const reservation = this.reservationOf(this.round, pool);
      this.world.auditor.onAsked(reservation, { pool, quantity, isAlone: lines.length === 1 });
      const of = { reservation, pool, order, quantity, holdSeconds, group };
      return { kind: 'reserve' as const, ...of };
    });
    const ids = commands.map(({ reservation }) => reservation);
    askUntilAnswered<ReserveReply>(
      this.world,
      (reply) => {
        reserve(this.cell, commands, (told) => {
          if (told.kind === 'states') this.hear(ids, told.outcomes);
          reply(told);
        });
      },
      (told) => this.onReserved(told),
    );
  }

  /** Asks once more how every round stands, so that at the end the shopper knows. */
  askHowItStands(): void {
    this.isDone = false;
    const open = Array.from({ length: this.round }, (_, round) =>
      this.wish.lines.map((line) => ({ line, round: round + 1 })),
    ).flat();
    this.askAbout(open);
  }

  /** Whether the last round holds all that was asked for. */
  get holdsAll(): boolean {
    return this.last?.kind === 'states' && this.last.outcomes.every((of) => of === 'HELD');
  }

  private askAbout([next, ...later]: readonly {
    readonly line: Line;
    readonly round: number;
  }[]): void {
    if (next === undefined) {
      this.isDone = true;
      return;
    }
    const reservation = this.reservationOf(next.round, next.line.pool);
    const kind = this.world.auditor.questionAbout(reservation);
    this.advance(kind, { round: next.round, lines: [next.line] }, () => this.askAbout(later));
  }

  private reservationOf(round: number, pool: PoolId): ReservationId {
    return `${this.name}.${round}.${pool}` as ReservationId;
  }

  private get order(): OrderId {
    return this.name as OrderId;
  }

  private hear(reservations: readonly ReservationId[], outcomes: readonly Outcome[]): void {
    for (const [index, reservation] of reservations.entries()) {
      const outcome = outcomes[index];
      if (outcome !== undefined) this.world.auditor.onTold(reservation, outcome);
    }
  }

  private onReserved(told: ReserveReply | undefined): void {
    this.last = told;
    const { random, queue } = this.world;
    if (this.holdsAll) {
      const thinkMs = random.between(0, this.wish.holdSeconds * 1_300);
      queue.schedule(thinkMs, () => this.advanceBy(this.plan));
      return;
    }
    if (told?.kind === 'undecided' && this.round < this.wish.rounds) {
      queue.schedule(50, () => this.start());
      return;
    }
    const givesUpOpenly = told === undefined && random.chance(0.5);
    this.advanceBy(givesUpOpenly ? ['release'] : []);
  }

  private advanceBy([kind, ...later]: readonly TransitionKind[]): void {
    if (kind === undefined) {
      this.isDone = true;
      return;
    }
    const { queue, random } = this.world;
    this.advance(kind, { round: this.round, lines: this.wish.lines }, () =>
      queue.schedule(random.between(0, 300), () => this.advanceBy(later)),
    );
  }

  private advance(
    kind: TransitionKind,
    { round, lines }: { readonly round: number; readonly lines: readonly Line[] },
    done: () => void,
  ): void {
    const { order, world } = this;
    const commands = lines.map(({ pool, quantity }) => {
      const reservation = this.reservationOf(round, pool);
      world.auditor.onTransitionAsked(reservation, kind);
      return { kind, reservation, pool, order, quantity };
    });
    const ids = commands.map(({ reservation }) => reservation);
    askUntilAnswered<readonly Outcome[]>(
      world,
      (reply) => {
        advance(this.cell, kind, commands, (outcomes) => {
          this.hear(ids, outcomes);
          reply(outcomes);
        });
      },
      done,
    );
  }
}
