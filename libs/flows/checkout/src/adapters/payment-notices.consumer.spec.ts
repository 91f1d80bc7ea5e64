import { describe, expect, it } from '@jest/globals';
import { paymentNoticed } from '@entrepot/contracts/events/payments';
import { DomainError, OutcomeUnknownError } from '@entrepot/kernel';
import { Metrics } from '@entrepot/platform-telemetry';
import { paymentNoticesConsumer } from './payment-notices.consumer.ts';

const body = { paymentId: 'pay_in-1_1', orderId: 'ord_in-1_1' };
const event = { id: 'evt_1', cell: 'in-1', key: 'pay_in-1_1', aggregateVersion: 3, body };

/** What is counted of one notice. */
async function outcomeOf(execute: () => Promise<boolean>): Promise<string | undefined> {
  const metrics = new Metrics({ cell: 'in-1', process: 'worker' });
  const asked: string[] = [];
  const order = {
    execute: (_paymentId: string, orderId: string) => {
      asked.push(orderId);
      return execute();
    },
  };
  const [handler] = paymentNoticesConsumer(order, metrics).handlers;
  await handler?.afterwards?.(event);
  expect(handler?.definition).toBe(paymentNoticed);
  expect(asked).toEqual(['ord_in-1_1']);
  const { text } = await metrics.expose();
  return /entrepot_payment_notices_total\{outcome="([a-z]+)"/.exec(text)?.[1];
}

describe('A notice of the payment provider', () => {
  it('moves its order on, or leaves it to whoever holds it', async () => {
    expect(await outcomeOf(() => Promise.resolve(true))).toBe('moved');
    expect(await outcomeOf(() => Promise.resolve(false))).toBe('left');
  });

  it('leaves to the reconciler what cannot be moved on now', async () => {
    const silent = () => Promise.reject(new OutcomeUnknownError('the provider hung up'));
    expect(await outcomeOf(silent)).toBe('postponed');
    const refused = () => Promise.reject(new DomainError('ORDER_TAKEN_UP_ELSEWHERE', 'held'));
    expect(await outcomeOf(refused)).toBe('postponed');
  });

  it('hides no defect', async () => {
    const broken = () => Promise.reject(new TypeError('a defect'));
    await expect(outcomeOf(broken)).rejects.toThrow(TypeError);
  });
});
