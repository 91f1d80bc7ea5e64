import { newCellId } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import { OrderStore } from '@entrepot/orders';
import { anOrder } from '@entrepot/orders/testing';
import { statement } from '@entrepot/platform-database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CurrencyCode } from '@entrepot/kernel';
import { ErasureScene, password } from './erasure-scene.ts';
import type { Shopper } from './erasure-scene.ts';

const own = '/v1/me/erasure-requests';
const waitMsMax = 5_000;
const waitMs = 20;
/** Rounds of a race that either side may win. */
const racesMax = 6;

const ageSessions = statement(
  'spec.age_sessions',
  `UPDATE identity.session SET started_at = started_at - interval '6 minutes' WHERE subject_id = $1`,
);
const codesOf = statement(
  'spec.identity_codes',
  'SELECT tries_left AS "triesLeft" FROM privacy.identity_code WHERE request_id = $1',
);
const letCodeExpire = statement(
  'spec.expire_code',
  `UPDATE privacy.identity_code SET expires_at = now() - interval '1 second' WHERE request_id = $1`,
);
const statusOf = statement(
  'spec.subject_status',
  'SELECT status FROM privacy.subject WHERE subject_id = $1',
);

let scene: ErasureScene;
beforeAll(async () => {
  scene = await ErasureScene.open();
});
afterAll(() => scene.end());

const ask = (token: string, body: object = {}) => scene.call(own, { method: 'POST', body, token });
const withdraw = (id: string, token: string) =>
  scene.call(`${own}/${id}`, { method: 'DELETE', token });
const books = () => scene.fixture.stores.shop.open('superuser');

async function until<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const end = performance.now() + waitMsMax;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error('it never came');
    await sleep(waitMs);
  }
}

describe('a shopper who asks to be forgotten', () => {
  it('has signed in just now, or gives the password again', async () => {
    const shopper = await scene.newShopper();
    await books().execute(ageSessions, [shopper.subject]);
    const refused = { status: 403, body: { code: 'REAUTHENTICATION_REQUIRED' } };
    expect(await ask(shopper.token)).toMatchObject(refused);
    expect(await ask(shopper.token, { password: `${password}!` })).toMatchObject(refused);
    const asked = await ask(shopper.token, { password });
    expect(asked).toMatchObject({
      status: 201,
      body: { state: 'in_review', isWithdrawable: true },
    });
    expect((await ask(shopper.token, { password })).body).toEqual(asked.body);
    expect((await ask((await scene.newShopper()).token)).status).toBe(201);
  });

  it('is forgotten by two officers beside them', async () => {
    const shopper = await scene.newShopper();
    const id = String((await ask(shopper.token)).body['id']);
    expect((await scene.read(id)).body).toMatchObject({
      ...{ status: 'assessed', identity: 'fresh_sign_in', requestedBy: null },
      allowedActions: expect.arrayContaining(['confirm']) as unknown,
    });
    expect(await scene.approve(id)).toMatchObject({ body: { code: 'ERASURE_NOT_CONFIRMED' } });
    expect(await scene.confirm(id)).toMatchObject({ status: 200 });
    expect(await scene.approve(id, scene.officers[0])).toMatchObject({
      body: { code: 'ERASURE_NEEDS_ANOTHER_PERSON' },
    });
    expect(await scene.approve(id)).toMatchObject({ status: 200 });
    await scene.eraseAllButTheBytes(id);
    const { events } = (await scene.read(id)).body as { events: { actor: string }[] };
    expect(events.slice(0, 3).map(({ actor }) => actor)).toEqual(Array(3).fill('subject'));
    const texts = events.map(({ actor, ...event }) => JSON.stringify({ actor, event })).join();
    expect(texts).not.toContain('PERSON_NOT_ASKED_ANEW');
  });

  it('sees their request and no other, and may change their mind', async () => {
    const [shopper, other] = [await scene.newShopper(), await scene.newShopper()];
    const id = String((await ask(shopper.token)).body['id']);
    expect((await scene.call(own, { token: shopper.token })).body).toMatchObject({
      erasureRequests: [{ id, state: 'in_review' }],
    });
    expect((await scene.call(own, { token: other.token })).body).toEqual({ erasureRequests: [] });
    expect((await withdraw(id, other.token)).status).toBe(404);
    expect(await withdraw(id, shopper.token)).toMatchObject({ body: { state: 'withdrawn' } });
    expect(await withdraw(id, shopper.token)).toMatchObject({ status: 409 });
    expect((await ask(shopper.token)).body['id']).not.toBe(id);
  });

  it('may ask five times a day, however often they sign in', async () => {
    const on = await scene.fixture.startApi({ limitFactor: 1 });
    const { email } = await scene.newShopper();
    const statuses: number[] = [];
    for (let asked = 0; asked < 6; asked += 1) {
      const token = await scene.signIn('/v1/sessions', email);
      const answer = await scene.call(own, { method: 'POST', body: {}, token, on });
      statuses.push(answer.status);
      if (asked === 0) await withdraw(String(answer.body['id']), token);
    }
    expect(statuses).toEqual([...Array<number>(5).fill(201), 429]);
  });

  it('either gets out before the fence or is forgotten, whoever is faster', async () => {
    for (let race = 0; race < racesMax; race += 1) {
      const shopper = await scene.newShopper();
      const id = String((await ask(shopper.token)).body['id']);
      await scene.confirm(id);
      await scene.approve(id);
      const [answer] = await Promise.all([
        sleep(race * 8).then(() => withdraw(id, shopper.token)),
        scene.work(),
      ]);
      const { status } = (await scene.read(id)).body;
      const [subject] = await books().query<{ status: string }>(statusOf, [shopper.subject]);
      if (answer.status === 200) {
        expect({ status, subject }).toEqual({ status: 'withdrawn', subject: { status: 'active' } });
      } else {
        expect([401, 409]).toContain(answer.status);
        expect(subject).toEqual({ status: 'fenced' });
        expect(status).not.toBe('withdrawn');
      }
    }
  });
});

describe('a guest', () => {
  let shopper: Shopper;
  let orderId: string;
  beforeAll(async () => {
    shopper = await scene.newShopper();
    orderId = await placeOrder(shopper.subject);
  });

  const guest = (body: object) => scene.call('/v1/erasure-requests', { method: 'POST', body });
  const show = (id: string, code: string) =>
    scene.call(`/v1/erasure-requests/${id}/identity`, { method: 'POST', body: { code } });
  /** Nobody makes copies here: with somebody who does, a passphrase whatever the code was. */
  const shown = (id: string) => ({ status: 202, body: { id, passphrase: null } });
  const letterFor = (id: string) =>
    until(() => scene.fixture.mailer.sent.find(({ reference }) => reference === `${id}:identity`));
  const askAgain = async () => {
    const id = String((await guest({ orderId, email: shopper.email })).body['id']);
    return { id, letter: await letterFor(id) };
  };
  const wrong = (code: string) => String((Number(code[0]) + 1) % 10) + code.slice(1);
  const triesLeft = async (id: string) =>
    (await books().query<{ triesLeft: number }>(codesOf, [id]))[0]?.triesLeft;

  it('is answered the same whether anybody is known or not', async () => {
    const before = scene.fixture.mailer.sent.length;
    const strangers = [
      { orderId, email: 'nobody@people.example' },
      { orderId: newCellId('order', scene.fixture.cells.home), email: shopper.email },
      { orderId: 'no order', email: shopper.email },
      { orderId, email: (await scene.newShopper()).email },
    ];
    for (const stranger of strangers) {
      const answer = await guest(stranger);
      expect(answer).toMatchObject({ status: 202, body: { id: expect.stringMatching(/^ers_/) } });
      expect(Object.keys(answer.body)).toEqual(['id']);
      const id = String(answer.body['id']);
      expect(await show(id, '0123456789')).toEqual(shown(id));
    }
    const { id, letter } = await askAgain();
    expect(letter).toMatchObject({ kind: 'identity_code', to: shopper.email, locale: 'en' });
    expect(scene.fixture.mailer.sent).toHaveLength(before + 1);
    expect(await show(id, wrong(letter.values['code'] ?? ''))).toEqual(shown(id));
  });

  it('shows by the code who they are', async () => {
    const { id, letter } = await askAgain();
    const code = letter.values['code'] ?? '';
    expect(code).toMatch(/^[0-9]{10}$/);
    expect((await scene.read(id)).body).toMatchObject({ status: 'identity_pending' });
    expect(await show(id, wrong(code))).toEqual(shown(id));
    await until(async () => ((await triesLeft(id)) === 4 ? true : undefined));
    expect(await show(id, code)).toEqual(shown(id));
    await until(async () =>
      (await scene.read(id)).body['status'] === 'assessed' ? true : undefined,
    );
    expect((await scene.read(id)).body).toMatchObject({ identity: 'mail_loop', requestedBy: null });
    expect(await triesLeft(id)).toBeUndefined();
    await scene.steer(id, 'withdraw');
  });

  it('has five tries and fifteen minutes', async () => {
    const { id, letter } = await askAgain();
    const code = letter.values['code'] ?? '';
    for (let tries = 4; tries >= 0; tries -= 1) {
      await show(id, wrong(code));
      await until(async () => ((await triesLeft(id)) === tries ? true : undefined));
    }
    await show(id, code);
    const late = await askAgain();
    await books().execute(letCodeExpire, [late.id]);
    await show(late.id, late.letter.values['code'] ?? '');
    const { id: last, letter: fresh } = await askAgain();
    // what comes after both is done with, so that they are
    await show(last, fresh.values['code'] ?? '');
    await until(async () =>
      (await scene.read(last)).body['status'] === 'assessed' ? true : undefined,
    );
    for (const spent of [id, late.id]) {
      expect((await scene.read(spent)).body).toMatchObject({ status: 'withdrawn', identity: null });
    }
    await scene.steer(last, 'withdraw');
  });

  it('who asks anew is believed with the new code only, and the old one costs no tries', async () => {
    const [first, second] = [await askAgain(), await askAgain()];
    const old = first.letter.values['code'] ?? '';
    await show(first.id, old);
    await show(second.id, old);
    await until(async () => ((await triesLeft(second.id)) === 4 ? true : undefined));
    expect(await triesLeft(first.id)).toBe(5);
    expect((await scene.read(first.id)).body).toMatchObject({ status: 'withdrawn' });
    expect((await scene.read(second.id)).body).toMatchObject({ status: 'identity_pending' });
    await show(second.id, second.letter.values['code'] ?? '');
    await until(async () =>
      (await scene.read(second.id)).body['status'] === 'assessed' ? true : undefined,
    );
    await scene.steer(second.id, 'withdraw');
  });

  it('who has not shown who they are keeps nobody from asking', async () => {
    const { id } = await askAgain();
    const signedIn = await ask(shopper.token);
    expect(signedIn).toMatchObject({ status: 201, body: { state: 'in_review' } });
    expect((await scene.read(id)).body).toMatchObject({ status: 'withdrawn' });
    const mailed = scene.fixture.mailer.sent.length;
    const later = String((await guest({ orderId, email: shopper.email })).body['id']);
    expect((await scene.read(later)).status).toBe(404);
    expect(scene.fixture.mailer.sent).toHaveLength(mailed);
  });
});

async function placeOrder(subjectId: SubjectId): Promise<string> {
  const order = anOrder(scene.fixture.cells.home, 'INR' as CurrencyCode, {
    ...{ subjectId, paymentMethod: 'upi', paymentToken: 'tok_1' },
  });
  const addressCiphertext = `v1|A256GCM|${subjectId}|1|a|b|c`;
  const orders = scene.worker.get(OrderStore, { strict: false });
  const database = scene.fixture.stores.shop.open('api');
  await database.unitOfWork((tx) => orders.insert(tx, { order, addressCiphertext }));
  return order.orderId;
}
