import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CellId, CurrencyCode } from '@entrepot/kernel';
import { Money, newCellId, OutcomeUnknownError } from '@entrepot/kernel';
import type { AuthorizationRequest } from '@entrepot/payments';
import { RazorpayPaymentGateway } from './razorpay-payment-gateway.ts';

const webhookSecret = 'secret of a spec';
const gatewayTo = (baseUrl: string): RazorpayPaymentGateway =>
  new RazorpayPaymentGateway({
    baseUrl,
    secretKey: 'key:secret',
    webhookSecret,
    timeoutMs: 2_000,
    actionUrlOf: (providerReference) => `https://pay.example/${providerReference}`,
  });
const gateway = gatewayTo('http://127.0.0.1:9');

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

const parsed = (body: string): unknown => (body === '' ? undefined : JSON.parse(body));

/** Razorpay reduced to what the wire shows: a script of answers, and the calls that came. */
class ScriptedProvider {
  calls: string[] = [];
  readonly told = new Map<string, unknown>();
  answers: Readonly<Record<string, readonly [status: number, body: object]>> = {};
  private readonly server = createServer((request, response) => {
    const call = `${request.method ?? ''} ${request.url?.replace(/\?.*/u, '') ?? ''}`;
    this.calls.push(call);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      this.told.set(call, parsed(Buffer.concat(chunks).toString('utf8')));
      const [status, body] = this.answers[call] ?? [404, { error: {} }];
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    });
  });

  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

describe("Razorpay's answers", () => {
  const provider = new ScriptedProvider();
  let asked: RazorpayPaymentGateway;
  beforeAll(async () => {
    asked = gatewayTo(await provider.listen());
  });
  afterAll(() => provider.close());
  beforeEach(() => {
    provider.calls = [];
  });

  const request: AuthorizationRequest = {
    paymentId: reference,
    amount: Money.of(118_00, 'INR' as CurrencyCode),
    providerReference: undefined,
    method: 'upi',
    methodToken: undefined,
  };
  const known = { ...request, providerReference: 'pay_1' };
  const start = 'POST /v1/payments/create/json';
  const read = 'GET /v1/payments/pay_1';
  const capture = 'POST /v1/payments/pay_1/capture';
  const refusal = { error: { code: 'BAD_REQUEST_ERROR' } };
  const begun = {
    'GET /v1/orders': [200, { items: [] }],
    'POST /v1/orders': [200, { id: 'order_1' }],
  } as const;
  const startedWith = (next: unknown): [number, object] => [
    200,
    { razorpay_payment_id: 'pay_1', next },
  ];

  describe.each([
    ['nothing', undefined],
    ['no action', []],
    ['a poll', [{ action: 'poll', url: 'https://api.example/v1/payments/pay_1' }]],
    ['a one-time password', [{ action: 'otp_generate', url: 'https://api.example/otp' }]],
  ])('to a start, with %s to do next', (_name, next) => {
    it.each([
      ['created', { state: 'requires_action', actionUrl: 'https://pay.example/pay_1' }],
      ['authorized', { state: 'authorized', actionUrl: undefined }],
      ['failed', { state: 'declined', actionUrl: undefined }],
    ])('are what the payment says that is %s', async (status, expected) => {
      provider.answers = {
        ...begun,
        [start]: startedWith(next),
        [read]: [200, { ...entity, status }],
      };
      expect(await asked.authorize(request)).toMatchObject({
        providerReference: 'pay_1',
        ...expected,
      });
    });
  });

  it.each([
    ['redirect', 'https://api.example/v1/payments/pay_1/authenticate'],
    ['intent', 'upi://pay?pa=shop@bank&tr=1&am=118.00&cu=INR'],
  ])('to a start send the shopper where its %s leads', async (action, url) => {
    const poll = { action: 'poll', url: 'https://api.example/v1/payments/pay_1' };
    provider.answers = { ...begun, [start]: startedWith([poll, { action, url }]) };
    expect(await asked.authorize(request)).toEqual({
      providerReference: 'pay_1',
      state: 'requires_action',
      declineCode: undefined,
      actionUrl: url,
    });
  });

  it.each([
    ['upi', undefined, { method: 'upi', upi: { flow: 'intent' } }],
    ['upi', 'token_1', { method: 'upi', token: 'token_1' }],
    ['card', 'token_1', { method: 'card', token: 'token_1' }],
  ] as const)(
    'are asked for by %s with token %s, of the shopper nothing else',
    async (method, methodToken, told) => {
      provider.answers = { ...begun, [start]: startedWith([]), [read]: [200, entity] };
      await asked.authorize({ ...request, method, methodToken });
      expect(provider.told.get(start)).toEqual({
        amount: 118_00,
        currency: 'INR',
        order_id: 'order_1',
        notes: { reference },
        ...told,
      });
    },
  );

  it.each([400, 402, 429, 500])(
    'are not known where a started payment cannot be read (%d), and then found again',
    async (status) => {
      provider.answers = { ...begun, [start]: startedWith([]), [read]: [status, refusal] };
      await expect(asked.authorize(request)).rejects.toBeInstanceOf(OutcomeUnknownError);
      provider.answers = {
        'GET /v1/orders': [200, { items: [{ id: 'order_1' }] }],
        'GET /v1/orders/order_1/payments': [200, { items: [{ ...entity, status: 'created' }] }],
      };
      const found = await asked.authorize(request);
      expect(found).toMatchObject({ providerReference: 'pay_1', state: 'requires_action' });
      expect(provider.calls.filter((call) => call === start)).toHaveLength(1);
    },
  );

  it.each([408, 409, 425, 429])('to a capture say nothing with %d', async (status) => {
    provider.answers = { [capture]: [status, refusal], [read]: [200, entity] };
    await expect(asked.capture(known)).rejects.toBeInstanceOf(OutcomeUnknownError);
    expect(provider.calls).toEqual([capture]);
  });

  it('that refuse a capture are followed by what the payment is', async () => {
    provider.answers = {
      [capture]: [400, refusal],
      [read]: [200, { ...entity, status: 'captured' }],
    };
    expect((await asked.capture(known)).state).toBe('captured');
    expect(provider.calls).toEqual([capture, read]);
  });
});
