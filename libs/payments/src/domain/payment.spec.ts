import { describe, expect, it } from '@jest/globals';
import { paymentFactOf, paymentStates, paymentTable, stateAfterSeen } from './payment.ts';
import type { PaymentState } from './payment.ts';

const successorsOf = (state: PaymentState): PaymentState[] => {
  const { intent, seen } = paymentTable[state];
  return [...Object.values(intent), ...Object.values(seen)];
};

describe('the payment table', () => {
  it('reaches every state from the first', () => {
    const reached = new Set<PaymentState>(['authorizing']);
    for (const state of reached) for (const next of successorsOf(state)) reached.add(next);
    expect([...reached].sort()).toEqual([...paymentStates].sort());
  });

  it('never leaves captured: money that was taken stays in the books', () => {
    expect(successorsOf('captured')).toEqual(['captured']);
  });

  it('lets every state hear of a capture', () => {
    for (const state of paymentStates) {
      expect(stateAfterSeen(state, 'captured')).toBe('captured');
    }
  });

  it('asks for a capture in one state only, so that an unknown capture is looked up, not repeated', () => {
    const capturing = paymentStates.filter((state) => 'capture' in paymentTable[state].intent);
    expect(capturing).toEqual(['authorized']);
  });

  it.each(['authorized', 'capturing'] as const)(
    'does not send the shopper of a payment that is %s to approve it once more',
    (state) => {
      expect(stateAfterSeen(state, 'requires_action')).toBeUndefined();
    },
  );

  it('calls a payment unknown exactly while a call is open', () => {
    const unknown = paymentStates.filter((state) => paymentFactOf(state) === 'unknown');
    expect(unknown).toEqual(['authorizing', 'capturing', 'voiding']);
  });

  it('comes to rest from every state', () => {
    const resting: PaymentState[] = ['captured', 'voided', 'declined'];
    for (const state of paymentStates) {
      const reached = new Set([state]);
      for (const each of reached) for (const next of successorsOf(each)) reached.add(next);
      expect(resting.some((end) => reached.has(end))).toBe(true);
    }
  });
});
