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
  reserve_anew: (facts) => [facts, { ...facts, stock: 'none' }],
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

type Table = typeof checkoutTable;
const cellsOf = (table: Table) =>
  stockFacts.flatMap((stock) =>
    paymentFacts.map((payment) => ({ stock, payment, step: table[stock][payment] })),
  );

/** What must hold of any table; each returns the cells that break it. */
const rules = {
  'takes money only for sold stock that is authorized': (table: Table) =>
    cellsOf(table).filter(
      ({ stock, payment, step }) =>
        step === 'capture' && !(stock === 'sold' && payment === 'authorized'),
    ),
  'confirms only what is sold and paid': (table: Table) =>
    cellsOf(table).filter(
      ({ stock, payment, step }) =>
        step === 'confirm_order' && !(stock === 'sold' && payment === 'captured'),
    ),
  'leaves no hold, no sale and no open payment where it ends without an order': (table: Table) =>
    cellsOf(table).filter(
      ({ stock, payment, step }) =>
        (step === 'refuse' || step === 'decline') &&
        !(['none', 'lost'].includes(stock) && ['none', 'declined', 'voided'].includes(payment)),
    ),
  'decides nothing while the provider has not said': (table: Table) =>
    cellsOf(table).filter(
      ({ payment, step }) => payment === 'unknown' && step !== 'await_provider',
    ),
};

describe('The checkout table', () => {
  const reachable = [...reachableFrom(start).values()];

  it.each(Object.entries(rules))('%s', (_, breaches) => {
    expect(breaches(checkoutTable)).toEqual([]);
  });

  it('never reaches an alarm, whatever fails, is lost or expires', () => {
    const alarms = reachable.filter(({ stock, payment }) => nextStep(stock, payment) === 'alarm');
    expect(alarms).toEqual([]);
  });

  it('can come to a final rest from every state it can be in', () => {
    const final = new Set<CheckoutStep>(['confirm_order', 'decline', 'refuse']);
    const stuck = reachable.filter(
      (facts) =>
        ![...reachableFrom(facts).values()].some(({ stock, payment }) =>
          final.has(nextStep(stock, payment)),
        ),
    );
    expect(stuck).toEqual([]);
  });

  it('rests or acts in every step it names, and reaches most of its states', () => {
    const acting = new Set(Object.keys(outcomes));
    const named = new Set(cellsOf(checkoutTable).map(({ step }) => step));
    expect([...named].filter((step) => !restingSteps.has(step) && !acting.has(step))).toEqual([]);
    expect(reachable.length).toBeGreaterThan(15);
  });

  const planted: [StockFact, PaymentFact, CheckoutStep][] = [
    ['held', 'authorized', 'capture'],
    ['sold', 'authorized', 'confirm_order'],
    ['lost', 'authorized', 'refuse'],
    ['sold', 'unknown', 'capture'],
  ];
  it.each(planted)('breaks a rule when %s/%s is planted to %s', (stock, payment, step) => {
    const table = { ...checkoutTable, [stock]: { ...checkoutTable[stock], [payment]: step } };
    const broken = Object.values(rules).filter((breaches) => breaches(table).length > 0);
    expect(broken.length).toBeGreaterThan(0);
  });
});
