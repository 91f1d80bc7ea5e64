import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RightsPersonalData, TellCorrections } from '@entrepot/flow-rights';
import { statement } from '@entrepot/platform-database';
import { KeyGoneError, RecipientNotices, RequestKeys } from '@entrepot/privacy';
import { randomUUID } from 'node:crypto';
import { RightsScene } from './rights-scene.ts';
import type { Shopper } from './rights-scene.ts';

const fence = statement('spec.fence', 'SELECT privacy.fence_subject($1)');
const readTold = statement(
  'spec.read_told',
  'SELECT told_at AS "toldAt" FROM rights.request WHERE request_id = $1',
);

let scene: RightsScene;
beforeAll(async () => {
  scene = await RightsScene.open();
});
afterAll(() => scene.fixture.end());

const stopAnswers = statement(
  'spec.stop_answers',
  `CREATE FUNCTION rights.spec_stop() RETURNS trigger LANGUAGE plpgsql AS
     'BEGIN RAISE EXCEPTION ''stopped before the answer''; END'`,
);
const stopBefore = statement(
  'spec.stop_before',
  `CREATE TRIGGER spec_stop BEFORE UPDATE OF answered_at ON rights.request
     FOR EACH ROW EXECUTE FUNCTION rights.spec_stop()`,
);
const goOn = statement('spec.go_on', 'DROP FUNCTION rights.spec_stop CASCADE');
const openOf = statement(
  'spec.open_corrections',
  `SELECT count(*)::int AS "open" FROM rights.request
   WHERE subject_id = $1 AND kind = 'rectification' AND answered_at IS NULL`,
);

const correct = async ({ token }: Shopper): Promise<string> => {
  const body = { fullName: 'Asha R' };
  const made = await scene.call('/v1/me/rectifications', { method: 'POST', body, token });
  expect(made.status).toBe(201);
  return String(made.body['id']);
};
const toldAt = async (id: string) =>
  (await scene.superuser().query<{ toldAt: Date | null }>(readTold, [id]))[0]?.toldAt;

describe('a correction', () => {
  it('is told to recipients by a worker, and the request says when all had heard', async () => {
    const tell = scene.worker.get(TellCorrections, { strict: false });
    const { recipients } = scene.fixture;
    const shopper = await scene.newShopper();
    recipients.isAway = true;
    const requestId = await correct(shopper);
    await tell.execute();
    expect(await toldAt(requestId)).toBeNull();
    recipients.isAway = false;
    await tell.execute();
    await tell.execute();
    const heard = recipients.heard.filter((of) => of.requestId === requestId);
    expect(heard).toEqual([{ requestId, subject: shopper.subject }]);
    expect(await toldAt(requestId)).toBeInstanceOf(Date);
  });

  it('is made ten times a day by one person, however often they sign in', async () => {
    const on = await scene.fixture.startApi({ limitFactor: 1 });
    const shopper = await scene.newShopper();
    const statuses: number[] = [];
    for (let made = 0; made < 11; made += 1) {
      const token = await scene.signIn('/v1/sessions', shopper.email);
      const body = { fullName: `Asha ${made}` };
      const call = { ...({ method: 'POST', body } as const), token, on };
      statuses.push((await scene.call('/v1/me/rectifications', call)).status);
    }
    expect(statuses).toEqual([...Array<number>(10).fill(201), 429]);
  });

  it('that stops before its request is answered is not made, and leaves no request', async () => {
    const shopper = await scene.newShopper();
    await scene.superuser().query(stopAnswers);
    await scene.superuser().query(stopBefore);
    const { token } = shopper;
    try {
      const body = { fullName: 'Nobody Told' };
      const stopped = await scene.call('/v1/me/rectifications', { method: 'POST', body, token });
      expect(stopped.status).toBe(500);
    } finally {
      await scene.superuser().query(goOn);
    }
    expect((await scene.call('/v1/me', { token })).body).toMatchObject({ fullName: 'Asha Rao' });
    const open = await scene.superuser().query(openOf, [shopper.subject]);
    expect(open).toEqual([{ open: 0 }]);
  });

  it('is in the queue of the officers with its clock, and names nobody there', async () => {
    const shopper = await scene.newShopper();
    const requestId = await correct(shopper);
    const queue = '/admin/v1/privacy-requests';
    const { officer, support } = scene.staff;
    expect((await scene.call(queue, { token: support })).status).toBe(403);
    const copy = await scene.askForCopy(shopper);
    const { body } = await scene.call(queue, { token: officer });
    const asked = (body['items'] as { id: string }[]).find(({ id }) => id === copy.body['id']);
    expect(asked).toMatchObject({ id: copy.body['id'], answeredAt: null, urgency: 'in_time' });
    const read = await scene.call(`${queue}/${requestId}`, { token: officer });
    expect(read.body).toMatchObject({
      ...{ kind: 'rectification', requestedBy: null, urgency: null, recipients: [] },
    });
    for (const personal of [shopper.subject, shopper.accountId, shopper.email]) {
      expect(JSON.stringify([body, read.body])).not.toContain(personal);
    }
    expect((await scene.call(`${queue}/rrq_x`, { token: officer })).status).toBe(404);
  });

  it('of which a recipient had not heard leaves nothing that names its person once they are erased', async () => {
    const shopper = await scene.newShopper();
    const requestId = await correct(shopper);
    const keys = scene.worker.get(RequestKeys, { strict: false });
    await keys.make(requestId);
    const sealed = await keys.seal(requestId, 'recipient.mail', Buffer.from(shopper.email));
    const at = new Date();
    const notices = scene.worker.get(RecipientNotices, { strict: false });
    await notices.insert({
      ...{ requestId, processor: 'mail', attempt: 1, reference: randomUUID(), state: 'prepared' },
      ...{ identities: 1, sealed, preparedAt: at, dueAt: new Date(at.getTime() + 60_000) },
      ...{ tries: 0, nextTryAt: at, completedAt: undefined, proof: undefined },
    });
    await scene.superuser().query(fence, [shopper.subject]);
    await scene.worker.get(RightsPersonalData, { strict: false }).erase(shopper.subject);
    expect(await notices.of(requestId)).toMatchObject([{ state: 'void', sealed: undefined }]);
    expect(await keys.open(requestId, 'recipient.mail', sealed)).toBeUndefined();
  });

  it('of which nobody was told before the erasure cannot be sealed for a recipient by a worker that lags behind', async () => {
    const shopper = await scene.newShopper();
    const requestId = await correct(shopper);
    await scene.superuser().query(fence, [shopper.subject]);
    await scene.worker.get(RightsPersonalData, { strict: false }).erase(shopper.subject);
    const keys = scene.worker.get(RequestKeys, { strict: false });
    await keys.make(requestId);
    const sealing = keys.seal(requestId, 'recipient.mail', Buffer.from(shopper.email));
    await expect(sealing).rejects.toBeInstanceOf(KeyGoneError);
  });
});
