import type { Sku } from '@entrepot/kernel';
import { OutcomeUnknownError } from '@entrepot/kernel';
import type { DroppedLine, Order, OrderStatus } from '@entrepot/orders';
import { dropLines, OrderStore } from '@entrepot/orders';
import { Injectable } from '@nestjs/common';
import type { CheckoutStep } from '../domain/checkout.ts';
import { nextStep } from '../domain/checkout.ts';
import { CheckoutActions } from './checkout-actions.ts';
import { CheckoutFacts } from './checkout-facts.ts';
import type { ActingStep, CheckoutResult, CheckoutRun } from './checkout-run.ts';
import { paymentFact, stockRoundOf } from './checkout-run.ts';
import { OrderStock } from './order-stock.ts';
import { SettleOrderStep } from './steps/settle-order.ts';

/** How long an order may wait for units of other cells, in seconds, before it is refused. */
const undecidedSecondsMax = 120;
/** More than any way through the table takes; a run that needs more is a defect. */
const stepsMax = 24;

const restsAs: Partial<Record<CheckoutStep, OrderStatus>> = {
  await_shopper: 'requires_action',
  await_provider: 'pending',
  alarm: 'pending',
  confirm_order: 'confirmed',
  decline: 'declined',
  refuse: 'refused',
};

/**
 * Moves an order on until it rests. Whoever calls holds the order's lease; a request, a webhook and the
 * reconciler do the same thing. OutcomeUnknownError of a step leaves the order to the next who looks.
 */
@Injectable()
export class RunCheckout {
  constructor(
    private readonly stock: OrderStock,
    private readonly facts: CheckoutFacts,
    private readonly actions: CheckoutActions,
    private readonly settleOrder: SettleOrderStep,
    private readonly orders: OrderStore,
  ) {}

  /** For an order that was claimed just now: nothing can have happened to it yet. */
  fresh(order: Order): Promise<CheckoutResult> {
    return this.holding(order, () =>
      this.run({ order, stock: 'none', payment: undefined, shortages: [] }),
    );
  }

  /** For an order that somebody worked on before: first asks what has become of it. */
  resume(order: Order): Promise<CheckoutResult> {
    return this.holding(order, async () => this.run(await this.findOut(order)));
  }

  /**
   * Whatever goes wrong, the lease is given back, so that a retry need not wait for it to run out; it does
   * where that fails as well.
   */
  private async holding(
    order: Order,
    work: () => Promise<CheckoutResult>,
  ): Promise<CheckoutResult> {
    try {
      return await work();
    } catch (error) {
      await Promise.allSettled([this.orders.putDown(order)]);
      throw error;
    }
  }

  private async findOut(order: Order): Promise<CheckoutRun> {
    const payment = await this.facts.paymentOf(order);
    const round = stockRoundOf(order);
    if (payment === undefined) {
      // lines dropped by a hold are not known before its payment attempt is: hold again from the start
      if (!order.hasRoundEnded) await this.stock.abandon(round);
      return { order, payment, stock: 'lost', shortages: [] };
    }
    const stock = await this.stock.factOf(round);
    // of a round that ended in part, by time or by a sale that a crash cut in two, nothing is kept
    if (stock === 'lost') await this.stock.release(round);
    return { order, payment, stock, shortages: [] };
  }

  private async run(start: CheckoutRun): Promise<CheckoutResult> {
    let run = start;
    for (let taken = 0; taken < stepsMax; taken += 1) {
      if (run.holdRefused === 'finally') return this.rest(run, 'refuse');
      if (run.holdRefused === 'for_now') {
        return isUndecidedForTooLong(run) ? this.rest(run, 'refuse') : this.wait(run);
      }
      if (isOfNobodyUnpaid(run)) return this.rest(run, 'refuse');
      const step = stepOf(run);
      if (restsAs[step] !== undefined) return this.rest(run, step);
      run = await this.act(run, step as ActingStep);
    }
    throw new Error(`order ${start.order.orderId} found no rest in ${stepsMax} steps`);
  }

  /** A provider that did not say whether it acted leaves the order pending, never failed. */
  private async act(run: CheckoutRun, step: ActingStep): Promise<CheckoutRun> {
    try {
      return await this.actions.of(step).execute(run);
    } catch (error) {
      if (!(error instanceof OutcomeUnknownError) || !asksProvider.has(step)) throw error;
      return { ...run, payment: await this.facts.recordedPaymentOf(run.order) };
    }
  }

  private async rest(run: CheckoutRun, step: CheckoutStep): Promise<CheckoutResult> {
    const status = restsAs[step] ?? 'pending';
    const closed = step === 'refuse' ? withReasons(run) : run.order;
    const order = await this.settleOrder.execute(closed, status);
    return { ...run, order, end: 'resting' };
  }

  /** Whoever asks next holds under a new round. */
  private async wait(run: CheckoutRun): Promise<CheckoutResult> {
    await this.orders.endRound(run.order);
    return { ...run, end: 'undecided' };
  }
}

/** A refused order keeps why, so that a replayed answer says the same as the first. */
function withReasons({ order, shortages, payment }: CheckoutRun): Order {
  const short = new Map(
    shortages.flatMap(({ sku, reason, available }): [Sku, DroppedLine][] =>
      reason === 'INSUFFICIENT' || reason === 'GLOBAL_EMPTY'
        ? [[sku, available === undefined ? { reason } : { reason, available }]]
        : [],
    ),
  );
  if (short.size > 0) return { ...dropLines(order, short), refusalCode: 'STOCK_SHORT' };
  if (payment?.state === 'voided') return { ...order, refusalCode: 'NOT_PAID_IN_TIME' };
  return { ...order, refusalCode: shortages.length > 0 ? 'NOT_DECIDED_IN_TIME' : 'HOLD_LOST' };
}

/** Nobody pays for an order whose person was erased before the provider heard of it. */
const isOfNobodyUnpaid = ({ order, payment, stock }: CheckoutRun): boolean =>
  order.subjectId === undefined && payment === undefined && stock === 'lost';

/** Clients ask again for a minute; later the shopper wants the cart back, not a purchase that surprises. */
const isUndecidedForTooLong = ({ order }: CheckoutRun): boolean =>
  order.attemptedAt.getTime() + undecidedSecondsMax * 1_000 < Date.now();

const asksProvider: ReadonlySet<ActingStep> = new Set(['authorize', 'capture', 'void_payment']);

/** The table's step, but a shopper who did not act in time has had the chance. */
function stepOf({ order, stock, payment }: CheckoutRun): CheckoutStep {
  const step = nextStep(stock, paymentFact(payment));
  const isOverdue = order.actionUntil !== undefined && order.actionUntil.getTime() < Date.now();
  return step === 'await_shopper' && isOverdue ? 'void_payment' : step;
}
