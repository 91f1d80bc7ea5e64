import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Money, newCellId } from '@entrepot/kernel';
import type { CellId, CurrencyCode } from '@entrepot/kernel';
import type { AuthorizationRequest } from '@entrepot/payments';
import { describeGateway, ProviderSandbox } from '@entrepot/payments/testing';
import type { SandboxAddress } from '@entrepot/payments/testing';
import { RazorpayPaymentGateway } from '../src/razorpay-payment-gateway.ts';
import { razorpayFields } from '../src/sent-fields.ts';

const connect = (
  { origin, secretKey, webhookSecret }: SandboxAddress,
  timeoutMs: number,
): RazorpayPaymentGateway =>
  new RazorpayPaymentGateway({
    baseUrl: origin,
    secretKey,
    webhookSecret,
    timeoutMs,
    actionUrlOf: (providerReference) => `${origin}/actions/${providerReference}`,
  });

describeGateway({
  name: 'Razorpay',
  currency: 'INR',
  sends: razorpayFields,
  connect,
});

describe('Razorpay, for UPI', () => {
  let sandbox: ProviderSandbox;
  let gateway: RazorpayPaymentGateway;
  beforeAll(async () => {
    sandbox = await ProviderSandbox.start();
    gateway = connect(sandbox, 10_000);
  });
  afterAll(() => sandbox.stop());

  const amount = Money.of(123_45, 'INR' as CurrencyCode);
  const newRequest = (methodToken?: string): AuthorizationRequest => ({
    paymentId: newCellId('payment', 'in-1' as CellId),
    amount,
    providerReference: undefined,
    method: 'upi',
    methodToken,
  });

  /** What the provider says is to be done next, by its own names. */
  const startAtProvider = async (more: object): Promise<{ action: string; url: string }[]> => {
    const { paymentId } = newRequest();
    await sandbox.order({ kind: 'action', reference: paymentId });
    const post = async (path: string, body: object): Promise<unknown> => {
      const authorization = `Basic ${Buffer.from(sandbox.secretKey).toString('base64')}`;
      const headers = { authorization, 'content-type': 'application/json' };
      const init = { method: 'POST', headers, body: JSON.stringify(body) };
      return (await fetch(`${sandbox.origin}/v1${path}`, init)).json();
    };
    const money = { amount: Number(amount.amountMinor), currency: amount.currency };
    const order = (await post('/orders', { ...money, receipt: paymentId })) as { id: string };
    const payment = { ...money, order_id: order.id, notes: { reference: paymentId }, ...more };
    const started = await post('/payments/create/json', payment);
    return (started as { next: { action: string; url: string }[] }).next;
  };

  it.each([
    [{ method: 'upi', upi: { flow: 'intent' } }, ['intent', 'poll']],
    [{ method: 'upi', upi: { flow: 'collect' } }, ['poll']],
    [{ method: 'upi', token: 'token_1' }, ['poll']],
    [{ method: 'card' }, ['redirect']],
  ])('is started by %j and goes on with %j', async (payment, actions) => {
    const next = await startAtProvider(payment);
    expect(next.map(({ action }) => action)).toEqual(actions);
  });

  it.each([
    ['in an app that our page opens', undefined],
    ['in an app that the provider reaches by itself', 'token_1'],
  ])('waits for the shopper %s, and captures then', async (_way, methodToken) => {
    const request = newRequest(methodToken);
    await sandbox.order({ kind: 'action', reference: request.paymentId });
    const waiting = await gateway.authorize(request);
    expect(waiting.state).toBe('requires_action');
    const known = { ...request, providerReference: waiting.providerReference };
    expect((await gateway.capture(known)).state).toBe('requires_action');
    await fetch(waiting.actionUrl ?? '', { method: 'POST' });
    expect((await gateway.lookUp(request))?.state).toBe('authorized');
    expect((await gateway.capture(known)).state).toBe('captured');
  });
});
