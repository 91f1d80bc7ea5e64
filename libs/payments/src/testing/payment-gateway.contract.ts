import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Money, newCellId, OutcomeUnknownError } from '@entrepot/kernel';
import type { CellId, CurrencyCode } from '@entrepot/kernel';
import type { SentFields } from '@entrepot/platform-egress';
import type { AuthorizationRequest, PaymentGateway } from '../application/payment-gateway.ts';
import { ProviderSandbox } from './provider-sandbox.ts';
import type { SandboxAddress } from './provider-sandbox.ts';
import { RequestRecorder } from './request-recorder.ts';

export interface GatewayContract {
  readonly name: string;
  readonly currency: string;
  /** Everything that may go to the provider. */
  readonly sends: SentFields;
  /** A gateway that gives up after this long. */
  readonly connect: (sandbox: SandboxAddress, timeoutMs: number) => PaymentGateway;
}

const heldMs = 2_000;

/** What every provider's adapter promises, run against the sandbox in that provider's own protocol. */
export function describeGateway({ name, currency, sends, connect }: GatewayContract): void {
  describe(`${name}, as a payment gateway`, () => {
    let sandbox: ProviderSandbox;
    let gateway: PaymentGateway;
    let hasty: PaymentGateway;
    beforeAll(async () => {
      sandbox = await ProviderSandbox.start();
      gateway = connect(sandbox, 10_000);
      hasty = connect(sandbox, 300);
    });
    afterAll(() => sandbox.stop());

    const newRequest = (): AuthorizationRequest => ({
      paymentId: newCellId('payment', 'in-1' as CellId),
      amount: Money.of(123_45, currency as CurrencyCode),
      providerReference: undefined,
      method: 'card',
      methodToken: undefined,
    });

    it('authorizes, captures and finds a payment by our id alone', async () => {
      const request = newRequest();
      expect(await gateway.lookUp(request)).toBeUndefined();
      const authorized = await gateway.authorize(request);
      expect(authorized.state).toBe('authorized');
      const known = { ...request, providerReference: authorized.providerReference };
      expect((await gateway.capture(known)).state).toBe('captured');
      expect((await gateway.lookUp(request))?.state).toBe('captured');
      expect(await sandbox.captures(request.paymentId)).toEqual([
        expect.objectContaining({ captures: 1, capturedMinor: 123_45 }),
      ]);
    });

    it('makes one payment of one id, however often it is asked', async () => {
      const request = newRequest();
      const first = await gateway.authorize(request);
      const again = await gateway.authorize(request);
      expect(again.providerReference).toBe(first.providerReference);
      expect(await sandbox.payments(request.paymentId)).toHaveLength(1);
      const known = { ...request, providerReference: first.providerReference };
      await gateway.capture(known);
      expect((await gateway.capture(known)).state).toBe('captured');
      expect(await sandbox.captures(request.paymentId)).toEqual([
        expect.objectContaining({ captures: 1, capturedMinor: 123_45 }),
      ]);
    });

    it('tells a decline with its code', async () => {
      const request = newRequest();
      await sandbox.order({ kind: 'decline', reference: request.paymentId });
      const declined = await gateway.authorize(request);
      expect(declined).toMatchObject({ state: 'declined', declineCode: 'generic_decline' });
      expect(await sandbox.captures(request.paymentId)).toEqual([]);
    });

    it('sends the shopper to approve, and sees the approval', async () => {
      const request = newRequest();
      await sandbox.order({ kind: 'action', reference: request.paymentId });
      const waiting = await gateway.authorize(request);
      expect(waiting.state).toBe('requires_action');
      expect(await gateway.lookUp(request)).toEqual(waiting);
      await fetch(waiting.actionUrl ?? '', { method: 'POST' });
      expect((await gateway.lookUp(request))?.state).toBe('authorized');
    });

    it('sees that the shopper refused', async () => {
      const request = newRequest();
      await sandbox.order({ kind: 'action', reference: request.paymentId });
      const { actionUrl } = await gateway.authorize(request);
      await fetch(`${actionUrl ?? ''}?outcome=fail`);
      expect(await gateway.lookUp(request)).toMatchObject({
        state: 'declined',
        declineCode: 'authentication_failed',
      });
    });

    it('lets go of what it reserved, and says so when the money was taken before', async () => {
      const request = newRequest();
      const { providerReference } = await gateway.authorize(request);
      expect((await gateway.void({ ...request, providerReference })).state).toBe('voided');
      const other = newRequest();
      const authorized = await gateway.authorize(other);
      const known = { ...other, providerReference: authorized.providerReference };
      await gateway.capture(known);
      expect((await gateway.void(known)).state).toBe('captured');
    });

    it.each([
      ['timeout_before_authorize', 0],
      ['timeout_after_authorize', 1],
      ['error_before_authorize', 0],
    ])('does not know after %s, and the retry makes no second payment', async (kind, made) => {
      const request = newRequest();
      await sandbox.order({ kind, reference: request.paymentId, delayMs: heldMs });
      await expect(hasty.authorize(request)).rejects.toBeInstanceOf(OutcomeUnknownError);
      expect(await sandbox.payments(request.paymentId)).toHaveLength(made);
      expect((await gateway.authorize(request)).state).toBe('authorized');
      expect(await sandbox.payments(request.paymentId)).toHaveLength(1);
    });

    it.each([
      ['timeout_before_capture', 'authorized'],
      ['timeout_after_capture', 'captured'],
      ['error_before_capture', 'authorized'],
    ])('does not know after %s, and looking up tells', async (kind, state) => {
      const request = newRequest();
      const { providerReference } = await gateway.authorize(request);
      const known = { ...request, providerReference };
      await sandbox.order({ kind, reference: request.paymentId, delayMs: heldMs });
      await expect(hasty.capture(known)).rejects.toBeInstanceOf(OutcomeUnknownError);
      expect((await gateway.lookUp(known))?.state).toBe(state);
      expect((await gateway.capture(known)).state).toBe('captured');
      expect(await sandbox.captures(request.paymentId)).toEqual([
        expect.objectContaining({ captures: 1, capturedMinor: 123_45 }),
      ]);
    });

    it('reads its webhooks, doubled ones under one event id, and no forged ones', async () => {
      const request = newRequest();
      await sandbox.order({ kind: 'webhook_twice', reference: request.paymentId });
      await gateway.authorize(request);
      const webhooks = await sandbox.webhooksAbout(request.paymentId, 2);
      const [event, twin] = webhooks.map((webhook) => gateway.readWebhook(webhook));
      const { paymentId, amount } = request;
      expect(event).toMatchObject({ paymentId, amount, state: 'authorized' });
      expect(twin?.eventId).toBe(event?.eventId);
      for (const { body, headers } of webhooks) {
        const forged = Buffer.from(body.toString('utf8').replace('12345', '12346'));
        const refused = expect.objectContaining({ code: 'WEBHOOK_REFUSED' });
        expect(() => gateway.readWebhook({ body: forged, headers })).toThrow(refused);
        expect(() => gateway.readWebhook({ body, headers: {} })).toThrow(refused);
      }
    });

    it('finds everything again after the provider lost its process', async () => {
      const request = newRequest();
      const { providerReference } = await gateway.authorize(request);
      await sandbox.crashAndRestart();
      gateway = connect(sandbox, 10_000);
      hasty = connect(sandbox, 300);
      expect(await gateway.lookUp(request)).toMatchObject({
        providerReference,
        state: 'authorized',
      });
    });

    it('tells the provider our id and the money, and nothing else', async () => {
      const recorder = await RequestRecorder.before(sandbox.origin);
      const watched = connect(recorder.inFrontOf(sandbox), 10_000);
      for (const method of watched.methods) {
        const request = { ...newRequest(), method };
        const { providerReference } = await watched.authorize(request);
        await watched.capture({ ...request, providerReference });
      }
      await recorder.stop();
      const listed = new Set(Object.values(sends).flat());
      expect(recorder.fieldNames.filter((name) => !listed.has(`member ${name}`))).toEqual([]);
      expect(recorder.fieldNames.length).toBeGreaterThan(0);
      expect(recorder.headerNames.filter((header) => header.includes('telemetry'))).toEqual([]);
    });
  });
}
