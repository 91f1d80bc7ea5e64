import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConsentsPersonalData } from '@entrepot/consents';
import { OfferExport, RightsPersonalData, sectionFacts } from '@entrepot/flow-rights';
import { newCellId } from '@entrepot/kernel';
import type { PersonalDataExtract, SubjectId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import { PersonalDataOwners, PrivacyPersonalData } from '@entrepot/privacy';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { differences, sectionsOf } from './copy-diff.ts';
import { anyPerson, live, placeOrders } from './person-facts.ts';
import type { PersonPlan } from './person-facts.ts';
import { openCopy, password, RightsScene } from './rights-scene.ts';
import type { Shopper } from './rights-scene.ts';

let scene: RightsScene;
beforeAll(async () => {
  scene = await RightsScene.open();
});
afterAll(() => scene.fixture.end());

const ageSessions = statement(
  'spec.age_sessions',
  `UPDATE identity.session SET started_at = now() - interval '11 minutes' WHERE subject_id = $1`,
);
const endExport = statement(
  'spec.end_export',
  `UPDATE rights.export SET expires_at = now() - interval '1 second' WHERE request_id = $1`,
);
const readExportRow = statement(
  'spec.read_export',
  `SELECT status, passphrase, archive, encode(token_hash, 'hex') AS "tokenHash"
   FROM rights.export WHERE request_id = $1`,
);
const restrict = statement('spec.restrict', 'SELECT privacy.restrict_subject($1, $2)');
const insertCorrection = statement(
  'spec.insert_correction',
  `INSERT INTO rights.request (request_id, subject_id, kind, requested_at, due_at)
   VALUES ($1, $2, 'rectification', now(), now() + interval '1 month')`,
);
const forgetLooks = statement(
  'spec.forget_looks',
  'DELETE FROM privacy.access_log WHERE subject_id = $1',
);
const readLink = statement(
  'spec.read_link',
  'SELECT link FROM rights.export WHERE request_id = $1',
);
const fence = statement('spec.fence', 'SELECT privacy.fence_subject($1)');
const tracesLeft = statement(
  'spec.traces_left',
  `SELECT (SELECT count(*)::int FROM rights.request WHERE subject_id = $1)
     + (SELECT count(*)::int FROM rights.export WHERE subject_id = $1)
     + (SELECT count(*)::int FROM consents.entry WHERE subject_id = $1)
     + (SELECT count(*)::int FROM privacy.access_log WHERE subject_id = $1) AS "rows"`,
);

const homeCell = () => scene.fixture.cells.home;

async function fetchedCopy(shopper: Shopper): Promise<ReadonlyMap<string, string>> {
  const asked = await scene.askForCopy(shopper);
  expect(asked.status).toBe(201);
  await scene.work();
  const fetched = await scene.fetch(asked.body['downloadPath']);
  expect(fetched.statusCode).toBe(200);
  return openCopy(fetched.rawPayload, asked.body['passphrase']);
}

const emptyPlan: PersonPlan = {
  ...{ fullName: 'Asha Rao', addresses: [], carts: [], orders: [], moreSessions: 0 },
  ...{ consents: [], corrections: [], grievances: [], nominees: [], looks: [] },
};

describe('T41 the copy of a person’s data', () => {
  it('says everything that happened and nothing else, whatever a person did', async () => {
    const property = fc.asyncProperty(anyPerson, async (plan) => {
      const { shopper, truth } = await live(scene, plan);
      const files = await fetchedCopy(shopper);
      expect(differences(truth, sectionsOf(files))).toEqual([]);
      expect([...sectionsOf(files).keys()].toSorted()).toEqual(
        Object.keys(sectionFacts).toSorted(),
      );
    });
    // a smaller person takes as long to live as a larger one
    await fc.assert(property, { numRuns: 8, endOnFailure: true });
  });

  it('is found wanting where any one owner hands out nothing', async () => {
    const [plan] = fc.sample(
      anyPerson.filter(
        ({ addresses, carts, orders, consents, looks }) =>
          Math.min(...[addresses, carts, orders, consents, looks].map((of) => of.length)) > 0,
      ),
      { numRuns: 1, seed: 41 },
    );
    const { shopper, truth } = await live(scene, plan ?? emptyPlan);
    await scene.askForCopy(shopper);
    const owners = scene.worker.get(PersonalDataOwners, { strict: false }).all();
    const extracts = new Map<string, readonly PersonalDataExtract[]>();
    for (const owner of owners) {
      extracts.set(owner.constructor.name, await owner.exportFor(shopper.subject));
    }
    const copyWithout = (missing: string) =>
      new Map(
        [...extracts].flatMap(([name, sections]) =>
          name === missing
            ? []
            : sections.map(({ section, records }) => [section, asJson(records)] as const),
        ),
      );
    expect(differences(truth, copyWithout('nobody'))).toEqual([]);
    const silent = owners.filter((owner) => extracts.get(owner.constructor.name)?.length === 0);
    expect(silent.map((owner) => owner.constructor.name)).toEqual([
      'IdempotencyPersonalData',
      'VaultPersonalData',
    ]);
    for (const owner of owners.filter((of) => !silent.includes(of))) {
      expect(differences(truth, copyWithout(owner.constructor.name))).not.toEqual([]);
    }
  });

  it('is a page, JSON and CSV, of which none runs what somebody wrote', async () => {
    const shopper = await scene.newShopper({ fullName: '=1+1 <script>alert(1)</script>' });
    const files = await fetchedCopy(shopper);
    expect(files.get('index.html')).toContain('=1+1 &lt;script&gt;alert(1)&lt;/script&gt;');
    expect(files.get('index.html')).not.toContain('<script>');
    const rows: Record<string, string>[] = parse(files.get('csv/account.csv') ?? '', {
      columns: true,
    });
    expect(rows).toMatchObject([{ fullName: "'=1+1 <script>alert(1)</script>" }]);
  });

  it('asks the databases as often for forty orders as for one', async () => {
    const [plan] = fc.sample(anyPerson, { numRuns: 1, seed: 7 });
    const address = {
      recipient: 'A',
      line1: 'B',
      city: 'C',
      postalCode: 'D',
      country: 'IN',
    } as const;
    const order = { lines: [{ sku: 'AAA-1', quantity: 1 }], address, unitPriceMinor: 100 };
    const statementsFor = async (orders: number): Promise<number> => {
      const { shopper } = await live(scene, { ...(plan ?? emptyPlan), orders: [] });
      await placeOrders(
        scene,
        shopper.subject,
        Array.from({ length: orders }, () => order),
      );
      // what others have left waiting is not counted
      await scene.work();
      await scene.askForCopy(shopper);
      const before = scene.fixture.workerShop.statementsSent;
      await scene.work();
      return scene.fixture.workerShop.statementsSent - before;
    };
    expect(await statementsFor(40)).toBe(await statementsFor(1));
  });
});

const asJson = (records: PersonalDataExtract['records']): Record<string, unknown>[] =>
  JSON.parse(
    JSON.stringify(records, (_key, of: unknown) => (typeof of === 'bigint' ? String(of) : of)),
  ) as Record<string, unknown>[];

describe('a copy on its way', () => {
  it('is asked for by whoever signed in just now, once per key, and its secrets are told once', async () => {
    const shopper = await scene.newShopper();
    const first = await scene.askForCopy(shopper, {}, 'key-of-one-request');
    const again = await scene.askForCopy(shopper, {}, 'key-of-one-request');
    expect(first.body).toMatchObject({ status: 'requested', madeAt: null });
    expect(String(first.body['passphrase'])).toMatch(/^([0-9a-z]{5}-){5}[0-9a-z]$/);
    expect(again.status).toBe(201);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(again.body).toMatchObject({
      ...{ id: first.body['id'], passphrase: null, downloadPath: null },
    });
    await scene.superuser().execute(ageSessions, [shopper.subject]);
    expect((await scene.askForCopy(shopper)).body).toMatchObject({
      code: 'FRESH_SIGN_IN_REQUIRED',
    });
  });

  it('keeps neither the secret of its link nor, once made, what opens it', async () => {
    const shopper = await scene.newShopper();
    const { body } = await scene.askForCopy(shopper);
    const rowOf = async () => {
      const [row] = await scene
        .superuser()
        .query<Record<string, string | null>>(readExportRow, [body['id']]);
      return row;
    };
    expect((await rowOf())?.['passphrase']).toMatch(/^v1\|/);
    await scene.work();
    const made = await rowOf();
    expect(made).toMatchObject({ status: 'ready', passphrase: null });
    expect(made?.['archive']).toMatch(/^v1\|/);
    const token = String(body['downloadPath']).split('/').at(-1) ?? '';
    expect(JSON.stringify(made)).not.toContain(token);
  });

  it('is fetched by one of many who come at once, and then by nobody', async () => {
    const shopper = await scene.newShopper();
    const { body } = await scene.askForCopy(shopper);
    const path = body['downloadPath'];
    expect((await scene.fetch(path)).statusCode).toBe(404);
    await scene.work();
    const answers = await Promise.all(Array.from({ length: 6 }, () => scene.fetch(path)));
    const statuses = answers.map(({ statusCode }) => statusCode).toSorted();
    expect(statuses).toEqual([200, 404, 404, 404, 404, 404]);
    const read = await scene.call(`/v1/me/exports/${String(body['id'])}`, { token: shopper.token });
    expect(read.body).toMatchObject({ status: 'downloaded' });
  });

  it('is not used up by whoever only looks whether the link is good', async () => {
    const shopper = await scene.newShopper();
    const { body } = await scene.askForCopy(shopper);
    await scene.work();
    const path = String(body['downloadPath']);
    const invented = `/v1/exports/${'x'.repeat(43)}`;
    for (const headers of [{ accept: 'text/html,*/*;q=0.8' }, { accept: '*/*' }]) {
      const peek = await scene.send(path, { method: 'HEAD', headers });
      expect([peek.statusCode, peek.body]).toEqual([200, '']);
      const looked = await scene.send(path, { headers });
      expect([looked.statusCode, looked.headers['cache-control']]).toEqual([200, 'no-store']);
      // nor does it tell anybody whether something is behind the link
      expect((await scene.send(invented, { headers })).body).toBe(looked.body);
    }
    expect((await scene.call(path)).body).toEqual({
      ...{ fetchWith: 'POST', fileName: 'your-data.zip.age', isGoodOnce: true },
    });
    const german = { accept: 'text/html', 'accept-language': 'de-AT,en;q=0.5' };
    const page = await scene.send(path, { headers: german });
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.body).toContain('Die Kopie Ihrer Daten');
    const [code = ''] = /(?<=<script>)[^<]+/.exec(page.body) ?? [];
    const hash = createHash('sha256').update(code).digest('base64');
    expect(page.headers['content-security-policy']).toContain(`script-src 'sha256-${hash}'`);
    expect((await scene.fetch(path)).statusCode).toBe(200);
  });

  it('answers a used, an expired, an early and an invented link alike', async () => {
    const shopper = await scene.newShopper();
    const used = await scene.askForCopy(shopper);
    const expired = await scene.askForCopy(shopper);
    await scene.work();
    const early = await scene.askForCopy(shopper);
    await scene.fetch(used.body['downloadPath']);
    await scene.superuser().execute(endExport, [expired.body['id']]);
    const links = [used, expired, early].map(({ body }) => String(body['downloadPath']));
    const answers: unknown[] = [];
    for (const link of [...links, `/v1/exports/${'x'.repeat(43)}`, '/v1/exports/short']) {
      const { status, body } = await scene.call(link, { method: 'POST' });
      answers.push({ status, ...body, traceId: undefined });
    }
    expect(new Set(answers.map((of) => JSON.stringify(of))).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });

  it('is offered before a key goes, and opens with what the offer said', async () => {
    const shopper = await scene.newShopper();
    const offer = await scene.worker.get(OfferExport, { strict: false }).execute(shopper.subject);
    await scene.work();
    const fetched = await scene.fetch(`/v1/exports/${offer.token}`);
    const files = await openCopy(fetched.rawPayload, offer.passphrase);
    expect(sectionsOf(files).get('account')).toMatchObject([{ email: shopper.email }]);
    await expect(openCopy(fetched.rawPayload, 'another')).rejects.toThrow();
  });

  it('is told by mail when it is there: a link that is good once, and no word that opens it', async () => {
    const shopper = await scene.newShopper({ language: 'de' });
    const { mailer, cells } = scene.fixture;
    const { body } = await scene.askForCopy(shopper);
    mailer.isAway = true;
    await expect(scene.work()).rejects.toThrow('away');
    const linkOf = async () =>
      (await scene.superuser().query<{ link: string | null }>(readLink, [body['id']]))[0]?.link;
    expect(await linkOf()).toMatch(/^v1\|/);
    mailer.isAway = false;
    await scene.work();
    await scene.work();
    const letters = mailer.sent.filter(({ to }) => to === shopper.email);
    const link = `${cells.directory.get(cells.home).origin}${String(body['downloadPath'])}`;
    expect(letters).toMatchObject([
      {
        kind: 'export_ready',
        locale: 'de',
        values: { link },
        reference: `${String(body['id'])}.ready`,
      },
    ]);
    expect(JSON.stringify(letters)).not.toContain(String(body['passphrase']));
    expect(await linkOf()).toBeNull();
    expect((await scene.fetch(body['downloadPath'])).statusCode).toBe(200);
  });

  it('is made for somebody whose data are restricted, of whom nothing else is written', async () => {
    const shopper = await scene.newShopper();
    await scene.superuser().execute(ageSessions, [shopper.subject]);
    await scene.superuser().query(restrict, [shopper.subject, newCellId('staff', homeCell())]);
    const refused = await scene.askForCopy(shopper);
    expect(refused.body).toMatchObject({ status: 403, code: 'FRESH_SIGN_IN_REQUIRED' });
    const asked = await scene.askForCopy(shopper, { password });
    expect(asked.status).toBe(201);
    await scene.work();
    const url = `/v1/me/exports/${String(asked.body['id'])}`;
    expect((await scene.call(url, { token: shopper.token })).body).toMatchObject({
      status: 'ready',
    });
    const fetched = await scene.fetch(asked.body['downloadPath']);
    const files = await openCopy(fetched.rawPayload, asked.body['passphrase']);
    expect(sectionsOf(files).get('account')).toMatchObject([{ email: shopper.email }]);
    const correction = {
      method: 'POST',
      body: { fullName: 'Other' },
      token: shopper.token,
    } as const;
    expect((await scene.call('/v1/me/rectifications', correction)).status).toBe(403);
    await expect(
      scene
        .superuser()
        .execute(insertCorrection, [newCellId('privacyRequest', homeCell()), shopper.subject]),
    ).rejects.toMatchObject({ code: 'PR003' });
  });

  it('is looked at while restricted for a right or a claim, and for nothing else', async () => {
    const shopper = await scene.newShopper();
    await scene.superuser().query(restrict, [shopper.subject, newCellId('staff', homeCell())]);
    const statuses: number[] = [];
    for (const purpose of ['support_request', 'incident', 'rights_request', 'legal_claim']) {
      const headers = { 'entrepot-purpose': purpose };
      const url = `/admin/v1/accounts/${shopper.accountId}`;
      statuses.push((await scene.call(url, { token: scene.staff.officer, headers })).status);
    }
    expect(statuses).toEqual([403, 403, 200, 200]);
    await expect(scene.superuser().execute(forgetLooks, [shopper.subject])).rejects.toThrow(
      'an entry of the access log is neither changed nor removed',
    );
  });

  it('is shown to nobody else', async () => {
    const [one, other] = [await scene.newShopper(), await scene.newShopper()];
    const { body } = await scene.askForCopy(one);
    const url = `/v1/me/exports/${String(body['id'])}`;
    expect((await scene.call(url, { token: other.token })).status).toBe(404);
    expect((await scene.call(url)).status).toBe(401);
  });
});

describe('staff', () => {
  it('read nothing about a person without saying why', async () => {
    const { accountId } = await scene.newShopper();
    const url = `/admin/v1/accounts/${accountId}`;
    const token = scene.staff.support;
    const refused = await scene.call(url, { token });
    expect(refused.body).toMatchObject({ status: 400, code: 'PURPOSE_REQUIRED' });
    const curious = { 'entrepot-purpose': 'curiosity' };
    expect((await scene.call(url, { token, headers: curious })).status).toBe(400);
  });

  it('order a copy that says on every page who has it and why, and the person learns of it', async () => {
    const shopper = await scene.newShopper();
    const headers = { 'idempotency-key': 'order-of-a-copy-1' };
    const url = `/admin/v1/accounts/${shopper.accountId}/exports`;
    const call = { method: 'POST', body: { purpose: 'legal_claim' }, headers } as const;
    expect((await scene.call(url, { ...call, token: scene.staff.support })).status).toBe(403);
    const { status, body } = await scene.call(url, { ...call, token: scene.staff.officer });
    expect(status).toBe(201);
    await scene.work();
    const fetched = await scene.fetch(body['downloadPath']);
    const page = (await openCopy(fetched.rawPayload, body['passphrase'])).get('index.html') ?? '';
    expect(page).toMatch(
      /for stf_in-1_[0-9a-z]{26} of our staff, for this purpose only: legal_claim/,
    );
    const seen = sectionsOf(await fetchedCopy(shopper)).get('accesses');
    expect(seen).toMatchObject([
      { read: '/admin/v1/accounts/{accountId}/exports', purpose: 'legal_claim' },
    ]);
  });

  it('cannot take back what the log says', async () => {
    const shopper = await scene.newShopper();
    const headers = { 'entrepot-purpose': 'incident' };
    const url = `/admin/v1/accounts/${shopper.accountId}`;
    await scene.call(url, { token: scene.staff.support, headers });
    for (const text of [
      `UPDATE privacy.access_log SET purpose = 'fraud_check' WHERE subject_id = $1`,
      'DELETE FROM privacy.access_log WHERE subject_id = $1',
    ]) {
      const change = statement(`spec.change_log_${text.slice(0, 3).toLowerCase()}`, text);
      await expect(scene.superuser().execute(change, [shopper.subject])).rejects.toThrow(
        'an entry of the access log is neither changed nor removed',
      );
    }
  });
});

describe('an erasure', () => {
  it('leaves nothing of exports, consents and the access log behind an erasure', async () => {
    const [plan] = fc.sample(anyPerson, { numRuns: 1, seed: 3 });
    const consents = [{ purpose: 'marketing_mail' as const, isGranted: true }];
    const looks = ['incident' as const];
    const { shopper } = await live(scene, { ...(plan ?? emptyPlan), consents, looks });
    const { body } = await scene.askForCopy(shopper);
    await scene.work();
    await scene.superuser().query(fence, [shopper.subject]);
    expect((await scene.fetch(body['downloadPath'])).statusCode).toBe(404);
    const erased = await eraseBy(shopper.subject);
    expect(erased).toEqual([]);
    const [left] = await scene.superuser().query<{ rows: number }>(tracesLeft, [shopper.subject]);
    expect(left?.rows).toBe(0);
  });
});

/** What any of the three owners left of a table that must be empty. */
async function eraseBy(subject: SubjectId): Promise<string[]> {
  const left: string[] = [];
  for (const Owner of [RightsPersonalData, ConsentsPersonalData, PrivacyPersonalData]) {
    for (const outcome of await scene.worker.get(Owner, { strict: false }).erase(subject)) {
      if (outcome.left > 0 && outcome.leftReason !== 'TOMBSTONE') left.push(outcome.store);
    }
  }
  return left;
}
