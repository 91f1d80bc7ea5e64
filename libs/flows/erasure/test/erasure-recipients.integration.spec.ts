import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { erasureCertificateView } from '@entrepot/contracts/api/erasure-certificate';
import { OpenDsrRecipient, TellOfCorrection } from '@entrepot/flow-erasure';
import { newCellId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import { Egress, EgressList } from '@entrepot/platform-egress';
import { PgSentMail, SmtpMailer } from '@entrepot/platform-mail/smtp';
import { MailSandbox } from '@entrepot/platform-mail/testing';
import { RunningDesk } from '@entrepot/platform-opendsr/testing';
import { RecipientNotices } from '@entrepot/privacy';
import type { DataProcessor, RecipientNotice } from '@entrepot/privacy';
import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Outside } from './erasure-fixture.ts';
import { ErasureScene } from './erasure-scene.ts';
import type { Shopper } from './erasure-scene.ts';

const insertPayment = statement(
  'spec.insert_payment',
  `INSERT INTO payments.payment (payment_id, order_id, attempt, subject_id, provider,
     provider_reference, method, currency, amount_minor, tax_minor, state)
   VALUES ($1, $2, 1, $3, 'razorpay', $4, 'upi', 'INR', 1180, 180, 'authorized')`,
);
const noticesOf = statement(
  'spec.notices_of',
  'SELECT * FROM privacy.recipient_notice WHERE request_id = $1 ORDER BY processor',
);
const contactOf = statement(
  'spec.contact_of',
  'SELECT * FROM privacy.request_contact WHERE request_id = $1',
);
const keyOf = statement(
  'spec.request_key_of',
  `SELECT epoch, wrapped_key IS NOT NULL AS "isThere", destroyed_at IS NOT NULL AS "isDestroyed"
   FROM vault.request_key WHERE request_id = $1`,
);

let mail: MailSandbox;
let psp: RunningDesk;
let scene: ErasureScene;
const mailers: SmtpMailer[] = [];

beforeAll(async () => {
  [mail, psp] = await Promise.all([MailSandbox.start(), RunningDesk.start()]);
  const egress = new Egress(new EgressList({ hosts: [], isLoopbackAllowed: true }));
  const processorOf = (name: string, knowsBy: DataProcessor['knowsBy']): DataProcessor => ({
    ...{ name, knowsBy, purpose: 'a purpose', place: 'a place', legalBasis: 'a law' },
    ...{ transferTool: 'none', fieldsSent: ['a field'], hostSettings: [] },
    ...{ answersWithinDays: 14, keepsDaysMax: 30 },
  });
  const lineTo = (baseUrl: string, secret: string, certificatePem: string) => ({
    ...{ baseUrl, secret, certificatePem, egress, regulation: 'dpdp' as const },
  });
  const outside: Outside = {
    recipients: [
      {
        processor: processorOf('mail', 'email'),
        recipient: new OpenDsrRecipient({
          ...{ processor: 'mail', knowsBy: 'email' },
          ...lineTo(mail.origin, mail.password, mail.certificatePem),
        }),
      },
      {
        processor: processorOf('razorpay', 'payment-reference'),
        recipient: new OpenDsrRecipient({
          ...{ processor: 'razorpay', knowsBy: 'payment-reference' },
          ...lineTo(psp.origin, psp.secret, psp.identity.certificatePem),
        }),
      },
    ],
    mailerOf: (shop) => {
      const login = { user: mail.user, password: mail.password, from: 'shop@in-1.localhost' };
      const mailer = new SmtpMailer(
        { url: mail.smtpUrl, plain: true, ...login, connect: (to) => egress.connect(to) },
        new PgSentMail(shop),
      );
      mailers.push(mailer);
      return mailer;
    },
  };
  scene = await ErasureScene.open({ outside });
});
afterAll(async () => {
  await scene.end();
  for (const mailer of mailers) mailer.close();
  await Promise.all([mail.stop(), psp.close()]);
});

const hexOf32 = expect.stringMatching(/^[0-9a-f]{64}$/) as unknown;
const shopAs = (role: 'superuser' | 'worker') => scene.fixture.stores.shop.open(role);

async function shopperWithPayment(reference: string): Promise<Shopper> {
  const shopper = await scene.newShopper();
  const cell = scene.fixture.cells.home;
  await shopAs('superuser').execute(insertPayment, [
    ...[newCellId('payment', cell), newCellId('order', cell), shopper.subject, reference],
  ]);
  return shopper;
}

const keyStateOf = (id: string) =>
  scene.fixture.stores.vault
    .open('superuser')
    .query<{ epoch: number | null; isThere: boolean; isDestroyed: boolean }>(keyOf, [id]);

describe('an erasure of somebody whom processors know', () => {
  it('tells each of them, is certified with their proofs, and ends with one letter', async () => {
    const shopper = await shopperWithPayment('pay_known');
    // a letter from before, which the provider still has
    await mailers[0]?.send({
      ...{ kind: 'rectified', to: shopper.email, locale: 'en' },
      ...{ values: { date: '2026-11-01' }, reference: 'letter-of-before' },
    });
    expect(mail.stored).toContain(shopper.email);
    const id = await scene.askAndApprove(shopper.accountId);
    await scene.eraseAllButTheBytes(id);

    expect(psp.erased).toEqual(['pay_known']);
    expect(mail.stored).not.toContain(shopper.email);
    const notices = await shopAs('superuser').query<Record<string, unknown>>(noticesOf, [id]);
    expect(notices).toMatchObject([
      { processor: 'mail', state: 'completed', sealed: null, identities: 1 },
      { processor: 'razorpay', state: 'completed', sealed: null, identities: 1 },
    ]);
    expect(await keyStateOf(id)).toMatchObject([{ isThere: true, isDestroyed: false }]);

    // the epoch in which all of this lay ends before the person's key counts as destroyed
    await scene.endEpoch();
    await scene.passWindow();
    await scene.workUntil(id, 'closed');

    expect(await keyStateOf(id)).toEqual([{ epoch: null, isThere: false, isDestroyed: true }]);
    expect(await shopAs('superuser').query(contactOf, [id])).toEqual([]);
    expect(await mail.lettersTo(shopper.email)).toMatchObject([
      { messageId: `<${id}.done@in-1.localhost>` },
    ]);
    const { body } = await scene.call(`/admin/v1/erasure-requests/${id}/certificate`, {
      token: scene.officers[0],
    });
    const { certificate } = erasureCertificateView.parse(body);
    expect(certificate.notDone).not.toContain('NO_RECIPIENT_CONNECTED');
    expect(certificate.recipients).toMatchObject(
      notices.map(({ processor, answer, signer_digest }) => ({
        ...{ processor, signerDigest: signer_digest, attempts: 1 },
        answerDigest: createHash('sha256')
          .update(answer as Buffer)
          .digest('hex'),
      })),
    );
    expect(JSON.stringify(certificate)).not.toMatch(/pay_known|people\.example/);
  });

  it('T29 waits for a processor whose answers prove nothing, until it proves something', async () => {
    const shopper = await shopperWithPayment('pay_unproven');
    psp.faults.add({ kind: 'wrong_signature', times: 1 });
    const id = await scene.askAndApprove(shopper.accountId);
    await scene.workUntil(id, 'failed');
    expect((await scene.read(id)).body).toMatchObject({
      resumesTo: 'purged',
      failure: { step: 'notify-recipients', code: 'ERASURE_RECIPIENT_UNPROVEN' },
    });
    expect(
      await scene.call(`/admin/v1/erasure-requests/${id}/certificate`, {
        token: scene.officers[0],
      }),
    ).toMatchObject({ body: { code: 'ERASURE_NOT_CERTIFIED' } });
    await scene.steer(id, 'retry');
    await scene.eraseAllButTheBytes(id);
    expect(psp.erased.filter((of) => of === 'pay_unproven')).toHaveLength(1);
  });

  it('is told of nobody whom a processor does not know', async () => {
    const requests = psp.requests;
    const id = await scene.askAndApprove((await scene.newShopper()).accountId);
    await scene.eraseAllButTheBytes(id);
    expect(psp.requests).toBe(requests);
    const notices = await shopAs('superuser').query(noticesOf, [id]);
    expect(notices).toMatchObject([{ processor: 'mail' }]);
  });
});

describe('a correction', () => {
  const notices = (process: 'api' | 'worker') =>
    scene[process].get(RecipientNotices, { strict: false });

  it('is told to each of them, which erases nothing, and staff see the proofs', async () => {
    const shopper = await shopperWithPayment('pay_corrected');
    const [erased, requests] = [psp.erased.length, psp.requests];
    const correction = {
      requestId: newCellId('privacyRequest', scene.fixture.cells.home),
      subject: shopper.subject,
    };
    const tell = scene.worker.get(TellOfCorrection, { strict: false });
    while (!(await tell.execute(correction))) await sleep(50);
    expect(psp.erased).toHaveLength(erased);
    expect(psp.requests).toBe(requests + 1);
    expect(await notices('api').progressOf(correction.requestId)).toMatchObject([
      { processor: 'mail', state: 'completed', proof: { answerDigest: hexOf32 } },
      { processor: 'razorpay', state: 'completed', proof: { signerDigest: hexOf32 } },
    ]);
    await expect(notices('api').of(correction.requestId)).rejects.toThrow('permission denied');
    expect(await keyStateOf(correction.requestId)).toMatchObject([{ isDestroyed: true }]);
  });

  it('is void once its person is erased, which no erasure is', async () => {
    const requestId = newCellId('privacyRequest', scene.fixture.cells.home);
    const erasureId = newCellId('erasureRequest', scene.fixture.cells.home);
    const at = new Date();
    for (const id of [requestId, erasureId]) {
      await notices('worker').insert({
        ...{ requestId: id, processor: 'mail', attempt: 1, reference: randomUUID() },
        ...{ state: 'prepared', identities: 1, sealed: Buffer.from('x'), preparedAt: at },
        ...{ dueAt: new Date(at.getTime() + 60_000), tries: 0, nextTryAt: at },
        ...{ completedAt: undefined, proof: undefined },
      });
    }
    await notices('worker').void(requestId);
    expect(await notices('worker').of(requestId)).toMatchObject([
      { state: 'void', sealed: undefined },
    ]);
    await expect(notices('worker').void(erasureId)).rejects.toThrow('void_of_correction');
  });
});

describe('the record of what a processor was told', () => {
  const changes = {
    'is taken back':
      "state = 'pending', sealed = '\\x00', completed_at = NULL, answer = NULL, signature = NULL, signer_digest = NULL",
    'is proven by another answer': "answer = '\\x00'",
  };
  it.each(Object.entries(changes))('never %s', async (name, change) => {
    const forge = statement(
      `spec.forge_${name.replaceAll(' ', '_')}`,
      `UPDATE privacy.recipient_notice SET ${change}`,
    );
    await expect(shopAs('worker').execute(forge)).rejects.toThrow('stays so');
  });

  it('takes no answer to what was not sent', async () => {
    const requestId = newCellId('privacyRequest', scene.fixture.cells.home);
    const worker = scene.worker.get(RecipientNotices, { strict: false });
    const at = new Date();
    const notice: RecipientNotice = {
      ...{ requestId, processor: 'mail', attempt: 1, reference: randomUUID(), state: 'prepared' },
      ...{ identities: 1, sealed: Buffer.from('x'), preparedAt: at, tries: 0, nextTryAt: at },
      ...{ dueAt: new Date(at.getTime() + 60_000), completedAt: undefined, proof: undefined },
    };
    await worker.insert(notice);
    const proof = {
      ...{ answer: Buffer.from('{}'), signature: Buffer.alloc(64), signerDigest: 'a'.repeat(64) },
    };
    const answered = { sealed: undefined, completedAt: at, proof, tries: 1 };
    const answering = worker.replace(notice, { ...notice, ...answered, state: 'completed' });
    await expect(answering).rejects.toThrow('nothing is outstanding');
    expect(await worker.of(requestId)).toMatchObject([{ state: 'prepared', proof: undefined }]);
  });

  it('counts as completed only with the answer, and is never removed', async () => {
    const insert = statement(
      'spec.insert_unproven',
      `INSERT INTO privacy.recipient_notice (request_id, processor, reference, state, identities, due_at, next_try_at)
       VALUES ('ers_in-1_' || repeat('z', 26), 'psp', gen_random_uuid(), 'completed', 1, now() + interval '1 day', now())`,
    );
    await expect(shopAs('worker').execute(insert)).rejects.toThrow('completed_is_proven');
    const remove = statement('spec.remove_notice', 'DELETE FROM privacy.recipient_notice');
    await expect(shopAs('superuser').execute(remove)).rejects.toThrow('for ever');
  });
});
