import { describe, expect, it } from '@jest/globals';
import { captured, declined, moved, TransitionRefused } from './payment.ts';
import type { SandboxPayment } from './payment.ts';
import { Faults, shareOf } from './faults.ts';
import { parseStripeForm } from './stripe-form.ts';

const payment: SandboxPayment = {
  id: 'pi_1',
  account: 'in-1',
  protocol: 'stripe',
  reference: 'pay_1',
  orderId: undefined,
  amountMinor: 500,
  currency: 'EUR',
  method: 'card',
  card: undefined,
  state: 'created',
  capturedMinor: 0,
  refundedMinor: 0,
  declineCode: undefined,
  returnUrl: undefined,
  createdAt: 0,
};

describe('a payment in the books', () => {
  it('is captured once, and only after it was authorized', () => {
    const authorized = moved(payment, 'authorized');
    const done = captured(authorized, 500);
    expect(done).toMatchObject({ state: 'captured', capturedMinor: 500 });
    expect(() => captured(done, 500)).toThrow(TransitionRefused);
    expect(() => captured(payment, 500)).toThrow(TransitionRefused);
    expect(() => moved(done, 'canceled')).toThrow(TransitionRefused);
  });

  it('may be tried again after a decline, and forgets the reason then', () => {
    const refused = declined(payment, 'generic_decline');
    expect(refused.declineCode).toBe('generic_decline');
    expect(moved(refused, 'authorized').declineCode).toBeUndefined();
  });
});

describe('faults', () => {
  it('strike the reference they are keyed to, as often as ordered', () => {
    const faults = new Faults();
    faults.add({ kind: 'decline', reference: 'a', share: 1, times: 2, delayMs: 0 });
    expect(faults.take('decline', 'b')).toBeUndefined();
    expect(faults.take('action', 'a')).toBeUndefined();
    const struck = [1, 2, 3].map(() => faults.take('decline', 'a') !== undefined);
    expect(struck).toEqual([true, true, false]);
    expect(faults.struck).toEqual({ decline: 2 });
  });

  it('strike the same share of references in every run, each once', () => {
    const references = Array.from({ length: 1_000 }, (_, index) => `pay_${index}`);
    const run = (): string[] => {
      const faults = new Faults();
      faults.add({ kind: 'decline', reference: '*', share: 0.25, times: 1, delayMs: 0 });
      return [...references, ...references].filter((name) => faults.take('decline', name));
    };
    const struck = run();
    expect(run()).toEqual(struck);
    expect(new Set(struck).size).toBe(struck.length);
    expect(struck.length).toBeGreaterThan(150);
    expect(struck.length).toBeLessThan(350);
    expect(shareOf('x')).toBe(shareOf('x'));
  });
});

describe("Stripe's form encoding", () => {
  it('nests by brackets', () => {
    expect(
      parseStripeForm('amount=5&metadata[reference]=pay_1&types[0]=card&types[1]=link'),
    ).toEqual({
      amount: '5',
      metadata: { reference: 'pay_1' },
      types: { 0: 'card', 1: 'link' },
    });
  });

  it('has no door to prototypes and no bottomless nesting', () => {
    parseStripeForm('__proto__[polluted]=yes&constructor[prototype][polluted]=yes');
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
    expect(() => parseStripeForm('a[b][c][d][e]=1')).toThrow(RangeError);
    expect(() => parseStripeForm('[]=1')).toThrow(RangeError);
  });
});
