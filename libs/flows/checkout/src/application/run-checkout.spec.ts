import { describe, expect, it } from '@jest/globals';
import type { CellId, CurrencyCode, Sku } from '@entrepot/kernel';
import { DomainError, OutcomeUnknownError } from '@entrepot/kernel';
import type { Order, OrderStatus, OrderStore } from '@entrepot/orders';
import { anOrder } from '@entrepot/orders/testing';
import type { Payment } from '@entrepot/payments';
import type { CheckoutActions } from './checkout-actions.ts';
import type { CheckoutFacts } from './checkout-facts.ts';
import type { ActingStep, CheckoutAction, CheckoutRun } from './checkout-run.ts';
import type { HoldOutcome } from './order-stock.ts';
import { OrderStock } from './order-stock.ts';
import { RunCheckout } from './run-checkout.ts';
import { ReserveStep } from './steps/reserve.ts';
import type { SettleOrderStep } from './steps/settle-order.ts';

const cell = 'eu-1' as CellId;
const sku = 'GLASS-1' as Sku;

function orderPlaced(secondsAgo: number, changes: Partial<Order> = {}): Order {
  const placedAt = new Date(Date.now() - secondsAgo * 1_000);
  return anOrder(cell, 'EUR' as CurrencyCode, { placedAt, attemptedAt: placedAt, ...changes });
}

/** Stock that answers every attempt to hold alike, and tells what was done with it. */
class StockThatAnswers extends OrderStock {
  readonly done: string[] = [];

  constructor(private readonly outcome: HoldOutcome) {
    super();
  }

  hold(): Promise<HoldOutcome> {
    this.done.push('hold');
    return Promise.resolve(this.outcome);
  }

  sell(): Promise<'sold'> {
    this.done.push('sell');
    return Promise.resolve('sold');
  }

  release(): Promise<void> {
    this.done.push('release');
    return Promise.resolve();
  }

  abandon(): Promise<void> {
    this.done.push('abandon');
    return Promise.resolve();
  }

  cancelSale(): Promise<void> {
    this.done.push('cancel');
    return Promise.resolve();
  }

  factOf(): Promise<'held' | 'lost'> {
    return Promise.resolve('held');
  }
}

const unitsOnTheirWay: HoldOutcome = {
  kind: 'undecided',
  shortages: [{ sku, reason: 'BORROWING' }],
};

class Desk {
  readonly rested: Order[] = [];
  readonly putDown: Order[] = [];
  readonly roundsEnded: Order[] = [];
  readonly steps: ActingStep[] = [];
  readonly stock: StockThatAnswers;

  constructor(
    outcome: HoldOutcome,
    private readonly payment?: Payment,
    private readonly isVoidAnswered = true,
  ) {
    this.stock = new StockThatAnswers(outcome);
  }

  get checkout(): RunCheckout {
    const settle = {
      execute: (order: Order, status: OrderStatus) => {
        const settled = { ...order, status };
        this.rested.push(settled);
        return Promise.resolve(settled);
      },
    };
    const orders = {
      endRound: (order: Order) => {
        this.roundsEnded.push(order);
        return Promise.resolve();
      },
      putDown: (order: Order) => {
        this.putDown.push(order);
        return Promise.resolve();
      },
    };
    return new RunCheckout(
      this.stock,
      {
        paymentOf: () => Promise.resolve(this.payment),
        recordedPaymentOf: () => Promise.resolve({ ...this.payment, state: 'voiding' } as Payment),
      } as unknown as CheckoutFacts,
      { of: (step: ActingStep) => this.action(step) } as unknown as CheckoutActions,
      settle as unknown as SettleOrderStep,
      orders as unknown as OrderStore,
    );
  }

  private action(step: ActingStep): CheckoutAction {
    this.steps.push(step);
    if (step === 'reserve') return new ReserveStep(this.stock);
    return { execute: (run) => this.imagine(step, run) };
  }

  private imagine(step: ActingStep, run: CheckoutRun): Promise<CheckoutRun> {
    if (step === 'reserve_anew') {
      const reserveRound = run.order.reserveRound + 1;
      return Promise.resolve({ ...run, order: { ...run.order, reserveRound }, stock: 'none' });
    }
    if (step === 'void_payment' && !this.isVoidAnswered) {
      return Promise.reject(new OutcomeUnknownError('the provider hung up'));
    }
    if (step === 'void_payment') {
      return Promise.resolve({ ...run, payment: { ...run.payment, state: 'voided' } as Payment });
    }
    if (step === 'release_stock') return Promise.resolve({ ...run, stock: 'lost' });
    return Promise.reject(new Error(`nothing here leads to ${step}`));
  }
}

describe('An order whose stock is not decided', () => {
  it('waits to be asked again for two minutes', async () => {
    const desk = new Desk(unitsOnTheirWay);
    const result = await desk.checkout.fresh(orderPlaced(119));
    expect(result).toMatchObject({ end: 'undecided', order: { status: 'placing' } });
    expect(desk.rested).toEqual([]);
    expect(desk.roundsEnded).toHaveLength(1);
  });

  it.each([
    { hasRoundEnded: false, done: ['abandon', 'hold'] },
    { hasRoundEnded: true, done: ['hold'] },
  ])(
    'is held under a new round by whoever asks again (the one before ended: $hasRoundEnded)',
    async ({ hasRoundEnded, done }) => {
      const desk = new Desk(unitsOnTheirWay);
      const { order } = await desk.checkout.resume(orderPlaced(1, { hasRoundEnded }));
      expect(order.reserveRound).toBe(2);
      expect(desk.stock.done).toEqual(done);
    },
  );

  it('waits from its newest attempt to be paid, however long ago it was placed', async () => {
    const desk = new Desk(unitsOnTheirWay);
    const attemptedAt = new Date(Date.now() - 119_000);
    const { end } = await desk.checkout.fresh(orderPlaced(86_400, { attemptedAt }));
    expect(end).toBe('undecided');
  });

  it('is refused afterwards, with a reason of its own', async () => {
    const desk = new Desk(unitsOnTheirWay);
    const result = await desk.checkout.fresh(orderPlaced(121));
    expect(result).toMatchObject({
      end: 'resting',
      order: { status: 'refused', refusalCode: 'NOT_DECIDED_IN_TIME' },
    });
    expect(desk.steps).toEqual(['reserve']);
  });

  it('is refused at once where the units do not exist, and its line says how many do', async () => {
    const shortages = [{ sku, reason: 'INSUFFICIENT', available: 2 }] as const;
    const desk = new Desk({ kind: 'refused', shortages });
    const { order } = await desk.checkout.fresh(orderPlaced(0));
    expect(order).toMatchObject({
      status: 'refused',
      refusalCode: 'STOCK_SHORT',
      lines: [{ dropped: { reason: 'INSUFFICIENT', available: 2 } }],
    });
  });
});

describe('An order of a person who was erased', () => {
  it('is refused where the provider has not heard of it, and holds nothing', async () => {
    const desk = new Desk(unitsOnTheirWay);
    const result = await desk.checkout.resume(orderPlaced(1, { subjectId: undefined }));
    expect(result).toMatchObject({ end: 'resting', order: { status: 'refused' } });
    expect(desk.stock.done).toEqual(['abandon']);
    expect(desk.steps).toEqual([]);
  });
});

describe('An order that waits for its shopper', () => {
  const waiting = { state: 'requires_action' } as Payment;

  it('rests while there is time', async () => {
    const desk = new Desk(unitsOnTheirWay, waiting);
    const actionUntil = new Date(Date.now() + 60_000);
    const { order } = await desk.checkout.resume(orderPlaced(1, { actionUntil }));
    expect(order.status).toBe('requires_action');
    expect(desk.steps).toEqual([]);
  });

  it('lets go of money and stock when the time is over', async () => {
    const desk = new Desk(unitsOnTheirWay, waiting);
    const actionUntil = new Date(Date.now() - 1);
    const { order } = await desk.checkout.resume(
      orderPlaced(601, { status: 'requires_action', actionUntil }),
    );
    expect(order).toMatchObject({ status: 'refused', refusalCode: 'NOT_PAID_IN_TIME' });
    expect(desk.steps).toEqual(['void_payment', 'release_stock']);
  });
});

describe('A round that ended in part', () => {
  it('keeps nothing of what is left of it', async () => {
    const desk = new Desk(unitsOnTheirWay, { state: 'voided' } as Payment);
    desk.stock.factOf = () => Promise.resolve('lost');
    const { order } = await desk.checkout.resume(orderPlaced(1, { status: 'pending' }));
    expect(order.status).toBe('refused');
    expect(desk.stock.done).toEqual(['release']);
  });
});

describe('A payment that is to be let go', () => {
  it.each(['requires_action', 'authorized'] as const)(
    'is asked about later where the provider did not say (%s), and sells nothing',
    async (state) => {
      const desk = new Desk(unitsOnTheirWay, { state } as Payment, false);
      if (state === 'authorized') desk.stock.factOf = () => Promise.resolve('lost');
      const { order } = await desk.checkout.resume(
        orderPlaced(601, { status: 'requires_action', actionUntil: new Date(Date.now() - 1) }),
      );
      expect(order.status).toBe('pending');
      expect(desk.steps).toEqual(['void_payment']);
      expect(desk.stock.done).not.toContain('sell');
    },
  );

  it('sells nothing where an earlier call to let it go was not answered', async () => {
    const desk = new Desk(unitsOnTheirWay, { state: 'voiding' } as Payment);
    const { order } = await desk.checkout.resume(orderPlaced(601, { status: 'pending' }));
    expect(order.status).toBe('pending');
    expect(desk.steps).toEqual([]);
  });
});

describe('A step that fails', () => {
  it('gives the lease back and is told on', async () => {
    const desk = new Desk(unitsOnTheirWay);
    desk.stock.hold = () => Promise.reject(new DomainError('SKU_UNKNOWN', 'no such article'));
    const order = orderPlaced(0);
    await expect(desk.checkout.fresh(order)).rejects.toMatchObject({ code: 'SKU_UNKNOWN' });
    expect(desk.putDown).toEqual([order]);
  });
});
