import { CancelKeyDeletionCommand, DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { newCellId, regionOf } from '@entrepot/kernel';
import type { CurrencyCode, SubjectId } from '@entrepot/kernel';
import { OrderStore } from '@entrepot/orders';
import type { Order } from '@entrepot/orders';
import { anOrder } from '@entrepot/orders/testing';
import { FieldCipher, isTombstone, SubjectKey } from '@entrepot/platform-crypto';
import type { Ciphertext, SubjectKeys } from '@entrepot/platform-crypto';
import { statement } from '@entrepot/platform-database';
import type { KmsPrincipal } from '@entrepot/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ErasureScene, fullName } from './erasure-scene.ts';
import { reachableFrom } from './gift-chain.ts';

let scene: ErasureScene;
beforeAll(async () => {
  scene = await ErasureScene.open();
});
afterAll(() => scene.end());

/** Everything a thief of both databases has about one person. */
interface Loot {
  readonly subject: SubjectId;
  readonly accountId: string;
  readonly keyArn: string;
  readonly wrapped: Buffer;
  readonly fullName: Ciphertext;
}

async function steal(subject: SubjectId): Promise<Loot> {
  const { shop, vault } = scene.fixture.stores;
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
  const { kms } = scene.fixture.stores;
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
  const cipher = new FieldCipher(
    regionOf(scene.fixture.cells.home),
    keys as unknown as SubjectKeys,
  );
  const place = { table: 'identity.account', rowId: loot.accountId, subject };
  const opened = await cipher.decrypt(place, { full_name: loot.fullName });
  return isTombstone(opened) ? 'tombstone' : opened.full_name;
}

/** The bytes of a key as the emulator stores them, read where only a thief of its disk reads. */
function materialOf(keyArn: string): Buffer {
  const keyId = keyArn.split('/').at(-1) ?? '';
  const line = readFileSync(scene.fixture.stores.kms.storeFile, 'utf8')
    .split('\n')
    .find((text) => text.includes('"material"') && text.includes(`"id":"${keyId}"`));
  if (line === undefined) throw new Error('the emulator has no such key');
  return Buffer.from((JSON.parse(line) as { material: string }).material, 'base64');
}

function filesWith(secret: Buffer): string[] {
  const folder = dirname(scene.fixture.stores.kms.storeFile);
  const forms = [secret, secret.toString('base64'), secret.toString('hex')];
  return readdirSync(folder).filter((name) => {
    const content = readFileSync(join(folder, name));
    return forms.some((form) => content.includes(form));
  });
}

describe('an erasure', () => {
  it('T15 makes every stolen copy unreadable at once, and for ever after the window', async () => {
    const shopper = await scene.newShopper();
    const loot = await steal(shopper.subject);
    expect(await attack(loot)).toBe(fullName);
    const material = materialOf(loot.keyArn);
    expect(filesWith(material)).not.toEqual([]);

    const id = await scene.askAndApprove(shopper.accountId);
    await scene.eraseAllButTheBytes(id);
    expect((await scene.read(id)).body).toMatchObject({
      isErased: true,
      allowedActions: ['extend'],
    });
    for (const principal of ['api', 'worker'] as const) {
      await expect(attack(loot, principal)).rejects.toThrow();
      await expect(
        kmsClient(principal).send(new CancelKeyDeletionCommand({ KeyId: loot.keyArn })),
      ).rejects.toMatchObject({ name: 'AccessDeniedException' });
    }

    await scene.endEpoch();
    await scene.passWindow();
    await scene.workUntil(id, 'closed');
    expect(filesWith(material)).toEqual([]);
    await expect(attack(loot, 'administrator')).rejects.toMatchObject({
      name: 'NotFoundException',
    });
  });

  it('T30 signs the person out, and lets the same address begin anew', async () => {
    const shopper = await scene.newShopper();
    await scene.eraseAllButTheBytes(await scene.askAndApprove(shopper.accountId));
    expect((await scene.call('/v1/me', { token: shopper.token })).status).toBe(401);
    const again = await scene.register(shopper.email);
    expect(again.status).toBe(201);
    expect(again.body['id']).not.toBe(shopper.accountId);
    const token = await scene.signIn('/v1/sessions', shopper.email);
    expect((await scene.call('/v1/me', { token })).body).toMatchObject({ fullName });
  });

  it('leaves the books as they were', async () => {
    const shopper = await scene.newShopper();
    const books = scene.fixture.stores.shop.open('superuser');
    const paymentId = newCellId('payment', scene.fixture.cells.home);
    await books.unitOfWork(async (tx) => {
      await tx.execute(insertPayment, [
        paymentId,
        newCellId('order', scene.fixture.cells.home),
        shopper.subject,
      ]);
      await tx.execute(insertJournal, [paymentId]);
      await tx.execute(insertEntries, [paymentId]);
    });
    const [before] = await books.query(sums);
    await scene.eraseAllButTheBytes(await scene.askAndApprove(shopper.accountId));
    expect(await books.query(sums)).toEqual([before]);
    const payment = statement(
      'spec.payment',
      'SELECT subject_id AS "subject", amount_minor::int AS "amount" FROM payments.payment WHERE payment_id = $1',
    );
    expect(await books.query(payment, [paymentId])).toEqual([{ subject: null, amount: 1180 }]);
  });

  it('leaves what was sold, and not to whom', async () => {
    const { subject, accountId } = await scene.newShopper();
    const orders = scene.worker.get(OrderStore, { strict: false });
    const order = await placeOrder(subject);
    await scene.eraseAllButTheBytes(await scene.askAndApprove(accountId));

    // whoever was at work on it is refused; the reconciler goes on without the person
    const shop = scene.fixture.stores.shop.open('worker');
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

  it('leaves nothing that leads from one order of the person to another', async () => {
    const { subject, accountId } = await scene.newShopper();
    const { shop, vault } = scene.fixture.stores;
    const [books, keys] = [shop.open('superuser'), vault.open('superuser')];
    const orders = [await placeOrder(subject), await placeOrder(subject)];
    for (const { orderId } of orders) {
      await books.unitOfWork(async (tx) => {
        const paymentId = newCellId('payment', scene.fixture.cells.home);
        await tx.execute(insertPayment, [paymentId, orderId, subject]);
        await tx.execute(insertJournal, [paymentId]);
        await tx.execute(insertEntries, [paymentId]);
      });
    }
    const [first, second] = orders.map(({ orderId }) => orderId);
    const reached = () => reachableFrom(first ?? '', [books, keys]);
    expect(await reached()).toContain(second);
    await scene.eraseAllButTheBytes(await scene.askAndApprove(accountId));

    const left = await reached();
    expect([second, subject, accountId].filter((id) => left.has(id ?? ''))).toEqual([]);
    // nor the number of the transaction that cut them off, which lies in each row
    expect(await books.query(writersOf, [[first, second]])).toEqual([{ rows: 4, writers: 4 }]);
  });

  it('cannot be taken back in an order, nor made by halves', async () => {
    const [erased, other] = [await scene.newShopper(), await scene.newShopper()];
    const { orderId } = await placeOrder(erased.subject);
    const ofOther = await placeOrder(other.subject);
    await scene.eraseAllButTheBytes(await scene.askAndApprove(erased.accountId));
    const shop = scene.fixture.stores.shop.open('worker');
    const cart = newCellId('cart', scene.fixture.cells.home);
    const sealed = `v1|A256GCM|${other.subject}|1|a|b|c`;
    for (const subject of [erased.subject, other.subject]) {
      await expect(shop.execute(giveOrder, [orderId, subject, cart, sealed])).rejects.toThrow(
        'may not go to somebody else',
      );
    }
    const half = [ofOther.orderId, other.subject, ofOther.cartId ?? null, null];
    await expect(shop.execute(giveOrder, half)).rejects.toThrow('order_person_whole');
  });

  it('T16 goes on in another process wherever the first one stopped', async () => {
    const shopper = await scene.newShopper();
    const id = await scene.askAndApprove(shopper.accountId);
    const other = await scene.fixture.startWorker();
    await scene.eraseAllButTheBytes(id);
    // the status goes back as if the process had died before it wrote it; every step is done again
    const books = scene.fixture.stores.shop.open('superuser');
    for (const status of ['fenced', 'drained', 'key_unusable', 'purged', 'recipients_notified']) {
      await books.unitOfWork(async (tx) => {
        // a lost write is what the triggers forbid
        await tx.execute(withoutTriggers);
        await tx.execute(redo, [id, status]);
        await tx.execute(undoEvents, [id]);
      });
      await scene.workUntil(id, 'verified_unreadable', other);
    }
    expect((await scene.read(id)).body['steps']).toContainEqual(
      expect.objectContaining({
        step: 'read-back',
        store: 'identity.account',
        deleted: 1,
        left: 0,
      }),
    );
    expect(await books.query(brokenChains)).toEqual([]);
  });

  it('is carried out once when two workers are at it', async () => {
    const id = await scene.askAndApprove((await scene.newShopper()).accountId);
    const other = await scene.fixture.startWorker();
    await Promise.allSettled([scene.work(), scene.work(other), scene.work(), scene.work(other)]);
    await scene.workUntil(id, 'verified_unreadable');
    const { events } = (await scene.read(id)).body as { events: { action: string; seq: number }[] };
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(new Set(events.map(({ action }) => action)).size).toBe(events.length);
  });
});

const withoutTriggers = statement(
  'spec.without_triggers',
  'SET LOCAL session_replication_role = replica',
);
const redo = statement(
  'spec.redo',
  `UPDATE privacy.erasure_request SET status = $2,
     version = version - (SELECT count(*) FROM privacy.erasure_event e
       WHERE e.request_id = $1 AND e.seq > (SELECT seq FROM privacy.erasure_event s
         WHERE s.request_id = $1 AND s.action = CASE $2 WHEN 'fenced' THEN 'fence'
           WHEN 'drained' THEN 'drain' WHEN 'key_unusable' THEN 'end-key' WHEN 'purged' THEN 'purge'
           ELSE 'notify-recipients' END)),
     purged_at = CASE WHEN $2 IN ('purged', 'recipients_notified') THEN purged_at END,
     key_unusable_at = CASE WHEN $2 IN ('fenced', 'drained') THEN NULL ELSE key_unusable_at END,
     drained_at = CASE WHEN $2 = 'fenced' THEN NULL ELSE drained_at END
   WHERE request_id = $1`,
);
const undoEvents = statement(
  'spec.undo_events',
  `DELETE FROM privacy.erasure_event e USING privacy.erasure_request r
   WHERE r.request_id = $1 AND e.request_id = $1 AND e.seq > r.version`,
);
const brokenChains = statement(
  'spec.broken_chains',
  'SELECT request_id, seq, fault FROM privacy.broken_erasure_chains()',
);

const writersOf = statement(
  'spec.writers_of',
  `SELECT count(*)::int AS "rows", count(DISTINCT writer)::int AS "writers" FROM (
     SELECT o.xmin::text AS writer FROM orders."order" o WHERE order_id = ANY ($1)
     UNION ALL
     SELECT p.xmin::text FROM payments.payment p WHERE order_id = ANY ($1)) AS written`,
);
const giveOrder = statement(
  'spec.give_order',
  'UPDATE orders."order" SET subject_id = $2, cart_id = $3, address = $4 WHERE order_id = $1',
);

async function placeOrder(subjectId: SubjectId): Promise<Order> {
  const order = anOrder(scene.fixture.cells.home, 'INR' as CurrencyCode, {
    subjectId,
    paymentMethod: 'upi',
    paymentToken: 'tok_1',
  });
  const addressCiphertext = `v1|A256GCM|${subjectId}|1|a|b|c`;
  const orders = scene.worker.get(OrderStore, { strict: false });
  await scene.fixture.stores.shop
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
