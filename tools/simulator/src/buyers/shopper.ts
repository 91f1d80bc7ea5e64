import type { OrderId } from '@entrepot/kernel';
import type { PoolId, ReservationId } from '@entrepot/inventory';
import type { Outcome, TransitionKind } from '@entrepot/inventory/testing';
import type { ReserveReply } from '../cell/reserve-attempt.ts';
import type { SimulatedCell } from '../cell/simulated-cell.ts';
import type { World } from '../run/world.ts';
import { askUntilAnswered } from './client.ts';
import { advance, reserve } from './storefront.ts';

export interface Wish {
  readonly pool: PoolId;
  readonly quantity: number;
  readonly holdSeconds: number;
}

/** What a shopper does with a hold, in this order; nothing at all is to walk away. */
const plans: readonly (readonly TransitionKind[])[] = [
  ['confirm'],
  ['confirm', 'ship'],
  ['confirm', 'cancel'],
  ['release'],
  [],
];
const roundsMax = 6;

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
    const { pool, quantity, holdSeconds } = this.wish;
    const { reservation, order } = this;
    this.world.auditor.onAsked(reservation, { pool, quantity });
    const command = {
      ...{ kind: 'reserve' as const, pool, reservation, order, quantity, holdSeconds },
      group: reservation,
    };
    askUntilAnswered<ReserveReply>(
      this.world,
      (reply) => {
        reserve(this.cell, command, (told) => {
          this.hear(reservation, told);
          reply(told);
        });
      },
      (told) => this.onReserved(told),
    );
  }

  /** Asks once more how every round stands, so that at the end the shopper knows. */
  askHowItStands(): void {
    this.isDone = false;
    this.askAbout(this.round);
  }

  private askAbout(round: number): void {
    if (round === 0) {
      this.isDone = true;
      return;
    }
    const reservation = this.reservationOf(round);
    const kind = this.world.auditor.questionAbout(reservation);
    this.advance(reservation, kind, () => this.askAbout(round - 1));
  }

  private reservationOf(round: number): ReservationId {
    return `${this.name}.${round}` as ReservationId;
  }

  private get reservation(): ReservationId {
    return this.reservationOf(this.round);
  }

  private get order(): OrderId {
    return this.name as OrderId;
  }

  private hear(reservation: ReservationId, told: ReserveReply): void {
    if (told.kind === 'state') this.world.auditor.onTold(reservation, told.outcome);
  }

  private onReserved(told: ReserveReply | undefined): void {
    this.last = told;
    if (told?.kind === 'state' && told.outcome === 'HELD') {
      const { random, queue } = this.world;
      const thinkMs = random.between(0, this.wish.holdSeconds * 1_300);
      queue.schedule(thinkMs, () => this.advanceBy(this.plan));
      return;
    }
    if (told?.kind === 'undecided' && this.round < roundsMax) {
      this.world.queue.schedule(50, () => this.start());
      return;
    }
    const givesUpOpenly = told === undefined && this.world.random.chance(0.5);
    this.advanceBy(givesUpOpenly ? ['release'] : []);
  }

  private advanceBy([kind, ...later]: readonly TransitionKind[]): void {
    if (kind === undefined) {
      this.isDone = true;
      return;
    }
    const { queue, random } = this.world;
    this.advance(this.reservation, kind, () =>
      queue.schedule(random.between(0, 300), () => this.advanceBy(later)),
    );
  }

  private advance(reservation: ReservationId, kind: TransitionKind, done: () => void): void {
    const { pool, quantity } = this.wish;
    const { order, world } = this;
    world.auditor.onTransitionAsked(reservation, kind);
    askUntilAnswered<Outcome>(
      world,
      (reply) => {
        advance(this.cell, { kind, reservation, pool, order, quantity }, (outcome) => {
          world.auditor.onTold(reservation, outcome);
          reply(outcome);
        });
      },
      done,
    );
  }
}
