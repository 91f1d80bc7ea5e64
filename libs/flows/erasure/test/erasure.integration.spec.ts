import { CancelKeyDeletionCommand, DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { newCellId, regionOf } from '@entrepot/kernel';
import type { CurrencyCode, SubjectId } from '@entrepot/kernel';
import { OrderStore } from '@entrepot/orders';
import type { Order } from '@entrepot/orders';
import { anOrder } from '@entrepot/orders/testing';
import { FieldCipher, isTombstone, SubjectKey } from '@entrepot/platform-crypto';
import type { Ciphertext, SubjectKeys } from '@entrepot/platform-crypto';
import { statement } from '@entrepot/platform-database';
import { PersonalDataOwners, RunErasures } from '@entrepot/flow-erasure';
import { MoveToOpenEpoch, OpenKeyEpoch } from '@entrepot/privacy';
import type { KmsPrincipal } from '@entrepot/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ErasureFixture } from './erasure-fixture.ts';

const password = 'correct horse battery staple';
const fullName = 'Canary Forgotten';
const windowDays = 8;
let fixture: ErasureFixture;
let api: NestFastifyApplication;
let worker: INestApplicationContext;
let officers: string[];
let number = 0;

beforeAll(async () => {
  fixture = await ErasureFixture.start();
  worker = await fixture.startWorker();
  api = await fixture.startApi();
  const emails = ['first@officers.example', 'second@officers.example'];
  await fixture.seedOfficers(worker, password, emails);
  officers = [];
  for (const email of emails) officers.push(await signIn('/admin/v1/sessions', email));
});
afterAll(() => fixture.end());

interface Call {
  readonly method?: 'GET' | 'POST';
  readonly body?: object;
  readonly token?: string | undefined;
}

async function call(url: string, { method = 'GET', body, token }: Call = {}) {
  const answer = await api.inject({
    ...{ method, url },
    ...(body !== undefined && { payload: body }),
    headers: {
      'entrepot-residence': 'IN',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
  });
  return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
}

async function signIn(url: string, email: string): Promise<string> {
  const { body } = await call(url, { method: 'POST', body: { email, password } });
  return String(body['accessToken']);
}

const register = (email: string) =>
  call('/v1/accounts', { method: 'POST', body: { email, password, fullName } });

async function newShopper() {
  const email = `forgotten${++number}@people.example`;
  const account = (await register(email)).body;
  const accountId = String(account['id']);
  const [row] = await fixture.stores.shop
    .open('superuser')
    .query<{ subject: SubjectId }>(subjectOfAccount, [accountId]);
  if (row === undefined) throw new Error('the account was not written');
  return { email, accountId, ...row, token: await signIn('/v1/sessions', email) };
}
const subjectOfAccount = statement(
  'spec.subject_of_account',
  'SELECT subject_id AS "subject" FROM identity.account WHERE account_id = $1',
);

const ask = (accountId: string, token = officers[0]) =>
  call('/admin/v1/erasure-requests', { method: 'POST', body: { accountId }, token });
const approve = (id: string, token = officers[1]) =>
  call(`/admin/v1/erasure-requests/${id}/approval`, { method: 'POST', token });
const read = (id: string) => call(`/admin/v1/erasure-requests/${id}`, { token: officers[0] });

async function askAndApprove(accountId: string): Promise<string> {
  const id = String((await ask(accountId)).body['id']);
  expect(await approve(id)).toMatchObject({ status: 200, body: { status: 'approved' } });
  return id;
}
const work = (on = worker) => on.get(RunErasures, { strict: false }).execute();
async function eraseAllButTheBytes(): Promise<void> {
  await work();
  await fixture.eraser.destroyKeys.execute();
  await work();
}

/** The epoch under which the login lay ends, once everybody else has moved to the next. */
async function endEpoch(): Promise<void> {
  const due = statement(
    'spec.due',
    'UPDATE vault.key_epoch SET due_at = now() WHERE closed_at IS NULL',
  );
  await fixture.stores.vault.open('superuser').execute(due);
  await worker.get(OpenKeyEpoch, { strict: false }).execute();
  await worker.get(MoveToOpenEpoch, { strict: false }).execute();
  await fixture.eraser.retireEpochs.execute();
}

async function passWindow(): Promise<void> {
  const { endpoint, adminSecret } = fixture.stores.kms;
  const answer = await fetch(`${endpoint}/emulator/clock`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminSecret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ advanceSeconds: windowDays * 86_400 }),
  });
  expect(answer.status).toBe(200);
}

/** Everything a thief of both databases has about one person. */
interface Loot {
  readonly subject: SubjectId;
  readonly accountId: string;
  readonly keyArn: string;
  readonly wrapped: Buffer;
  readonly fullName: Ciphertext;
}

async function steal(subject: SubjectId): Promise<Loot> {
  const { shop, vault } = fixture.stores;
  const [key] = await vault.open('superuser').query<Pick<Loot, 'keyArn' | 'wrapped'>>(
    statement(
      'spec.steal_key',
      `SELECT kms_key_arn AS "keyArn", wrapped_key AS "wrapped" FROM vault.subject_key
       WHERE subject_id = $1`,
    ),
    [subject],
  );
  const [account] = await shop.open('superuser').query<Pick<Loot, 'accountId' | 'fullName'>>(
    statement(
      'spec.steal_account',
      `SELECT account_id AS "accountId", full_name AS "fullName" FROM identity.account
       WHERE subject_id = $1`,
    ),
    [subject],
  );
  if (key === undefined || account === undefined) throw new Error('there was nothing to steal');
  return { subject, ...key, ...account };
}

const kmsClient = (principal: KmsPrincipal): KMSClient => {
  const { kms } = fixture.stores;
  const credentials = kms.credentialsFor(principal);
  return new KMSClient({ endpoint: kms.endpoint, region: kms.awsRegion, credentials });
};

/** Opens the stolen row with the stolen wrapped key and a live login at the KMS. */
async function attack(loot: Loot, principal: KmsPrincipal = 'api'): Promise<string> {
  const { subject, keyArn, wrapped } = loot;
  const EncryptionContext = { purpose: 'subject-key', subject };
  const { Plaintext } = await kmsClient(principal).send(
    new DecryptCommand({ KeyId: keyArn, CiphertextBlob: wrapped, EncryptionContext }),
  );
  const key = new SubjectKey(Buffer.from(Plaintext ?? []), 1);
  const keys = { use: (_: SubjectId, open: (k: SubjectKey) => unknown) => open(key) };
  const cipher = new FieldCipher(regionOf(fixture.cells.home), keys as unknown as SubjectKeys);
  const place = { table: 'identity.account', rowId: loot.accountId, subject };
  const opened = await cipher.decrypt(place, { full_name: loot.fullName });
  return isTombstone(opened) ? 'tombstone' : opened.full_name;
}

/** The bytes of a key as the emulator stores them, read where only a thief of its disk reads. */
function materialOf(keyArn: string): Buffer {
  const keyId = keyArn.split('/').at(-1) ?? '';
  const line = readFileSync(fixture.stores.kms.storeFile, 'utf8')
    .split('\n')
    .find((text) => text.includes('"material"') && text.includes(`"id":"${keyId}"`));
  if (line === undefined) throw new Error('the emulator has no such key');
  return Buffer.from((JSON.parse(line) as { material: string }).material, 'base64');
}

function filesWith(secret: Buffer): string[] {
  const folder = dirname(fixture.stores.kms.storeFile);
  const forms = [secret, secret.toString('base64'), secret.toString('hex')];
  return readdirSync(folder).filter((name) => {
    const content = readFileSync(join(folder, name));
    return forms.some((form) => content.includes(form));
  });
}

describe('an erasure', () => {
  it('makes every stolen copy unreadable at once, and for ever after the window', async () => {
    const shopper = await newShopper();
    const loot = await steal(shopper.subject);
    expect(await attack(loot)).toBe(fullName);
    const material = materialOf(loot.keyArn);
    expect(filesWith(material)).not.toEqual([]);

    const id = await askAndApprove(shopper.accountId);
    await eraseAllButTheBytes();
    expect((await read(id)).body).toMatchObject({ status: 'purged', isErased: true });
    for (const principal of ['api', 'worker'] as const) {
      await expect(attack(loot, principal)).rejects.toThrow();
      await expect(
        kmsClient(principal).send(new CancelKeyDeletionCommand({ KeyId: loot.keyArn })),
      ).rejects.toMatchObject({ name: 'AccessDeniedException' });
    }

    await endEpoch();
    await passWindow();
    await fixture.eraser.retireEpochs.execute();
    await fixture.eraser.destroyKeys.execute();
    await work();
    expect((await read(id)).body).toMatchObject({ status: 'closed', isErased: true });
    expect(filesWith(material)).toEqual([]);
    await expect(attack(loot, 'administrator')).rejects.toMatchObject({
      name: 'NotFoundException',
    });
  });

  it('signs the person out, and lets the same address begin anew', async () => {
    const shopper = await newShopper();
    await askAndApprove(shopper.accountId);
    await eraseAllButTheBytes();
    expect((await call('/v1/me', { token: shopper.token })).status).toBe(401);
    const again = await register(shopper.email);
    expect(again.status).toBe(201);
    expect(again.body['id']).not.toBe(shopper.accountId);
    const token = await signIn('/v1/sessions', shopper.email);
    expect((await call('/v1/me', { token })).body).toMatchObject({ fullName });
  });

  it('leaves the books as they were', async () => {
    const shopper = await newShopper();
    const books = fixture.stores.shop.open('superuser');
    const paymentId = newCellId('payment', fixture.cells.home);
    await books.unitOfWork(async (tx) => {
      await tx.execute(insertPayment, [
        paymentId,
        newCellId('order', fixture.cells.home),
        shopper.subject,
      ]);
      await tx.execute(insertJournal, [paymentId]);
      await tx.execute(insertEntries, [paymentId]);
    });
    const [before] = await books.query(sums);
    await askAndApprove(shopper.accountId);
    await eraseAllButTheBytes();
    expect(await books.query(sums)).toEqual([before]);
    const payment = statement(
      'spec.payment',
      'SELECT subject_id AS "subject", amount_minor::int AS "amount" FROM payments.payment WHERE payment_id = $1',
    );
    expect(await books.query(payment, [paymentId])).toEqual([{ subject: null, amount: 1180 }]);
  });

  it('leaves what was sold, and not to whom', async () => {
    const { subject, accountId } = await newShopper();
    const orders = worker.get(OrderStore, { strict: false });
    const order = await placeOrder(subject);
    await askAndApprove(accountId);
    await eraseAllButTheBytes();

    // whoever was at work on it is refused; the reconciler goes on without the person
    const shop = fixture.stores.shop.open('worker');
    await expect(shop.unitOfWork((tx) => orders.save(tx, order))).rejects.toMatchObject({
      code: 'ORDER_TAKEN_UP_ELSEWHERE',
    });
    const taken = await orders.takeUp(order.orderId);
    if (taken === undefined) throw new Error('nobody could go on with the order');
    const { subjectId, cartId, paymentToken, ...kept } = taken.order;
    const persons = { subjectId, cartId, paymentToken, address: taken.addressCiphertext };
    expect(Object.values(persons).filter((value) => value !== undefined)).toEqual([]);
    expect(kept).toMatchObject({ total: order.total, lines: order.lines });
    await shop.unitOfWork((tx) => orders.save(tx, { ...taken.order, status: 'refused' }));
    expect(await orders.findById(order.orderId)).toMatchObject({ order: { status: 'refused' } });
  });

  it('cannot be taken back in an order, nor made by halves', async () => {
    const [erased, other] = [await newShopper(), await newShopper()];
    const { orderId } = await placeOrder(erased.subject);
    const ofOther = await placeOrder(other.subject);
    await askAndApprove(erased.accountId);
    await eraseAllButTheBytes();
    const shop = fixture.stores.shop.open('worker');
    const cart = newCellId('cart', fixture.cells.home);
    const sealed = `v1|A256GCM|${other.subject}|1|a|b|c`;
    for (const subject of [erased.subject, other.subject]) {
      await expect(shop.execute(giveOrder, [orderId, subject, cart, sealed])).rejects.toThrow(
        'may not go to somebody else',
      );
    }
    const half = [ofOther.orderId, other.subject, ofOther.cartId ?? null, null];
    await expect(shop.execute(giveOrder, half)).rejects.toThrow('order_person_whole');
  });

  it('goes on in another process wherever the first one stopped', async () => {
    const shopper = await newShopper();
    const id = await askAndApprove(shopper.accountId);
    const other = await fixture.startWorker();
    // the status goes back as if the process had died before it wrote it; every stage is done again
    const redo = statement(
      'spec.redo',
      `UPDATE privacy.erasure_request SET status = $2, version = version + 1 WHERE request_id = $1`,
    );
    const books = fixture.stores.shop.open('superuser');
    await eraseAllButTheBytes();
    for (const status of ['approved', 'fenced', 'key_unusable']) {
      await books.execute(redo, [id, status]);
      await work(other);
      expect((await read(id)).body).toMatchObject({ status: 'purged' });
    }
    expect((await read(id)).body['steps']).toContainEqual(
      expect.objectContaining({ step: 'purge', store: 'identity.account', deleted: 1, left: 0 }),
    );
  });

  it('is carried out once when two workers are at it', async () => {
    const id = await askAndApprove((await newShopper()).accountId);
    const other = await fixture.startWorker();
    await Promise.all([work(), work(other)]);
    await fixture.eraser.destroyKeys.execute();
    await Promise.all([work(), work(other)]);
    expect((await read(id)).body).toMatchObject({ status: 'purged' });
  });
});

const giveOrder = statement(
  'spec.give_order',
  'UPDATE orders."order" SET subject_id = $2, cart_id = $3, address = $4 WHERE order_id = $1',
);

async function placeOrder(subjectId: SubjectId): Promise<Order> {
  const order = anOrder(fixture.cells.home, 'INR' as CurrencyCode, {
    subjectId,
    paymentMethod: 'upi',
    paymentToken: 'tok_1',
  });
  const addressCiphertext = `v1|A256GCM|${subjectId}|1|a|b|c`;
  const orders = worker.get(OrderStore, { strict: false });
  await fixture.stores.shop
    .open('api')
    .unitOfWork((tx) => orders.insert(tx, { order, addressCiphertext }));
  return order;
}

const insertPayment = statement(
  'spec.insert_payment',
  `INSERT INTO payments.payment (payment_id, order_id, attempt, subject_id, provider,
     provider_reference, method, currency, amount_minor, tax_minor, state)
   VALUES ($1, $2, 1, $3, 'razorpay', 'pay_x', 'upi', 'INR', 1180, 180, 'captured')`,
);
const insertJournal = statement(
  'spec.insert_journal',
  `INSERT INTO payments.journal (journal_id, kind, payment_id)
   VALUES (gen_random_uuid(), 'capture', $1)`,
);
const insertEntries = statement(
  'spec.insert_entries',
  `INSERT INTO payments.ledger_entry (journal_id, line_number, account, currency, amount_minor)
   SELECT j.journal_id, e.line, e.account, 'INR', e.amount FROM payments.journal j,
     (VALUES (1, 'provider_receivable', 1180), (2, 'sales', -1000), (3, 'tax_payable', -180))
       AS e (line, account, amount)
   WHERE j.payment_id = $1`,
);
const sums = statement(
  'spec.sums',
  `SELECT count(*)::int AS "entries", sum(abs(amount_minor))::int AS "moved",
     sum(amount_minor)::int AS "sum" FROM payments.ledger_entry`,
);

describe('four eyes', () => {
  it('refuses the approval of whoever asked, in code and in the database', async () => {
    const { accountId } = await newShopper();
    const id = String((await ask(accountId)).body['id']);
    expect(await approve(id, officers[0])).toMatchObject({
      status: 403,
      body: { code: 'ERASURE_NEEDS_ANOTHER_PERSON' },
    });
    const forge = statement(
      'spec.forge',
      `UPDATE privacy.erasure_request SET status = 'approved', approved_by = requested_by,
         approved_by_person = requested_by_person, approved_at = now(), plan_digest = repeat('0', 64)
       WHERE request_id = $1`,
    );
    const database = fixture.stores.shop.open('api');
    await expect(database.execute(forge, [id])).rejects.toThrow('erasure_request_four_eyes');
  });

  it('refuses the one who is to be erased', async () => {
    const { body } = await call('/admin/v1/me', { token: officers[1] });
    const staffId = String(body['id']);
    expect(await ask(staffId, officers[1])).toMatchObject({
      status: 403,
      body: { code: 'ERASURE_NEEDS_ANOTHER_PERSON' },
    });
    const id = String((await ask(staffId, officers[0])).body['id']);
    expect(await approve(id, officers[1])).toMatchObject({ status: 403 });
  });

  it('answers the same request again, and a second one with 409', async () => {
    const { accountId } = await newShopper();
    const first = await ask(accountId);
    expect(first.status).toBe(201);
    expect((await ask(accountId)).body).toEqual(first.body);
    expect(await ask(accountId, officers[1])).toMatchObject({
      status: 409,
      body: { code: 'ERASURE_OPEN' },
    });
  });

  it('lets no shopper in, and knows nobody by a made-up id', async () => {
    const { accountId, token } = await newShopper();
    // a shopper's token is no token here
    expect((await ask(accountId, token)).status).toBe(401);
    expect((await ask(newCellId('account', fixture.cells.home))).status).toBe(404);
    expect((await ask('someone@people.example')).status).toBe(400);
  });

  it('leaves an unapproved person alone', async () => {
    const shopper = await newShopper();
    await ask(shopper.accountId);
    await eraseAllButTheBytes();
    expect((await call('/v1/me', { token: shopper.token })).status).toBe(200);
  });
});

describe('the owners of a worker', () => {
  it('are found by what they are', () => {
    const tables = worker.get(PersonalDataOwners, { strict: false }).tables();
    expect(tables).toEqual(
      expect.arrayContaining(['identity.account', 'orders.order', 'vault.login_index']),
    );
  });
});
