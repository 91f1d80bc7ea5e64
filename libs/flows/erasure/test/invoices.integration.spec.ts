import { newCellId } from '@entrepot/kernel';
import type { OrderId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { attackInvoice } from './statutory-attack.ts';
import { canaries, StatutoryScene } from './statutory-scene.ts';

let scene: StatutoryScene;
beforeAll(async () => {
  scene = await StatutoryScene.open();
});
afterAll(() => scene.people.end());

const small = 50_000;
const large = 50_001;

describe('T22 an invoice', () => {
  it('is read by a tax officer who says why, and every reading is noted for ever', async () => {
    const orderId = await scene.sell(await scene.people.newShopper(), large);
    expect(await scene.readInvoice(orderId)).toMatchObject({
      status: 200,
      body: {
        ...{ orderId, kind: 'full', law: 'the law of invoices' },
        fields: { buyerName: canaries.recipient, total: { amountMinor: String(large) } },
      },
    });
    const books = scene.people.fixture.stores.shop.open('superuser');
    const [reading] = await books.query(readings, [orderId]);
    expect(reading).toMatchObject({ purpose: 'tax_audit', store: 'invoices.invoice' });
    for (const change of [changeReadings, removeReadings]) {
      await expect(books.execute(change)).rejects.toThrow('are for ever');
    }
  });

  it('is given to its buyer who asks for it, by a tax officer who says so', async () => {
    const orderId = await scene.sell(await scene.people.newShopper(), large);
    const read = await scene.readInvoice(orderId, scene.taxToken, 'access_request');
    expect(read).toMatchObject({ status: 200, body: { fields: { total: {} } } });
    const books = scene.people.fixture.stores.shop.open('superuser');
    expect(await books.query(readings, [orderId])).toMatchObject([{ purpose: 'access_request' }]);
  });

  it('is read by nobody else, by no door and with no other purpose', async () => {
    const shopper = await scene.people.newShopper();
    const orderId = await scene.sell(shopper, large);
    const [officer = ''] = scene.people.officers;
    expect(await scene.readInvoice(orderId, officer)).toMatchObject({ status: 403 });
    expect(await scene.readInvoice(orderId, shopper.token)).toMatchObject({ status: 401 });
    expect(await scene.readInvoice(orderId, scene.taxToken, 'curiosity')).toMatchObject({
      status: 400,
    });
    const { shop } = scene.people.fixture.stores;
    for (const role of ['api', 'worker', 'audit'] as const) {
      await expect(shop.open(role).query(content, [orderId])).rejects.toThrow('permission denied');
    }
    const { body } = await scene.people.call('/admin/v1/me', { token: officer });
    const asOfficer = [orderId, String(body['id']), 'tax_audit'];
    await expect(shop.open('api').query(readPast, asOfficer)).rejects.toThrow('tax-officer only');
    expect(await shop.open('superuser').query(readings, [orderId])).toEqual([]);
  });

  it('is unknown for an order that was never confirmed', async () => {
    const orderId = newCellId('order', scene.people.fixture.cells.home);
    expect(await scene.readInvoice(orderId)).toMatchObject({ status: 404 });
  });

  it('is written once and never edited, moved or deleted before its time', async () => {
    const orderId = await scene.sell(await scene.people.newShopper(), large);
    const books = scene.people.fixture.stores.shop.open('superuser');
    await expect(books.execute(edit, [orderId])).rejects.toThrow('is kept until');
    await expect(books.execute(remove, [orderId])).rejects.toThrow('is kept until');
  });
});

describe('T22 the erasure of a buyer', () => {
  it('leaves the invoice readable for the tax officer, and the order about nobody', async () => {
    const shopper = await scene.people.newShopper();
    const orderId = await scene.sell(shopper, large);
    const id = await scene.people.askAndApprove(shopper.accountId);
    expect((await scene.people.read(id)).body).toMatchObject({ status: 'partial' });
    const { plan } = (await scene.people.read(id)).body as { plan: { entries: object[] } };
    expect(plan.entries).toContainEqual(
      expect.objectContaining({
        ...{ category: 'invoice', stores: ['invoices.invoice'], action: 'retain-until' },
        ...{ leaves: 'fields', fields: [], cohort: expect.stringMatching(/^FISCAL_entity_/) },
      }),
    );
    await scene.people.eraseAllButTheBytes(id);
    expect(await scene.rows('orders."order"', 'subject_id', shopper.subject)).toBe(0);
    expect(await scene.readInvoice(orderId)).toMatchObject({
      ...{ status: 200, body: { fields: { buyerName: canaries.recipient } } },
    });
  });

  it('RP18 leaves a thief nothing without the fiscal key, and with it what the law names', async () => {
    const shopper = await scene.people.newShopper();
    const orderId = await scene.sell(shopper, large);
    const unnamed = await scene.sell(shopper, small);
    await scene.people.eraseAllButTheBytes(await scene.people.askAndApprove(shopper.accountId));
    // somebody else's key is at hand, so that not only the fiscal one is tried
    await scene.people.newShopper();
    const opened = await attackInvoice(scene.people.fixture, orderId);
    expect([...opened.keys()]).toEqual([expect.stringMatching(/^FISCAL_entity_/)]);
    const [text = ''] = opened.values();
    expect(Object.keys((JSON.parse(text) as { fields: object }).fields).toSorted()).toEqual([
      ...['buyerName', 'issuedOn', 'lines', 'seller', 'tax', 'total'],
    ]);
    expect(text).toContain(canaries.recipient);
    expect(text).not.toContain(canaries.street);
    const [smallText = ''] = (await attackInvoice(scene.people.fixture, unnamed)).values();
    expect(smallText).not.toContain('Canary');
  });

  it('keeps nobody under a law who is named on no invoice', async () => {
    const shopper = await scene.people.newShopper();
    await scene.sell(shopper, small);
    const id = await scene.people.askAndApprove(shopper.accountId);
    expect((await scene.people.read(id)).body).toMatchObject({ status: 'approved' });
  });

  it('names nobody on an invoice that comes after the fence', async () => {
    const shopper = await scene.people.newShopper();
    const { shop } = scene.people.fixture.stores;
    const orderId = newCellId('order', scene.people.fixture.cells.home);
    const prepared = await scene.prepareInvoice(orderId, shopper, large);
    await shop.open('worker').query(fenceSubject, [shopper.subject]);
    await scene.writeInvoice(prepared);
    expect(await scene.readInvoice(orderId)).toMatchObject({
      ...{ status: 200, body: { kind: 'full', fields: { buyerName: null } } },
    });
  });
});

describe('T22 the end of a fiscal cohort', () => {
  it('comes by the clock, shreds every invoice of it, and takes the rows along', async () => {
    const { fixture } = scene.people;
    const shopper = await scene.people.newShopper();
    const orderId = await fixture.clock.on('2015-06-01', async (): Promise<OrderId> => {
      await scene.keepRecords();
      return scene.sell(shopper, large);
    });
    const current = await scene.sell(shopper, large);
    const { endCohorts } = fixture.eraser;
    const ending = [{ cohort: 'FISCAL_entity_2015', endsOn: '2022-12-31', isUnusable: false }];
    expect(await endCohorts.dryRun()).toMatchObject(ending);
    const later = await endCohorts.dryRun('2099-01-01');
    expect(later.map(({ endsOn }) => endsOn > '2026-12-01')).toEqual(
      expect.arrayContaining([true, false]),
    );
    expect(await scene.readInvoice(orderId)).toMatchObject({ status: 200 });

    expect(await endCohorts.execute()).toEqual({ scheduled: 1, destroyed: 0 });
    expect(await scene.readInvoice(orderId)).toMatchObject({
      ...{ status: 410, body: { code: 'COHORT_ENDED' } },
    });
    expect((await attackInvoice(fixture, orderId)).size).toBe(0);
    expect(await scene.keepRecords()).toBe(1);
    expect(await scene.rows('invoices.invoice', 'order_id', orderId)).toBe(0);
    expect(await scene.readInvoice(current)).toMatchObject({ status: 200 });

    await scene.people.passWindow();
    expect(await endCohorts.execute()).toEqual({ scheduled: 0, destroyed: 1 });
    expect(await endCohorts.dryRun()).toEqual([]);
    const vault = fixture.stores.vault.open('superuser');
    expect(await vault.query(cohortRow, ['FISCAL_entity_2015'])).toEqual([
      { keyArn: null, wrapped: null, digestBytes: 32 },
    ]);
    // an ended cohort is never made again
    await fixture.clock.on('2015-06-01', () => scene.keepRecords());
    expect(await vault.query(cohortRow, ['FISCAL_entity_2015'])).toMatchObject([{ keyArn: null }]);
  });

  it('cannot be brought forward, not even by those who may end a key', async () => {
    const { vault } = scene.people.fixture.stores;
    for (const role of ['eraser', 'superuser'] as const) {
      await expect(vault.open(role).execute(endNow)).rejects.toThrow('is kept until');
    }
    await expect(vault.open('worker').execute(shorten)).rejects.toThrow('stays as it was made');
    await expect(vault.open('worker').execute(endNow)).rejects.toThrow('permission denied');
    await expect(vault.open('api').execute(shorten)).rejects.toThrow('permission denied');
  });
});

const readings = statement(
  'spec.readings',
  `SELECT r.purpose, r.store FROM privacy.record_reading r
   JOIN invoices.invoice i ON i.invoice_id = r.record WHERE i.order_id = $1`,
);
const changeReadings = statement(
  'spec.change_readings',
  `UPDATE privacy.record_reading SET purpose = 'tax_return'`,
);
const removeReadings = statement('spec.remove_readings', 'DELETE FROM privacy.record_reading');
const content = statement(
  'spec.invoice_content',
  'SELECT content FROM invoices.invoice WHERE order_id = $1',
);
const readPast = statement(
  'spec.read_past_the_guard',
  'SELECT content FROM invoices.read_invoice($1, $2, $3)',
);
const edit = statement(
  'spec.edit_invoice',
  `UPDATE invoices.invoice SET country = 'XX' WHERE order_id = $1`,
);
const remove = statement('spec.remove_invoice', 'DELETE FROM invoices.invoice WHERE order_id = $1');
const fenceSubject = statement('spec.fence_subject', 'SELECT privacy.fence_subject($1)');
const cohortRow = statement(
  'spec.cohort_row',
  `SELECT kms_key_arn AS "keyArn", wrapped_key AS "wrapped",
     octet_length(kms_key_digest) AS "digestBytes"
   FROM vault.cohort_key WHERE cohort = $1`,
);
const endNow = statement(
  'spec.end_now',
  'UPDATE vault.cohort_key SET unusable_at = now() WHERE ends_on >= current_date',
);
const shorten = statement(
  'spec.shorten',
  `UPDATE vault.cohort_key SET ends_on = '2020-01-01' WHERE ends_on >= current_date`,
);
