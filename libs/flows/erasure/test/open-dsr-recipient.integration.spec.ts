import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  OpenDsrRecipient,
  RecipientFaultError,
  RecipientSilentError,
} from '@entrepot/flow-erasure';
import type { OpenDsrRecipientOptions, RecipientRequest } from '@entrepot/flow-erasure';
import { Egress, EgressList } from '@entrepot/platform-egress';
import { PinnedSigner, signCall } from '@entrepot/platform-opendsr';
import { makeAnswerIdentity, RunningDesk } from '@entrepot/platform-opendsr/testing';
import { randomUUID } from 'node:crypto';

const egressOf = (isLoopbackAllowed: boolean): Egress =>
  new Egress(new EgressList({ hosts: [], isLoopbackAllowed }));

let desk: RunningDesk;
beforeEach(async () => {
  desk = await RunningDesk.start();
});
afterEach(() => desk.close());

const recipientOf = (more: Partial<OpenDsrRecipientOptions> = {}): OpenDsrRecipient =>
  new OpenDsrRecipient({
    ...{ processor: 'psp', baseUrl: desk.origin, secret: desk.secret, regulation: 'gdpr' },
    ...{ certificatePem: desk.identity.certificatePem, knowsBy: 'payment-reference' },
    egress: egressOf(true),
    ...more,
  });
const newRequest = (): RecipientRequest => ({
  ...{ reference: randomUUID(), type: 'erasure', identities: ['pay_canary'] },
  submittedAt: new Date('2026-11-28T10:00:00Z'),
});

describe('a processor that is asked to erase', () => {
  it('proves by its certificate that it did', async () => {
    const request = newRequest();
    await recipientOf().requestErasure(request);
    expect(desk.erased).toEqual(['pay_canary']);
    const told = await recipientOf().statusOf(request.reference);
    if (told?.status !== 'completed') throw new Error('it has not erased');
    const { answer, signature, signerDigest } = told.proof;
    expect(JSON.parse(answer.toString('utf8'))).toMatchObject({
      ...{ subject_request_id: request.reference, request_status: 'completed' },
    });
    expect(answer.includes('pay_canary')).toBe(false);
    // what is kept can be judged again
    const signer = new PinnedSigner(desk.identity.certificatePem, '127.0.0.1');
    const kept = { body: answer, domain: '127.0.0.1', signature: signature.toString('base64') };
    expect(signer.judge(kept, new Date())).toEqual(signature);
    expect(signer.digest).toBe(signerDigest);
    const changed = Buffer.from(answer.toString('utf8').replace('completed', 'pending'));
    expect(signer.judge({ ...kept, body: changed }, new Date())).toBe('SIGNATURE_WRONG');
  });

  it('takes a request once, however often it comes, also where its answer was lost', async () => {
    const request = newRequest();
    desk.faults.add({ kind: 'answer_lost', times: 1 });
    await expect(recipientOf().requestErasure(request)).rejects.toThrow(RecipientSilentError);
    await recipientOf().requestErasure(request);
    await recipientOf().requestErasure(request);
    expect({ requests: desk.requests, erased: desk.erased }).toEqual({
      ...{ requests: 1, erased: ['pay_canary'] },
    });
  });

  it('refuses another request of the same name', async () => {
    const request = newRequest();
    await recipientOf().requestErasure(request);
    await expect(
      recipientOf().requestErasure({ ...request, identities: ['pay_other'] }),
    ).rejects.toThrow(RecipientFaultError);
    expect(desk.erased).toEqual(['pay_canary']);
  });

  it('that was started anew knows of nothing, and can be asked again', async () => {
    const request = newRequest();
    await recipientOf().requestErasure(request);
    await desk.restart();
    expect(await recipientOf().statusOf(request.reference)).toBeUndefined();
    await recipientOf().requestErasure(request);
    expect(await recipientOf().statusOf(request.reference)).toMatchObject({ status: 'completed' });
  });

  it.each(['in_progress', 'cancelled'] as const)('may say that it is %s', async (status) => {
    const request = newRequest();
    if (status === 'cancelled') desk.faults.add({ kind: 'cancels', times: 1 });
    await recipientOf().requestErasure(request);
    if (status === 'in_progress') desk.faults.add({ kind: 'slow', times: 1 });
    expect(await recipientOf().statusOf(request.reference)).toEqual({ status });
  });
});

describe('an answer', () => {
  it.each(['unsigned', 'wrong_signature'] as const)(
    'that is %s counts for nothing',
    async (kind) => {
      const request = newRequest();
      desk.faults.add({ kind, times: 1 });
      await expect(recipientOf().requestErasure(request)).rejects.toMatchObject({
        code: 'ERASURE_RECIPIENT_UNPROVEN',
      });
      await recipientOf().requestErasure(request);
      desk.faults.add({ kind, times: 1 });
      await expect(recipientOf().statusOf(request.reference)).rejects.toMatchObject({
        code: 'ERASURE_RECIPIENT_UNPROVEN',
      });
    },
  );

  it('counts only with the certificate that was pinned, of this host and of this time', async () => {
    const other = await makeAnswerIdentity();
    const pins = {
      SIGNATURE_WRONG: other.certificatePem,
      CERTIFICATE_OF_OTHER_HOST: (await makeAnswerIdentity({ host: 'psp.example' })).certificatePem,
      CERTIFICATE_NOT_VALID_NOW: (await makeAnswerIdentity({ notAfter: new Date(Date.now() - 1) }))
        .certificatePem,
    };
    for (const [fault, certificatePem] of Object.entries(pins)) {
      const asking = recipientOf({ certificatePem }).requestErasure(newRequest());
      await expect(asking).rejects.toThrow(fault);
    }
  });

  it.each([
    ['broken', RecipientSilentError],
    ['redirects', RecipientFaultError],
  ] as const)('of a processor that is %s is told as what it is', async (kind, expected) => {
    desk.faults.add({ kind, times: 1 });
    await expect(recipientOf().requestErasure(newRequest())).rejects.toThrow(expected);
    expect(desk.erased).toEqual([]);
  });
});

describe('a call to a processor', () => {
  it('is refused where it is not signed, signed by another, old, or about something else', async () => {
    const path = `/opendsr/v1/requests/${randomUUID()}`;
    const call = { method: 'GET', path, body: '' };
    const now = new Date();
    const headers = [
      undefined,
      signCall('another-secret', call, now),
      signCall(desk.secret, call, new Date(now.getTime() - 600_000)),
      signCall(desk.secret, { ...call, path: '/opendsr/v1/requests' }, now),
      signCall(desk.secret, { ...call, method: 'DELETE' }, now),
    ];
    for (const header of headers) {
      const answer = await fetch(new URL(path, desk.origin), {
        headers: header === undefined ? {} : { 'x-opendsr-controller-signature': header },
      });
      expect({ header, status: answer.status }).toEqual({ header, status: 401 });
    }
  });

  it('goes by the one way out of the process, to hosts of the list only', async () => {
    const asking = recipientOf({ egress: egressOf(false) }).requestErasure(newRequest());
    await expect(asking).rejects.toMatchObject({ code: 'ERASURE_RECIPIENT_REFUSED' });
    const elsewhere = recipientOf({ baseUrl: 'https://psp.example' }).requestErasure(newRequest());
    await expect(elsewhere).rejects.toThrow('HOST_UNLISTED');
    expect(desk.requests).toBe(0);
  });

  it('that nobody answers ends', async () => {
    desk.faults.add({ kind: 'silent', times: 1 });
    await expect(recipientOf().requestErasure(newRequest())).rejects.toThrow(RecipientSilentError);
  }, 20_000);

  it('does not show the person where it fails', async () => {
    for (const kind of ['broken', 'wrong_signature', 'redirects', 'unsigned'] as const) {
      desk.faults.add({ kind, times: 1 });
      const failure = await recipientOf()
        .requestErasure(newRequest())
        .catch((error: unknown) => error);
      expect(String(failure)).not.toContain('pay_canary');
    }
  });
});
