import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@entrepot/kernel';
import { DomainError, type OrderId, type Sku } from '@entrepot/kernel';
import { isFinal, type Availability } from '../domain/availability.ts';
import type { Outcome, Reserve, Verdict } from '../domain/commands.ts';
import type { PoolId } from '../domain/pool.ts';
import {
  demandsOf,
  heldBy,
  unknownSiblingsOf,
  withCeiling,
  withHeld,
  type Demand,
  type DroppedLine,
  type OrderLine,
  type ReservationPlan,
} from '../domain/reservation-plan.ts';
import type { ReservationId } from '../domain/reservation.ts';
import type { BorrowDesk, Want } from './borrow-desk.ts';
import { reservationIdOf } from './reservation-ids.ts';
import type { RefusalRegister } from './refusal-register.ts';
import { ShortageLooks, type Short } from './shortage-looks.ts';
import type { StockLanes } from './stock-lanes.ts';
import type { StockOutlook } from './stock-outlook.ts';
import type { Refusal } from './stock-store.ts';

/** How long an order may wait for units from other cells without getting on, before it is told to come back. */
export const reserveBudgetMs = 2_000;
/** How long it may take in all, however it gets on: well within the patience of a client. */
export const reserveLimitMs = 10_000;
/** A peer that is silent this often in a row counts as unreachable; once is what a busy one looks like. */
const silencesMax = 2;
/** Longer than any payment takes, the shopper's own action included. */
export const holdSeconds = 20 * 60;
const askAgainPauseMs = 20;

export interface ReserveLinesRequest {
  readonly order: OrderId;
  /**
   * Belongs to one call. Whoever takes an order over from a call that may still be on its way closes its
   * round to it, by releasing all that the round could hold, and raises the number.
   */
  readonly round: number;
  readonly lines: readonly OrderLine[];
  readonly onShortage: 'refuse' | 'partial';
}

export interface HeldReservation extends Demand {
  readonly reservation: ReservationId;
}

export type ReserveLinesResult =
  /** All kept lines are held; `dropped` is empty unless partial orders are allowed. */
  | {
      readonly kind: 'held';
      readonly reservations: readonly HeldReservation[];
      readonly dropped: readonly DroppedLine[];
    }
  /** Final: nothing is held, each dropped line says why. */
  | { readonly kind: 'refused'; readonly dropped: readonly DroppedLine[] }
  /** Not final: nothing is held, the round is over, the same order may be tried again in the next. */
  | { readonly kind: 'unsettled'; readonly lines: readonly DroppedLine[] }
  /**
   * A reservation of this round has ended before, or another call holds a part of it: only a new round can
   * hold anything. Nothing that the other call holds was touched.
   */
  | { readonly kind: 'round-spent' };

/** What one call knows while it works. */
interface Attempt {
  readonly request: ReserveLinesRequest;
  readonly startedAt: Date;
  readonly limit: number;
  /** Moves on while the order gets on. */
  deadline: number;
  silences: number;
  plan: ReservationPlan;
  readonly looks: ShortageLooks;
  readonly refusals: Refusal[];
}

/**
 * Holds the units of an order, all lines or, if the shopper agreed, those that can be had. An order of
 * all or nothing takes pools in the order of their ids and stops at the first that comes short, so that
 * of two such orders one gets what both need; an order in part takes what there is and waits for the
 * rest. Either borrows for all its short pools at once. "Not enough" is only said with proof that all
 * cells together had not enough at an instant of this call.
 */
export class ReserveLines {
  constructor(
    private readonly outlook: StockOutlook,
    private readonly lanes: StockLanes,
    private readonly desk: BorrowDesk,
    private readonly refusals: RefusalRegister,
    private readonly clock: Clock,
  ) {}

  async execute(request: ReserveLinesRequest): Promise<ReserveLinesResult> {
    const refused = await this.refuseIfGone(request);
    if (refused !== undefined) return refused;
    const attempt = await this.begin(request);
    if (attempt === undefined) return { kind: 'round-spent' };
    for (;;) {
      const { plan } = attempt;
      const taken = await this.take(attempt);
      if (taken === 'round-spent') {
        await this.release(request, heldBy(attempt.plan));
        return { kind: 'round-spent' };
      }
      const isComplete = demandsOf(attempt.plan).length === 0;
      if (isComplete && !attempt.plan.mustRestart) return this.finish(attempt);
      const isFirstLook = attempt.looks.isEmpty;
      const blocked = await this.settleShortages(attempt, taken);
      if (isDoomed(attempt)) return this.finish(attempt);
      const reason = reasonToStop(attempt, { blocked, hasGotOn: attempt.plan !== plan });
      if (reason !== undefined) return this.giveUp(attempt, reason, taken);
      if (blocked !== undefined && !isFirstLook) await sleep(askAgainPauseMs);
    }
  }

  /** With a proof that all orders of this process share, where the goods were gone a moment ago. */
  private async refuseIfGone(
    request: ReserveLinesRequest,
  ): Promise<ReserveLinesResult | undefined> {
    const { soldOut } = this.refusals;
    const skus = [...new Set(request.lines.map(({ sku }) => sku))];
    const isDecidedBy = (gone: number): boolean =>
      isAllOrNothing(request) ? gone > 0 : gone === skus.length;
    if (!isDecidedBy(skus.filter((sku) => soldOut.isKnown(sku)).length)) return undefined;
    const startedAt = this.clock.now();
    const gone = await soldOut.findGone(request, skus);
    if (!isDecidedBy(gone.size)) return undefined;
    const span = { startedAt, endedAt: this.clock.now() };
    const dropped = request.lines
      .filter(({ sku }) => gone.has(sku))
      .map((line) => ({ ...line, availability: { answer: 'GLOBAL_EMPTY' } as const }));
    const refusals = [...Map.groupBy(dropped, ({ sku }) => sku)].flatMap(([sku, lines]) => {
      const quantity = lines.reduce((sum, line) => sum + line.quantity, 0);
      return (gone.get(sku) ?? []).map((pool) => ({ pool, quantity, available: 0, ...span }));
    });
    await this.refusals.record(refusals);
    return { kind: 'refused', dropped };
  }

  private async begin(request: ReserveLinesRequest): Promise<Attempt | undefined> {
    const startedAt = this.clock.now();
    const since = this.lanes.tick();
    const limit = performance.now() + reserveLimitMs;
    const plan = await this.outlook.planFor(request);
    if (plan === undefined || isBegunByAnother(plan)) return undefined;
    const deadline = performance.now() + reserveBudgetMs;
    const looks = new ShortageLooks(since);
    return { request, startedAt, limit, deadline, plan, looks, silences: 0, refusals: [] };
  }

  /** Reserves what the plan still wants; returns what came short. */
  private async take(attempt: Attempt): Promise<readonly Short[] | 'round-spent'> {
    const demands = demandsOf(attempt.plan);
    if (demands.length === 0) return [];
    const commands = demands.map((demand) => this.commandFor(attempt.request, demand));
    const { verdicts, positions, at: seenAt, isRepeated } = await this.lanes.submit(commands);
    const outcomes = demands.map((demand, at) => ({ demand, verdict: verdictAt(verdicts, at) }));
    const taken = outcomes.filter(({ verdict }) => takenOutcomes.has(verdict.outcome));
    // only what this call made may this call release
    const own = taken.filter(
      ({ verdict }) => verdict.outcome === 'HELD' && (verdict.changed || isRepeated),
    );
    const withAll = withHeld(attempt.plan, demandsIn(taken));
    if (own.length === 0 && heldBy(attempt.plan).length === 0 && isHeldWhole(withAll)) {
      attempt.plan = withAll;
      return [];
    }
    attempt.plan = withHeld(attempt.plan, demandsIn(own));
    const isSpent = outcomes.some(({ verdict }) => spentOutcomes.has(verdict.outcome));
    if (isSpent || own.length < taken.length) return 'round-spent';
    return outcomes
      .filter(({ demand, verdict }) => isShort(verdict, demand.quantity))
      .flatMap(({ demand }) => {
        const here = positions.get(demand.pool);
        return here === undefined ? [] : [{ ...demand, here, seenAt }];
      });
  }

  private commandFor(request: ReserveLinesRequest, { pool, quantity }: Demand): Reserve {
    const { order, round } = request;
    const reservation = reservationIdOf(order, pool, round);
    const group = isAllOrNothing(request) ? `${order} ${round}` : reservation;
    return { kind: 'reserve', pool, reservation, order, group, quantity, holdSeconds };
  }

  /** Borrows for all that came short; returns why the order cannot go on yet, if it cannot. */
  private async settleShortages(
    attempt: Attempt,
    shorts: readonly Short[],
  ): Promise<Availability | undefined> {
    // an order in part waits for each of its pools on its own
    const isWaitedFor = (short: Short): boolean =>
      short === shorts[0] || !isAllOrNothing(attempt.request);
    const open = shorts.filter(
      (short) => !this.refuseIfFinal(attempt, short, attempt.looks.decideFromLast(short)),
    );
    const siblings = findSiblings(attempt.plan, open);
    const looks = await this.desk.collect([
      ...open.map((short) => ({ ...short, isWaiting: isWaitedFor(short) })),
      ...siblings.map(questionAbout),
    ]);
    for (const { pool, of } of siblings) {
      const { quantity } = of;
      const isNowhere = attempt.looks.isUnheardOf(looks.get(pool));
      if (isNowhere) this.refuse(attempt, { pool, quantity }, { answer: 'GLOBAL_EMPTY' });
    }
    let blocked: Availability | undefined;
    for (const short of open) {
      const look = looks.get(short.pool);
      if (look === undefined) continue;
      const found = attempt.looks.decideWith(short, look);
      if (this.refuseIfFinal(attempt, short, found) || !isWaitedFor(short)) continue;
      blocked = blocked?.answer === 'PEER_UNREACHABLE' ? blocked : found;
    }
    return blocked;
  }

  private refuseIfFinal(attempt: Attempt, short: Short, found: Availability): boolean {
    if (!isFinal(found)) return false;
    this.refuse(attempt, short, found);
    return true;
  }

  private refuse(
    attempt: Attempt,
    { pool, quantity }: Demand,
    found: Extract<Availability, { answer: 'INSUFFICIENT' | 'GLOBAL_EMPTY' }>,
  ): void {
    const available = found.answer === 'INSUFFICIENT' ? found.available : 0;
    const { startedAt } = attempt;
    attempt.refusals.push({ pool, quantity, available, startedAt, endedAt: this.clock.now() });
    attempt.plan = withCeiling(attempt.plan, pool, available);
  }

  private async finish(attempt: Attempt): Promise<ReserveLinesResult> {
    const { plan, request, refusals } = attempt;
    for (const { sku, availability } of plan.dropped) {
      if (availability.answer === 'GLOBAL_EMPTY') this.refusals.soldOut.note(sku);
    }
    const held = heldBy(plan);
    const isRefused =
      held.length === 0 || (plan.dropped.length > 0 && request.onShortage === 'refuse');
    await Promise.all([
      this.release(request, isRefused ? [...held, ...plan.surplus] : plan.surplus),
      this.refusals.record(refusals),
    ]);
    if (isRefused) return { kind: 'refused', dropped: plan.dropped };
    const reservations = held.map((demand) => ({
      ...demand,
      reservation: reservationIdOf(request.order, demand.pool, request.round),
    }));
    return { kind: 'held', reservations, dropped: plan.dropped };
  }

  private async giveUp(
    attempt: Attempt,
    availability: Availability,
    shorts: readonly Short[],
  ): Promise<ReserveLinesResult> {
    const { plan, request } = attempt;
    await this.release(request, [...heldBy(plan), ...plan.surplus]);
    const open = new Set(shorts.map(({ pool }) => pool));
    const skus = new Set<Sku>(
      [...plan.skus].flatMap(([sku, { portions }]) =>
        portions.some(({ pool }) => open.has(pool)) ? [sku] : [],
      ),
    );
    const lines = request.lines.filter(({ sku }) => skus.has(sku));
    return {
      kind: 'unsettled',
      lines: [...plan.dropped, ...lines.map((line) => ({ ...line, availability }))],
    };
  }

  private async release(request: ReserveLinesRequest, held: readonly Demand[]): Promise<void> {
    if (held.length === 0) return;
    await this.lanes.submit(
      held.map(({ pool, quantity }) => ({
        kind: 'release',
        pool,
        quantity,
        order: request.order,
        reservation: reservationIdOf(request.order, pool, request.round),
      })),
    );
  }
}

/** Then whatever call of the round held it has ended well, and its answer may be given again. */
const isHeldWhole = (plan: ReservationPlan): boolean =>
  heldBy(plan).length > 0 &&
  !plan.mustRestart &&
  plan.dropped.length === 0 &&
  demandsOf(plan).length === 0;

/** An earlier call of the round holds a part of what is asked: it may be at work, and take or release more. */
const isBegunByAnother = (plan: ReservationPlan): boolean =>
  heldBy(plan).length > 0 && !isHeldWhole(plan);

const demandsIn = (outcomes: readonly { readonly demand: Demand }[]): Demand[] =>
  outcomes.map(({ demand }) => demand);

const isAllOrNothing = ({ onShortage }: ReserveLinesRequest): boolean => onShortage === 'refuse';

/** Refused for one line: to take another first would refuse it to an order that can have both. */
const isDoomed = ({ request, plan }: Attempt): boolean =>
  isAllOrNothing(request) && plan.dropped.length > 0;

interface Sibling {
  readonly pool: PoolId;
  readonly of: Short;
}

/** Pools that may have the goods of a short one; this cell has no books of them. */
function findSiblings(plan: ReservationPlan, shorts: readonly Short[]): readonly Sibling[] {
  const asked = new Set(shorts.map(({ pool }) => pool));
  return shorts
    .flatMap((of) => unknownSiblingsOf(plan, of.pool).map((pool) => ({ pool, of })))
    .filter(({ pool }) => !asked.has(pool));
}

/** Wants nothing: only asks how the pool stands. */
const questionAbout = ({ pool, of }: Sibling): Want => ({
  pool,
  quantity: 0,
  here: { cell: of.here.cell, pool, free: 0, credits: 0, channels: [] },
  isWaiting: false,
});

const takenOutcomes: ReadonlySet<Outcome> = new Set(['HELD', 'CONFIRMED']);
const spentOutcomes: ReadonlySet<Outcome> = new Set([
  'RELEASED',
  'EXPIRED',
  'CANCELLED',
  'SHIPPED',
  'CONFLICT',
]);

const isShort = ({ outcome, free }: Verdict, quantity: number): boolean =>
  outcome === 'SHORT' || (outcome === 'DEFERRED' && free < quantity);

function verdictAt(verdicts: readonly Verdict[], at: number): Verdict {
  const verdict = verdicts[at];
  if (verdict === undefined) throw new TypeError('a command was left without a verdict');
  if (verdict.outcome === 'NOT_ACTIVE') {
    throw new DomainError('UNAVAILABLE', 'this cell does not sell at the moment');
  }
  return verdict;
}

/** Why an order stops trying, if it does. */
function reasonToStop(
  attempt: Attempt,
  { blocked, hasGotOn }: { readonly blocked: Availability | undefined; readonly hasGotOn: boolean },
): Availability | undefined {
  const now = performance.now();
  if (hasGotOn) attempt.deadline = Math.min(attempt.limit, now + reserveBudgetMs);
  const isSilent = blocked?.answer === 'PEER_UNREACHABLE';
  attempt.silences = isSilent ? attempt.silences + 1 : 0;
  if (isSilent && attempt.silences >= silencesMax) return blocked;
  return attempt.plan.mustRestart || now > attempt.deadline ? { answer: 'BORROWING' } : undefined;
}
