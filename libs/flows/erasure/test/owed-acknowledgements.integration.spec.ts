import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OwedAcknowledgements, SendOwedAcknowledgements } from '@entrepot/flow-erasure';
import { statement } from '@entrepot/platform-database';
import { Log } from '@entrepot/platform-telemetry';
import { ErasureStore } from '@entrepot/privacy';
import { AcknowledgementLetter } from '../src/application/acknowledgement-letter.ts';
import { CopyOffer } from '../src/application/copy-offer.ts';
import { ErasureScene } from './erasure-scene.ts';

const dayMs = 86_400_000;
/** As whoever sends a letter notes it. */
const noteSent = statement(
  'spec.note_sent',
  `INSERT INTO mail.sent (reference, kind) VALUES ($1, 'erasure_received')`,
);

let scene: ErasureScene;
beforeAll(async () => {
  scene = await ErasureScene.open();
  const copy = { id: 'rrq_in-1_x', passphrase: 'p', token: 't' };
  scene.api.get(CopyOffer, { strict: false }).execute = () => Promise.resolve(copy as never);
});
afterAll(() => scene.end());

async function askWhileNoMailGoesOut() {
  const { token, email } = await scene.newShopper();
  scene.fixture.mailer.isAway = true;
  const asked = await scene.call('/v1/me/erasure-requests', { method: 'POST', body: {}, token });
  expect(asked.status).toBe(201);
  return { id: String(asked.body['id']), token, email };
}
const lettersTo = (email: string) => scene.fixture.mailer.sent.filter(({ to }) => to === email);
const owed = () => scene.worker.get(OwedAcknowledgements, { strict: false });
const workerAt = (aheadMs: number) =>
  new SendOwedAcknowledgements(
    owed(),
    scene.worker.get(AcknowledgementLetter, { strict: false }),
    scene.worker.get(ErasureStore, { strict: false }),
    { now: () => new Date(Date.now() + aheadMs) },
    new Log({ level: 'silent' as never, bound: {} }),
  );
const end = (id: string, token: string) =>
  scene.call(`/v1/me/erasure-requests/${id}`, { method: 'DELETE', token });

describe('a letter that says that a request is in', () => {
  it('outlives an outage of the mail: it is sent once the provider takes it, and then no more', async () => {
    const { id, token, email } = await askWhileNoMailGoesOut();
    const worker = workerAt(0);
    await expect(worker.execute()).rejects.toThrow('away');
    expect(lettersTo(email)).toEqual([]);
    expect(await owed().oldestSeconds()).toBeGreaterThan(0);
    scene.fixture.mailer.isAway = false;
    expect(await worker.execute()).toBe(1);
    expect(lettersTo(email)).toMatchObject([
      { kind: 'erasure_received', locale: 'en', reference: `${id}.received` },
    ]);
    await scene.fixture.stores.shop.open('worker').execute(noteSent, [`${id}.received`]);
    expect(await worker.execute()).toBe(0);
    expect(await owed().oldestSeconds()).toBe(0);
    await end(id, token);
  });

  it('is given up after three days: the record of the request says so, and the check stays', async () => {
    const { id, token, email } = await askWhileNoMailGoesOut();
    expect(await workerAt(4 * dayMs).execute()).toBe(0);
    scene.fixture.mailer.isAway = false;
    expect(await workerAt(0).execute()).toBe(0);
    expect(lettersTo(email)).toEqual([]);
    expect((await scene.read(id)).body['steps']).toMatchObject([
      {
        ...{ step: 'acknowledge', store: 'mail:erasure_received', left: 1 },
        leftReason: 'ACKNOWLEDGEMENT_NOT_SENT',
      },
    ]);
    expect(await owed().oldestSeconds()).toBeGreaterThan(0);
    await end(id, token);
    expect(await owed().oldestSeconds()).toBe(0);
  });

  it('is owed to nobody who took the request back', async () => {
    const { id, token } = await askWhileNoMailGoesOut();
    await end(id, token);
    scene.fixture.mailer.isAway = false;
    expect(await workerAt(0).execute()).toBe(0);
  });
});
