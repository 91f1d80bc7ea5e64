import { describe, expect, it } from '@jest/globals';
import {
  type CheckoutStep,
  checkoutTable,
  nextStep,
  type PaymentFact,
  paymentFacts,
  restingSteps,
  type StockFact,
  stockFacts,
} from './checkout.ts';

interface Facts {
  readonly stock: StockFact;
  readonly payment: PaymentFact;
}

/** Every outcome that a step can have at the store or the provider, crash before and after included. */
const outcomes: Partial<Record<CheckoutStep, (facts: Facts) => Facts[]>> = {
  reserve: (facts) => [facts, { ...facts, stock: 'held' }, { ...facts, stock: 'lost' }],
  authorize: (facts) =>
    (['none', 'requires_action', 'authorized', 'declined', 'unknown'] as const).map((payment) => ({
      ...facts,
      payment,
    })),
  await_shopper: (facts) =>
    (['requires_action', 'authorized', 'declined', 'voided'] as const).flatMap((payment) => [
      { ...facts, payment },
      { stock: 'lost' as const, payment },
    ]),
  await_provider: (facts) =>
    facts.stock === 'sold'
      ? [
          { ...facts, payment: 'captured' },
          { ...facts, payment: 'authorized' },
          { ...facts, payment: 'voided' },
        ]
      : (['none', 'requires_action', 'authorized', 'declined', 'voided'] as const).flatMap(
          (payment) => [
            { ...facts, payment },
            { stock: 'lost' as const, payment },
          ],
        ),
  confirm_stock: (facts) => [facts, { ...facts, stock: 'sold' }, { ...facts, stock: 'lost' }],
  capture: (facts) => [
    facts,
    { ...facts, payment: 'captured' },
    { ...facts, payment: 'unknown' },
    { ...facts, payment: 'voided' },
  ],
  void_payment: (facts) => [facts, { ...facts, payment: 'voided' }],
  release_stock: (facts) => [facts, { ...facts, stock: 'lost' }],
  cancel_sale: (facts) => [facts, { ...facts, stock: 'lost' }],
};

const keyOf = ({ stock, payment }: Facts): string => `${stock}/${payment}`;

function successors(facts: Facts): Facts[] {
  return outcomes[nextStep(facts.stock, facts.payment)]?.(facts) ?? [];
}

function reachableFrom(start: Facts): Map<string, Facts> {
  const seen = new Map<string, Facts>();
  const queue = [start];
  for (let facts = queue.pop(); facts !== undefined; facts = queue.pop()) {
    if (seen.has(keyOf(facts))) continue;
    seen.set(keyOf(facts), facts);
    queue.push(...successors(facts));
  }
  return seen;
}

const start: Facts = { stock: 'none', payment: 'none' };
const steps = new Set(Object.values(checkoutTable).flatMap((row) => Object.values(row)));

describe('The checkout table', () => {
  const reachable = reachableFrom(start);

  it('never reaches an alarm, whatever fails, is lost or expires', () => {
    const alarms = [...reachable.values()].filter(
      ({ stock, payment }) => nextStep(stock, payment) === 'alarm',
    );
    expect(alarms).toEqual([]);
  });

  it('takes money only for stock that is sold, and sells only what is paid or authorized', () => {
    for (const stock of stockFacts) {
      for (const payment of paymentFacts) {
        const step = nextStep(stock, payment);
        if (step === 'capture')
          expect({ stock, payment }).toEqual({ stock: 'sold', payment: 'authorized' });
        if (step === 'confirm_stock') expect(['authorized', 'captured']).toContain(payment);
        if (step === 'confirm_order')
          expect({ stock, payment }).toEqual({ stock: 'sold', payment: 'captured' });
      }
    }
  });

  it('can come to a final rest from every state it can be in', () => {
    const final = new Set<CheckoutStep>(['confirm_order', 'decline', 'refuse']);
    for (const facts of reachable.values()) {
      const ends = [...reachableFrom(facts).values()].map((end) =>
        nextStep(end.stock, end.payment),
      );
      expect({ from: keyOf(facts), comesToRest: ends.some((step) => final.has(step)) }).toEqual({
        from: keyOf(facts),
        comesToRest: true,
      });
    }
  });

  it('leaves nothing behind where it refuses or declines: no hold, no sale, no open payment', () => {
    for (const { stock, payment } of reachable.values()) {
      const step = nextStep(stock, payment);
      if (step !== 'refuse' && step !== 'decline') continue;
      expect(['none', 'lost']).toContain(stock);
      expect(['none', 'declined', 'voided']).toContain(payment);
    }
  });

  it('uses every step it names, and every resting step rests', () => {
    const acting = Object.keys(outcomes);
    for (const step of steps) expect(restingSteps.has(step) || acting.includes(step)).toBe(true);
    expect(reachable.size).toBeGreaterThan(15);
  });

  it.each([
    ['held', 'authorized', 'capture' as CheckoutStep],
    ['lost', 'authorized', 'refuse' as CheckoutStep],
    ['sold', 'unknown', 'capture' as CheckoutStep],
  ] as const)('turns red when %s/%s is planted to %s', (stock, payment, planted) => {
    const table = { ...checkoutTable, [stock]: { ...checkoutTable[stock], [payment]: planted } };
    const holds = (['capture', 'confirm_order'] as const).every((step) =>
      stockFacts.every((s) =>
        paymentFacts.every(
          (p) => table[s][p] !== step || (s === 'sold' && (p === 'authorized' || p === 'captured')),
        ),
      ),
    );
    const clean = stockFacts.every((s) =>
      paymentFacts.every(
        (p) => table[s][p] !== 'refuse' || ['none', 'declined', 'voided'].includes(p),
      ),
    );
    expect(holds && clean).toBe(false);
  });
});
