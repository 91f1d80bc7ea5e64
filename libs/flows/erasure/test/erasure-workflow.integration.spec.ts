import { erasureCertificateView } from '@entrepot/contracts/api/erasure-certificate';
import { newCellId } from '@entrepot/kernel';
import type { ErasureRequestId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import {
  brokenLinks,
  certificateStatement,
  ErasureStore,
  PersonalDataOwners,
} from '@entrepot/privacy';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import canonicalize from 'canonicalize';
import { verify } from 'node:crypto';
import { ErasureScene, fullName } from './erasure-scene.ts';

let scene: ErasureScene;
beforeAll(async () => {
  scene = await ErasureScene.open();
});
afterAll(() => scene.end());

describe('four eyes', () => {
  it('T28 refuses the approval of whoever asked, in code and in the database', async () => {
    const { accountId } = await scene.newShopper();
    const id = String((await scene.ask(accountId)).body['id']);
    expect(await scene.approve(id, scene.officers[0])).toMatchObject({
      status: 403,
      body: { code: 'ERASURE_NEEDS_ANOTHER_PERSON' },
    });
    const forge = statement(
      'spec.forge',
      `UPDATE privacy.erasure_request SET status = 'approved', version = version + 1,
         approved_by = requested_by, approved_by_person = requested_by_person, approved_at = now(),
         approved_digest = plan_digest, confirmed_digest = plan_digest, confirmed_at = now()
       WHERE request_id = $1`,
    );
    const database = scene.fixture.stores.shop.open('api');
    await expect(database.execute(forge, [id])).rejects.toThrow('erasure_request_four_eyes');
  });

  it('refuses the one who is to be erased', async () => {
    const { body } = await scene.call('/admin/v1/me', { token: scene.officers[1] });
    const staffId = String(body['id']);
    expect(await scene.ask(staffId, scene.officers[1])).toMatchObject({
      status: 403,
      body: { code: 'ERASURE_NEEDS_ANOTHER_PERSON' },
    });
    const id = String((await scene.ask(staffId, scene.officers[0])).body['id']);
    expect(await scene.approve(id, scene.officers[1])).toMatchObject({ status: 403 });
  });

  it('T17 answers the same request again, and a second one with 409', async () => {
    const { accountId } = await scene.newShopper();
    const first = await scene.ask(accountId);
    expect(first.status).toBe(201);
    expect((await scene.ask(accountId)).body).toEqual(first.body);
    expect(await scene.ask(accountId, scene.officers[1])).toMatchObject({
      status: 409,
      body: { code: 'ERASURE_OPEN' },
    });
  });

  it('lets no shopper in, and knows nobody by a made-up id', async () => {
    const { accountId, token } = await scene.newShopper();
    // a shopper's token is no token here
    expect((await scene.ask(accountId, token)).status).toBe(401);
    expect((await scene.ask(newCellId('account', scene.fixture.cells.home))).status).toBe(404);
    expect((await scene.ask('someone@people.example')).status).toBe(400);
  });

  it('leaves an unapproved person alone', async () => {
    const shopper = await scene.newShopper();
    await scene.ask(shopper.accountId);
    await scene.work();
    await scene.fixture.eraser.destroyKeys.execute();
    expect((await scene.call('/v1/me', { token: shopper.token })).status).toBe(200);
  });
});

describe('an approval', () => {
  it('T28 is of the plan that was shown, and is given once', async () => {
    const id = await scene.askAndConfirm((await scene.newShopper()).accountId);
    expect(await scene.approve(id, scene.officers[1], '0'.repeat(64))).toMatchObject({
      status: 409,
      body: { code: 'ERASURE_PLAN_CHANGED' },
    });
    expect(await scene.approve(id)).toMatchObject({ status: 200, body: { status: 'approved' } });
    expect(await scene.approve(id)).toMatchObject({
      status: 409,
      body: { code: 'ERASURE_APPROVAL_REPLAYED' },
    });
  });

  it('falls with the plan that it was of', async () => {
    const id = await scene.askAndApprove((await scene.newShopper()).accountId);
    expect(await scene.steer(id, 'hold')).toMatchObject({ body: { status: 'on_hold' } });
    expect(await scene.steer(id, 'release')).toMatchObject({ body: { status: 'approved' } });
    expect(await scene.steer(id, 'assess')).toMatchObject({
      body: { status: 'assessed', approvedBy: null },
    });
    expect(await scene.steer(id, 'withdraw')).toMatchObject({ body: { status: 'withdrawn' } });
    expect(await scene.steer(id, 'assess')).toMatchObject({
      status: 409,
      body: { code: 'ERASURE_STATE_FORBIDS' },
    });
  });

  it('gives more time once', async () => {
    const id = String((await scene.ask((await scene.newShopper()).accountId)).body['id']);
    const extended = await scene.steer(id, 'extend');
    expect(extended).toMatchObject({ status: 200, body: { isExtended: true } });
    expect(await scene.steer(id, 'extend')).toMatchObject({
      status: 409,
      body: { code: 'ERASURE_NOT_EXTENDABLE' },
    });
  });
});

describe('the record of a request', () => {
  it('cannot be changed, shortened or left out, not even by the owner', async () => {
    const id = await scene.askAndApprove((await scene.newShopper()).accountId);
    const books = scene.fixture.stores.shop.open('superuser');
    for (const change of [changeEvent, removeEvents, removeRequest]) {
      await expect(books.execute(change, [id])).rejects.toThrow('are for ever');
    }
    await expect(books.execute(silentChange, [id])).rejects.toThrow('has no event');
    await expect(books.execute(leap, [id])).rejects.toThrow('does not go from');
    const { events } = (await scene.read(id)).body as { events: object[] };
    expect(events).toHaveLength(6);
  });

  it('is the same chain to the database and to code', async () => {
    const id = await scene.askAndApprove((await scene.newShopper()).accountId);
    const events = await scene.worker
      .get(ErasureStore, { strict: false })
      .eventsOf(id as ErasureRequestId);
    expect(events.map(({ action }) => action)).toEqual([
      ...['receive', 'verify-identity', 'offer-copy', 'assess', 'confirm', 'approve'],
    ]);
    expect(brokenLinks(events)).toEqual([]);
  });
});

const changeEvent = statement(
  'spec.change_event',
  "UPDATE privacy.erasure_event SET actor = 'eraser' WHERE request_id = $1",
);
const removeEvents = statement(
  'spec.remove_events',
  'DELETE FROM privacy.erasure_event WHERE request_id = $1',
);
const removeRequest = statement(
  'spec.remove_request',
  'DELETE FROM privacy.erasure_request WHERE request_id = $1',
);
const silentChange = statement(
  'spec.silent_change',
  `UPDATE privacy.erasure_request SET version = version + 1, status = 'cooling_off',
     cooling_off_until = now() WHERE request_id = $1`,
);
const leap = statement(
  'spec.leap',
  `UPDATE privacy.erasure_request SET version = version + 1, status = 'fenced'
   WHERE request_id = $1`,
);

describe('a table that nobody answers for', () => {
  it('fails the request by its name before anything is touched, and is tried again', async () => {
    const shopper = await scene.newShopper();
    const id = await scene.askAndApprove(shopper.accountId);
    const books = scene.fixture.stores.shop.open('superuser');
    await books.execute(plantTable);
    await scene.workUntil(id, 'failed');
    expect((await scene.read(id)).body).toMatchObject({
      ...{ failure: { step: 'commit', code: 'ERASURE_STORE_UNKNOWN' }, resumesTo: 'cooling_off' },
    });
    expect(await scene.call('/v1/me', { token: shopper.token })).toMatchObject({
      body: { code: 'ACCOUNT_RESTRICTED' },
    });
    await books.execute(dropTable);
    expect(await scene.steer(id, 'retry')).toMatchObject({ body: { status: 'cooling_off' } });
    await scene.eraseAllButTheBytes(id);
  });
});

const plantTable = statement(
  'spec.plant_table',
  'CREATE TABLE carts.wish (wish_id text, subject_id text)',
);
const dropTable = statement('spec.drop_table', 'DROP TABLE carts.wish');

describe('a certificate', () => {
  it('is signed once the key is gone, can be checked by anyone, and names nobody', async () => {
    const shopper = await scene.newShopper();
    const id = await scene.askAndApprove(shopper.accountId);
    await scene.eraseAllButTheBytes(id);
    const url = `/admin/v1/erasure-requests/${id}/certificate`;
    expect(await scene.call(url, { token: scene.officers[0] })).toMatchObject({
      status: 404,
      body: { code: 'ERASURE_NOT_CERTIFIED' },
    });
    await scene.endEpoch();
    await scene.passWindow();
    await scene.workUntil(id, 'closed');
    const { status, body } = await scene.call(url, { token: scene.officers[0] });
    expect(status).toBe(200);
    const { certificate, signature } = erasureCertificateView.parse(body);
    const canonical = canonicalize(certificate) ?? '';
    const key = { key: signature.publicKey, dsaEncoding: 'ieee-p1363' } as const;
    const value = Buffer.from(signature.value, 'base64url');
    expect(verify('sha256', certificateStatement(canonical), key, value)).toBe(true);
    const tampered = certificateStatement(canonical.replace('"persons":2', '"persons":3'));
    expect(verify('sha256', tampered, key, value)).toBe(false);
    const { unusable, destroyed } = certificate.claims;
    expect(Date.parse(unusable.since)).toBeLessThan(Date.parse(destroyed.at));
    for (const personal of [shopper.subject, shopper.accountId, shopper.email, fullName]) {
      expect(canonical).not.toContain(personal);
    }
    expect(certificate.notDone).toEqual([
      ...['PERSON_NOT_ASKED_ANEW', 'COPY_NOT_OFFERED'],
      ...['NO_RECIPIENT_CONNECTED', 'NO_SCAN_NO_RESTORE_DRILL'],
    ]);
  });
});

describe('the owners of a worker', () => {
  it('are found by what they are', () => {
    const tables = scene.worker.get(PersonalDataOwners, { strict: false }).tables();
    expect(tables).toEqual(
      expect.arrayContaining(['identity.account', 'orders.order', 'vault.login_index']),
    );
  });
});
