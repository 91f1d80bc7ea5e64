import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { CellId } from '@entrepot/kernel';
import { newCellId } from '@entrepot/kernel';
import { RazorpayPaymentGateway } from './razorpay-payment-gateway.ts';

const webhookSecret = 'secret of a spec';
const gateway = new RazorpayPaymentGateway({
  baseUrl: 'http://127.0.0.1:9',
  secretKey: 'key:secret',
  webhookSecret,
  timeoutMs: 500,
  actionUrlOf: (providerReference) => `https://pay.example/${providerReference}`,
});

const readSigned = (payload: string, named: Readonly<Record<string, string>>) => {
  const signature = createHmac('sha256', webhookSecret).update(payload).digest('hex');
  const headers = { ...named, 'x-razorpay-signature': signature };
  return gateway.readWebhook({ body: Buffer.from(payload), headers });
};

const named = { 'x-razorpay-event-id': 'evt_1' };
const reference = newCellId('payment', 'in-1' as CellId);
const entity = {
  id: 'pay_1',
  amount: 11_800,
  currency: 'INR',
  status: 'authorized',
  notes: { reference },
};
const event = (payment: unknown) => ({ event: 'payment.authorized', payload: { payment } });
const refused = expect.objectContaining({ code: 'WEBHOOK_REFUSED' });

describe("Razorpay's webhooks", () => {
  it('are read where they are about a payment, of ours or not', () => {
    expect(readSigned(JSON.stringify(event({ entity })), named)).toMatchObject({
      eventId: 'evt_1',
      paymentId: reference,
      state: 'authorized',
    });
    const foreign = { ...entity, notes: [] };
    expect(readSigned(JSON.stringify(event({ entity: foreign })), named)).toMatchObject({
      paymentId: undefined,
    });
    const settled = { event: 'settlement.processed', payload: {} };
    expect(readSigned(JSON.stringify(settled), named).state).toBeUndefined();
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '{}',
    JSON.stringify({ ...event({ entity }), event: 7 }),
    JSON.stringify({ event: 'payment.authorized' }),
    JSON.stringify(event(null)),
    JSON.stringify(event({ entity: null })),
    JSON.stringify(event({ entity: { ...entity, amount: 'much' } })),
    JSON.stringify(event({ entity: { ...entity, amount: 1.5 } })),
    JSON.stringify(event({ entity: { ...entity, amount: -1 } })),
    JSON.stringify(event({ entity: { ...entity, amount: 1e300 } })),
    JSON.stringify(event({ entity: { ...entity, currency: 'rupees' } })),
    JSON.stringify(event({ entity: { ...entity, status: 'lost' } })),
    JSON.stringify(event({ entity: { ...entity, notes: { reference: 7 } } })),
  ])('are refused in a form we do not know, however well signed (form %#)', (payload) => {
    expect(() => readSigned(payload, named)).toThrow(refused);
  });

  it('are refused without the id that tells a doubled one', () => {
    expect(() => readSigned(JSON.stringify(event({ entity })), {})).toThrow(refused);
  });

  it('are refused unsigned', () => {
    const body = Buffer.from(JSON.stringify(event({ entity })));
    expect(() => gateway.readWebhook({ body, headers: named })).toThrow(refused);
  });
});
