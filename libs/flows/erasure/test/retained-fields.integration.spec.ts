import { erasureCertificateView } from '@entrepot/contracts/api/erasure-certificate';
import { statement } from '@entrepot/platform-database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fullName } from './erasure-scene.ts';
import type { Shopper } from './erasure-scene.ts';
import { canaries, StatutoryScene } from './statutory-scene.ts';

let scene: StatutoryScene;
beforeAll(async () => {
  scene = await StatutoryScene.open();
});
afterAll(() => scene.people.end());

/** The day after the law of the scene binds. */
const lawfulDay = '2027-05-14';
const small = 10_000;

interface KeptField {
  readonly store: string;
  readonly field: string;
  readonly text: string | null;
  readonly keptUntil: string | null;
}

async function keptOf(requestId: string): Promise<KeptField[]> {
  const { status, body } = await scene.readRetained(requestId);
  expect(status).toBe(200);
  return (body as unknown as { fields: KeptField[] }).fields;
}

/** Asked, approved and carried out until only the bytes of the key are left, all on one day. */
async function eraseOn(
  day: string,
  { accountId }: Shopper,
  work = () => Promise.resolve(),
): Promise<string> {
  const { people } = scene;
  return people.fixture.clock.on(day, () =>
    scene.withOfficersOfTheDay(async () => {
      const id = await people.askAndConfirm(accountId);
      expect(JSON.stringify((await people.read(id)).body['plan'])).toContain('RETAIN_');
      expect(await people.approve(id)).toMatchObject({
        ...{ status: 200, body: { status: 'partial' } },
      });
      await work();
      await people.workUntil(id, 'verified_unreadable');
      return id;
    }),
  );
}

describe('T23 a law that wants the regulated class kept for a year', () => {
  it('is not in force yet: everything goes now, and nothing is extracted', async () => {
    const shopper = await scene.people.newShopper();
    const id = await scene.people.askAndApprove(shopper.accountId);
    await scene.people.eraseAllButTheBytes(id);
    expect(await keptOf(id)).toEqual([]);
  });

  it('has exactly its fields moved under its cohort, and the rest shredded with the key', async () => {
    const shopper = await scene.people.newShopper();
    await scene.sell(shopper, small);
    const id = await eraseOn(lawfulDay, shopper);
    const kept = await keptOf(id);
    expect(kept.map(({ store, field }) => `${store}.${field}`).toSorted()).toEqual([
      ...['identity.account.email', 'identity.account.full_name'],
      ...['identity.session.started_at', 'orders.order.address'],
    ]);
    const texts = kept.map(({ text }) => text ?? '').join();
    for (const canary of [shopper.email, fullName, canaries.street]) {
      expect(texts).toContain(canary);
    }
    expect(new Set(kept.map(({ keptUntil }) => keptUntil))).toEqual(new Set(['2028-05-31']));
    expect(await scene.rows('identity.account', 'subject_id', shopper.subject)).toBe(0);
    expect(await scene.rows('orders."order"', 'subject_id', shopper.subject)).toBe(0);
    const [stored] = await books().query<{ text: string }>(asText, [id]);
    for (const canary of [shopper.subject, shopper.email, fullName]) {
      expect(stored?.text).not.toContain(canary);
    }
  });

  it('is told on the certificate, with its end', async () => {
    const shopper = await scene.people.newShopper();
    const id = await eraseOn(lawfulDay, shopper);
    await scene.people.endEpoch();
    await scene.people.passWindow();
    await scene.people.workUntil(id, 'closed');
    const url = `/admin/v1/erasure-requests/${id}/certificate`;
    const { body } = await scene.people.call(url, { token: scene.people.officers[0] });
    const { certificate } = erasureCertificateView.parse(body);
    expect(certificate.retained).toContainEqual({
      ...{ category: 'account', leaves: 'fields', law: 'the law of a-year', until: '2028-05-31' },
    });
    expect(certificate.stores).toContainEqual(
      expect.objectContaining({
        ...{ step: 'extract', store: 'identity.account', left: 2 },
        leftReason: 'KEPT_UNDER_COHORT',
      }),
    );
  });

  it('is read by privacy officers only, and each field that was read is noted', async () => {
    const id = await eraseOn(lawfulDay, await scene.people.newShopper());
    expect(await scene.readRetained(id, scene.taxToken)).toMatchObject({ status: 403 });
    expect(await books().query(readings, [id])).toEqual([{ count: 0 }]);
    const kept = await keptOf(id);
    expect(await books().query(readings, [id])).toEqual([{ count: kept.length }]);
    const shop = scene.people.fixture.stores.shop;
    for (const role of ['api', 'worker', 'audit'] as const) {
      await expect(shop.open(role).query(contents, [id])).rejects.toThrow('permission denied');
    }
  });

  it('keeps its fields against everybody until its last day', async () => {
    const id = await eraseOn(lawfulDay, await scene.people.newShopper());
    await expect(books().execute(remove, [id])).rejects.toThrow('is kept until');
    await expect(books().execute(change, [id])).rejects.toThrow('stays as it is');
  });
});

describe('T16 EXTRACT', () => {
  it('keeps each field once when two workers are at it', async () => {
    const shopper = await scene.people.newShopper();
    const other = await scene.people.fixture.startWorker();
    const id = await eraseOn(lawfulDay, shopper, async () => {
      await Promise.allSettled([
        ...[scene.people.work(), scene.people.work(other)],
        ...[scene.people.work(), scene.people.work(other)],
      ]);
    });
    expect(await keptOf(id)).toHaveLength(3);
  });

  it('is made good by the next worker when the first one died right after it', async () => {
    const shopper = await scene.people.newShopper();
    const id = await eraseOn(lawfulDay, shopper);
    const before = await keptOf(id);
    // as if the process had died before it wrote that the step was done
    await books().unitOfWork(async (tx) => {
      await tx.execute(withoutTriggers);
      await tx.execute(backToDrained, [id]);
      await tx.execute(undoEvents, [id]);
    });
    const other = await scene.people.fixture.startWorker();
    await scene.people.workUntil(id, 'verified_unreadable', other);
    expect(await keptOf(id)).toEqual(before);
  });

  it('cannot be passed by: the database ends no key whose fields are not moved', async () => {
    const shopper = await scene.people.newShopper();
    const id = await eraseOn(lawfulDay, shopper);
    await books().unitOfWork(async (tx) => {
      await tx.execute(withoutTriggers);
      await tx.execute(backToDrained, [id]);
      await tx.execute(undoEvents, [id]);
      await tx.execute(forgetExtract, [id]);
    });
    await expect(books().execute(leap, [id])).rejects.toThrow('not extracted');
    await expect(books().execute(leapOver, [id])).rejects.toThrow('does not go from');
  });
});

describe('a legal hold', () => {
  const held = { category: 'account', caseReference: 'CIV-2026-17' };

  it('keeps its category under the case, shreds the rest, and ends a year after the case', async () => {
    const shopper = await scene.people.newShopper();
    const hold = await scene.openHold(shopper.accountId, held.category, held.caseReference);
    expect(hold).toMatchObject({ status: 201, body: { ...held, releasedAt: null } });
    // the same wish again is the same hold
    expect(
      (await scene.openHold(shopper.accountId, held.category, held.caseReference)).body,
    ).toEqual(hold.body);
    const id = await scene.people.askAndApprove(shopper.accountId);
    expect((await scene.people.read(id)).body).toMatchObject({ status: 'partial' });
    await scene.people.eraseAllButTheBytes(id);
    const kept = await keptOf(id);
    expect(kept.map(({ field, keptUntil }) => [field, keptUntil])).toEqual([
      ['email', null],
      ['full_name', null],
    ]);
    expect(await scene.rows('privacy.legal_hold', 'subject_id', shopper.subject)).toBe(0);

    // the case was closed long ago, so that its year is over
    const { eraser } = scene.people.fixture;
    await scene.keepRecords();
    expect(await eraser.endCohorts.dryRun()).toEqual([]);
    const holdId = String(hold.body['id']);
    await scene.closeCase(holdId, '2020-03-01');
    await scene.keepRecords();
    expect(await eraser.endCohorts.dryRun()).toMatchObject([
      { cohort: 'HOLD_CIV-2026-17', endsOn: '2021-03-01' },
    ]);
    expect((await keptOf(id)).map(({ text }) => text)).toContain(fullName);
    await eraser.endCohorts.execute();
    expect((await keptOf(id)).map(({ text }) => text)).toEqual([null, null]);
    expect(await scene.keepRecords()).toBe(2);
    expect(await keptOf(id)).toEqual([]);
  });

  it('is not opened in a case that was closed, about nobody, nor by a name in place of a case', async () => {
    const { accountId } = await scene.people.newShopper();
    const { body } = await scene.openHold(accountId, 'order', 'CIV-2026-20');
    expect(await scene.release(String(body['id']))).toMatchObject({
      ...{ status: 200, body: { releasedAt: expect.any(String) } },
    });
    expect(await scene.openHold(accountId, 'account', 'CIV-2026-20')).toMatchObject({
      ...{ status: 409, body: { code: 'LEGAL_CASE_CLOSED' } },
    });
    expect(await scene.openHold(accountId, 'account', 'Asha Rao')).toMatchObject({ status: 400 });
    expect(await scene.openHold(accountId, 'login', 'CIV-2026-18')).toMatchObject({ status: 400 });
    const unknown = accountId.replace(/.{4}$/, '0000');
    expect(await scene.openHold(unknown, 'account', 'CIV-2026-18')).toMatchObject({ status: 404 });
  });

  it('that comes after the approval sends the plan back to the officers', async () => {
    const shopper = await scene.people.newShopper();
    const id = await scene.people.askAndApprove(shopper.accountId);
    await scene.openHold(shopper.accountId, 'account', 'CIV-2026-19');
    await scene.people.workUntil(id, 'assessed');
    const { events } = (await scene.people.read(id)).body as { events: object[] };
    expect(events.at(-1)).toMatchObject({ action: 'assess', detail: 'PLAN_CHANGED' });
  });
});

const books = () => scene.people.fixture.stores.shop.open('superuser');

const asText = statement(
  'spec.retained_as_text',
  `SELECT string_agg(r::text, ' ') AS "text" FROM privacy.retained_field r WHERE request_id = $1`,
);
const contents = statement(
  'spec.retained_contents',
  'SELECT content FROM privacy.retained_field WHERE request_id = $1',
);
const readings = statement(
  'spec.retained_readings',
  `SELECT count(*)::int AS "count" FROM privacy.record_reading r
   JOIN privacy.retained_field f ON f.field_id = r.record WHERE f.request_id = $1`,
);
const remove = statement(
  'spec.remove_retained',
  'DELETE FROM privacy.retained_field WHERE request_id = $1',
);
const change = statement(
  'spec.change_retained',
  `UPDATE privacy.retained_field SET keep_until = '2020-01-01' WHERE request_id = $1`,
);
const withoutTriggers = statement(
  'spec.retained_without_triggers',
  'SET LOCAL session_replication_role = replica',
);
const backToDrained = statement(
  'spec.back_to_drained',
  `UPDATE privacy.erasure_request SET status = 'drained', purged_at = NULL, key_unusable_at = NULL,
     version = (SELECT seq FROM privacy.erasure_event e
       WHERE e.request_id = $1 AND e.action = 'drain')
   WHERE request_id = $1`,
);
const undoEvents = statement(
  'spec.undo_events_after_drain',
  `DELETE FROM privacy.erasure_event e USING privacy.erasure_request r
   WHERE r.request_id = $1 AND e.request_id = $1 AND e.seq > r.version`,
);
const forgetExtract = statement(
  'spec.forget_extract',
  `DELETE FROM privacy.erasure_step WHERE request_id = $1 AND step = 'extract'`,
);
const leap = statement(
  'spec.leap_over_the_work',
  `UPDATE privacy.erasure_request SET version = version + 1, status = 'extracted'
   WHERE request_id = $1`,
);
const leapOver = statement(
  'spec.leap_over_extract',
  `UPDATE privacy.erasure_request SET version = version + 1, status = 'key_unusable',
     key_unusable_at = now() WHERE request_id = $1`,
);
