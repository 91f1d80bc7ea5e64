import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RightsPersonalData } from '@entrepot/flow-rights';
import { newCellId } from '@entrepot/kernel';
import { setTimeout as sleep } from 'node:timers/promises';
import { statement } from '@entrepot/platform-database';
import { dueAfter } from '@entrepot/privacy';
import { RightsScene } from './rights-scene.ts';
import type { Shopper } from './rights-scene.ts';

let scene: RightsScene;
beforeAll(async () => {
  scene = await RightsScene.open();
});
afterAll(() => scene.fixture.end());

const complaint = 'You wrote to me although I had objected.\nTwice.';
const answered = 'We are sorry. It was a list of an old supplier.';
const purpose = { 'entrepot-purpose': 'rights_request' };

const storedRows = statement(
  'spec.grievances_stored',
  `SELECT to_jsonb(g)::text || to_jsonb(r)::text AS "row" FROM rights.grievance g
   JOIN rights.request r USING (request_id) WHERE g.subject_id = $1
   UNION ALL SELECT to_jsonb(n)::text FROM rights.nominee n WHERE n.subject_id = $1`,
);
const rowsLeft = statement(
  'spec.grievances_left',
  `SELECT (SELECT count(*)::int FROM rights.grievance WHERE subject_id = $1)
     + (SELECT count(*)::int FROM rights.nominee WHERE subject_id = $1)
     + (SELECT count(*)::int FROM rights.request WHERE subject_id = $1) AS "rows"`,
);
const holdSubject = statement(
  'spec.hold_subject',
  'SELECT 1 FROM privacy.subject WHERE subject_id = $1 FOR UPDATE',
);
const holdMs = 400;
const restrict = statement('spec.restrict', 'SELECT privacy.restrict_subject($1, $2)');
const accessesOf = statement(
  'spec.accesses_of',
  'SELECT route FROM privacy.access_log WHERE subject_id = $1 ORDER BY at, route',
);

const complain = ({ token }: Shopper, text = complaint) =>
  scene.call('/v1/me/grievances', { method: 'POST', body: { text }, token });
const name = ({ token }: Shopper, fullName: string) =>
  scene.call('/v1/me/nominees', {
    ...{ method: 'POST', token },
    body: { fullName, contact: 'ravi@people.example' },
  });
const asOfficer = (url: string, body?: object) =>
  scene.call(url, {
    ...{ method: body === undefined ? 'GET' : 'POST', token: scene.staff.officer },
    ...{ headers: purpose, ...(body !== undefined && { body }) },
  });

describe('a complaint about what is done with one’s data', () => {
  it('has to be answered by the day that the law of the country sets', async () => {
    const shopper = await scene.newShopper();
    const { status, body } = await complain(shopper);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      ...{ text: complaint, answer: null, answeredAt: null },
      ...{ furtherRoute: 'the board', law: 'a law' },
    });
    const due = dueAfter(new Date(String(body['filedAt'])), { days: 90 }, 'Asia/Kolkata');
    expect(body['dueAt']).toBe(due.toISOString());
    const queue = await asOfficer('/admin/v1/privacy-requests');
    expect(queue.body['items']).toContainEqual(
      expect.objectContaining({ id: body['id'], kind: 'grievance', urgency: 'in_time' }),
    );
  });

  it('is read and answered by an officer who says why, once, and the person sees the answer', async () => {
    const shopper = await scene.newShopper();
    const id = String((await complain(shopper)).body['id']);
    const url = `/admin/v1/grievances/${id}`;
    expect((await scene.call(url, { token: scene.staff.officer })).status).toBe(400);
    const bySupport = { token: scene.staff.support, headers: purpose };
    expect((await scene.call(url, bySupport)).status).toBe(403);
    expect((await asOfficer(url)).body).toMatchObject({ text: complaint, answer: null });
    expect(await asOfficer(`${url}/answer`, { text: answered })).toMatchObject({
      ...{ status: 201, body: { answer: answered } },
    });
    expect(await asOfficer(`${url}/answer`, { text: 'Other words.' })).toMatchObject({
      ...{ status: 409, body: { code: 'GRIEVANCE_ANSWERED' } },
    });
    expect((await asOfficer('/admin/v1/grievances/rrq_x')).status).toBe(404);

    const { body } = await scene.call('/v1/me/grievances', { token: shopper.token });
    expect(body['grievances']).toEqual([
      expect.objectContaining({ id, answer: answered, answeredAt: expect.any(String) }),
    ]);
    const looked = await scene.superuser().query<{ route: string }>(accessesOf, [shopper.subject]);
    expect(looked.map(({ route }) => route)).toEqual([
      '/admin/v1/grievances/{requestId}',
      ...Array.from({ length: 2 }, () => '/admin/v1/grievances/{requestId}/answer'),
    ]);
  });

  it('waits with nine others at most', async () => {
    const shopper = await scene.newShopper();
    for (let at = 0; at < 10; at += 1) expect((await complain(shopper)).status).toBe(201);
    expect(await complain(shopper)).toMatchObject({
      ...{ status: 409, body: { code: 'GRIEVANCE_LIMIT_REACHED' } },
    });
    expect((await complain(shopper, ' ')).status).toBe(400);
  });

  it('waits with nine others at most, however many come at once', async () => {
    const shopper = await scene.newShopper();
    for (let at = 0; at < 9; at += 1) await complain(shopper);
    // both have counted, or wait to count, before either can write
    const both = await scene.superuser().unitOfWork(async (tx) => {
      await tx.query(holdSubject, [shopper.subject]);
      const asked = [complain(shopper), complain(shopper)];
      await sleep(holdMs);
      return asked;
    });
    const statuses = (await Promise.all(both)).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([201, 409]);
  });

  it('is taken from somebody whose data are restricted', async () => {
    const shopper = await scene.newShopper();
    const staff = newCellId('staff', scene.fixture.cells.home);
    await scene.superuser().query(restrict, [shopper.subject, staff]);
    expect((await complain(shopper)).status).toBe(201);
    expect((await name(shopper, 'Ravi Rao')).status).toBe(403);
  });
});

describe('who may act for a person', () => {
  it('lets a person name as many as the law table says, and take them back', async () => {
    const shopper = await scene.newShopper();
    const first = await name(shopper, 'Ravi Rao');
    expect(first).toMatchObject({ status: 201, body: { fullName: 'Ravi Rao', heardAt: null } });
    expect((await name(shopper, 'Mira Rao')).status).toBe(201);
    expect(await name(shopper, 'Uma Rao')).toMatchObject({
      ...{ status: 409, body: { code: 'NOMINEE_LIMIT_REACHED' } },
    });
    const url = `/v1/me/nominees/${String(first.body['id'])}`;
    const other = await scene.newShopper();
    const taken = async ({ token }: Shopper) =>
      (await scene.call(url, { method: 'DELETE', token })).status;
    expect(await taken(other)).toBe(404);
    expect(await taken(shopper)).toBe(204);
    expect(await taken(shopper)).toBe(404);
    expect((await name(shopper, 'Uma Rao')).status).toBe(201);
    const { body } = await scene.call('/v1/me/nominees', { token: shopper.token });
    const named = body['nominees'] as { fullName: string }[];
    expect(named.map(({ fullName }) => fullName)).toEqual(['Mira Rao', 'Uma Rao']);
  });

  it('is heard once by an officer, who notes where the proof lies', async () => {
    const shopper = await scene.newShopper();
    const { body } = await name(shopper, 'Ravi Rao');
    const url = `/admin/v1/accounts/${shopper.accountId}/nominees`;
    expect((await asOfficer(url)).body['nominees']).toEqual([body]);
    const hearing = `${url}/${String(body['id'])}/hearing`;
    const evidence = { evidenceReference: 'NOM-2027-12' };
    expect((await asOfficer(hearing, { evidenceReference: 'Ravi’s papers' })).status).toBe(400);
    expect(await asOfficer(hearing, evidence)).toMatchObject({
      ...{ status: 201, body: { fullName: 'Ravi Rao', heardAt: expect.any(String) } },
    });
    expect(await asOfficer(hearing, evidence)).toMatchObject({
      ...{ status: 409, body: { code: 'NOMINEE_HEARD' } },
    });
    expect((await asOfficer(`${url}/nmn_x/hearing`, evidence)).status).toBe(404);
  });
});

describe('what people complained of and whom they named', () => {
  it('lies under their keys, and goes with them', async () => {
    const shopper = await scene.newShopper();
    const id = String((await complain(shopper)).body['id']);
    await asOfficer(`/admin/v1/grievances/${id}/answer`, { text: answered });
    await name(shopper, 'Ravi Rao');
    const stored = await scene.superuser().query<{ row: string }>(storedRows, [shopper.subject]);
    expect(stored).toHaveLength(2);
    for (const { row } of stored) expect(row).not.toMatch(/objected|supplier|Ravi|people\.example/);

    const owner = scene.worker.get(RightsPersonalData, { strict: false });
    const outcomes = await owner.erase(shopper.subject);
    expect(outcomes.map(({ store, deleted }) => ({ store, deleted }))).toEqual([
      { store: 'rights.export', deleted: 0 },
      { store: 'rights.grievance', deleted: 1 },
      { store: 'rights.nominee', deleted: 1 },
      { store: 'rights.request', deleted: 1 },
    ]);
    expect(await scene.superuser().query(rowsLeft, [shopper.subject])).toEqual([{ rows: 0 }]);
  });
});
