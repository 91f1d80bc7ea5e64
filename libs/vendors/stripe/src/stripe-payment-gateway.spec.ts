import { describe, expect, it } from '@jest/globals';
import type { CellId } from '@entrepot/kernel';
import { newCellId } from '@entrepot/kernel';
import Stripe from 'stripe';
import { StripePaymentGateway } from './stripe-payment-gateway.ts';

const webhookSecret = 'whsec_of_a_spec';
const gateway = new StripePaymentGateway({
  baseUrl: 'http://127.0.0.1:9',
  secretKey: 'sk_test_of_a_spec',
  webhookSecret,
  returnUrl: 'https://shop.example/orders',
  timeoutMs: 2_000,
});
const { webhooks } = new Stripe('sk_test_of_a_spec');

const readSigned = (payload: string) => {
  const signature = webhooks.generateTestHeaderString({ payload, secret: webhookSecret });
  const headers = { 'stripe-signature': signature };
  return gateway.readWebhook({ body: Buffer.from(payload), headers });
};

const reference = newCellId('payment', 'eu-1' as CellId);
const intent = {
  object: 'payment_intent',
  amount: 119,
  currency: 'eur',
  status: 'requires_capture',
  metadata: { reference },
};
const event = (object: unknown) => ({
  id: 'evt_1',
  type: 'payment_intent.amount_capturable_updated',
  data: { object },
});

describe("Stripe's webhooks", () => {
  it('are read where they are about a payment, of ours or not', () => {
    expect(readSigned(JSON.stringify(event(intent)))).toMatchObject({
      eventId: 'evt_1',
      paymentId: reference,
      state: 'authorized',
    });
    const foreign = { ...intent, metadata: {} };
    expect(readSigned(JSON.stringify(event(foreign))).paymentId).toBeUndefined();
    expect(readSigned(JSON.stringify(event({ object: 'charge' }))).state).toBeUndefined();
  });

  it.each([
    'null',
    '[]',
    '7',
    '"evt_1"',
    '{}',
    JSON.stringify({ ...event(intent), id: 7 }),
    JSON.stringify({ ...event(intent), type: null }),
    JSON.stringify({ ...event(intent), data: null }),
    JSON.stringify(event(null)),
    JSON.stringify(event([])),
    JSON.stringify(event({ object: 'payment_intent' })),
    JSON.stringify(event({ ...intent, amount: '119' })),
    JSON.stringify(event({ ...intent, amount: 1.5 })),
    JSON.stringify(event({ ...intent, amount: 1e300 })),
    JSON.stringify(event({ ...intent, amount: -1 })),
    JSON.stringify(event({ ...intent, currency: 'euro' })),
    JSON.stringify(event({ ...intent, metadata: null })),
    JSON.stringify(event({ ...intent, metadata: { reference: 7 } })),
  ])('are refused in a form we do not know, however well signed (form %#)', (payload) => {
    expect(() => readSigned(payload)).toThrow(expect.objectContaining({ code: 'WEBHOOK_REFUSED' }));
  });

  it.each(['', '{', 'null'])('are refused unsigned: %j', (payload) => {
    const unsigned = { body: Buffer.from(payload), headers: {} };
    const refused = expect.objectContaining({ code: 'WEBHOOK_REFUSED' });
    expect(() => gateway.readWebhook(unsigned)).toThrow(refused);
  });
});
