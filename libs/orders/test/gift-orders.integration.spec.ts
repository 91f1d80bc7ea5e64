import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newCellId } from '@entrepot/kernel';
import type { CellId, CurrencyCode, SubjectId } from '@entrepot/kernel';
import type { ShopDatabase } from '@entrepot/platform-database';
import { statement } from '@entrepot/platform-database';
import { testDatabase, type TestDatabase } from '@entrepot/testing';
import { PgOrderStore } from '../src/adapters/pg-order-store.ts';
import type { StoredOrder } from '../src/application/order-store.ts';
import { anOrder } from '../src/testing/index.ts';

const cell = 'in-1' as CellId;
const sealedFor = (subject: SubjectId | undefined) => `v1|A256GCM|${subject}|1|a|b|c`;

const moveGift = statement(
  'spec.move_gift',
  'UPDATE orders.order_recipient SET subject_id = $2, address = $3, message = NULL WHERE order_id = $1',
);
const forgetAddress = statement(
  'spec.forget_gift_address',
  'UPDATE orders.order_recipient SET address = NULL WHERE order_id = $1',
);
const admit = statement('spec.admit_for_gift', 'SELECT privacy.admit_subject($1)');
const fence = statement('spec.fence_for_gift', 'SELECT privacy.fence_subject($1)');
const admittedAt = statement(
  'spec.gift_admitted_at',
  `SELECT count(DISTINCT admitted_at)::int AS "days", bool_and(admitted_at = date_trunc('day', admitted_at, 'UTC'))
     AS "areDays" FROM privacy.subject WHERE subject_id = ANY ($1)`,
);

describe('An order that is a gift', () => {
  let database: TestDatabase<'shop'>;
  let api: ShopDatabase;
  let worker: ShopDatabase;
  let orders: PgOrderStore;
  beforeAll(async () => {
    database = await testDatabase('shop', { cell });
    [api, worker] = [database.open('api'), database.open('worker')];
    orders = new PgOrderStore(api);
  }, 120_000);
  afterAll(() => database.drop());

  function aGift(recipient = newCellId('subject', cell)) {
    const order = anOrder(cell, 'INR' as CurrencyCode);
    return {
      order,
      addressCiphertext: sealedFor(order.subjectId),
      recipient: {
        subjectId: recipient,
        addressCiphertext: sealedFor(recipient),
        messageCiphertext: sealedFor(recipient),
      },
    };
  }
  const insert = (stored: StoredOrder) => api.unitOfWork((tx) => orders.insert(tx, stored));

  it('is read with its recipient, in one statement', async () => {
    const gift = aGift();
    await insert(gift);
    const before = api.statementsSent;
    expect(await orders.findById(gift.order.orderId)).toMatchObject({
      addressCiphertext: gift.addressCiphertext,
      recipient: gift.recipient,
    });
    expect(api.statementsSent - before).toBe(1);
    expect(await orders.recipientOf(gift.order.orderId)).toBe(gift.recipient.subjectId);
  });

  it('costs one statement more than an order that is none', async () => {
    const statementsOf = async (stored: StoredOrder) => {
      const names: string[] = [];
      const stop = api.observe((name) => void names.push(name));
      await insert(stored);
      stop();
      return names.filter((name) => name.startsWith('orders.'));
    };
    const { recipient, ...plain } = aGift();
    expect(recipient).toBeDefined();
    expect(await statementsOf(plain)).toEqual(['orders.insert']);
    expect(await statementsOf(aGift())).toEqual(['orders.insert', 'orders.insert_recipient']);
    expect((await orders.findById(plain.order.orderId))?.recipient).toBeUndefined();
  });

  it('is written with its recipient or not at all', async () => {
    const gift = aGift();
    await api.query(admit, [gift.recipient.subjectId]);
    await worker.query(fence, [gift.recipient.subjectId]);
    await expect(insert(gift)).rejects.toMatchObject({ code: 'PR001' });
    expect(await orders.findById(gift.order.orderId)).toBeUndefined();
  });

  it('admits both persons by the day, so that no instant leads from one to the other', async () => {
    const gift = aGift();
    await insert(gift);
    const both = [gift.order.subjectId, gift.recipient.subjectId];
    expect(await api.query(admittedAt, [both])).toEqual([{ days: 1, areDays: true }]);
  });

  it.each<[string, (buyer: SubjectId | undefined) => Partial<StoredOrder['recipient']>, string]>([
    [
      'plaintext for an address',
      () => ({ addressCiphertext: '1 Lake Road' }),
      '_address_is_ciphertext',
    ],
    ['plaintext for a message', () => ({ messageCiphertext: 'Enjoy' }), '_message_is_ciphertext'],
    [
      "an address under the buyer's key",
      (buyer) => ({ addressCiphertext: sealedFor(buyer) }),
      '_own_key',
    ],
    [
      "a message under the buyer's key",
      (buyer) => ({ messageCiphertext: sealedFor(buyer) }),
      '_own_key',
    ],
    ['no address', () => ({ addressCiphertext: undefined }), '_whole'],
  ])('takes no recipient with %s', async (_, change, constraint) => {
    const gift = aGift();
    const recipient = { ...gift.recipient, ...change(gift.order.subjectId) };
    await expect(insert({ ...gift, recipient })).rejects.toThrow(`order_recipient${constraint}`);
    // the same, left as it was, is taken
    await insert(gift);
  });

  it('has two persons, and a recipient is of one order', async () => {
    const { order, ...gift } = aGift();
    const buyer = order.subjectId as SubjectId;
    const toOneself = { ...gift.recipient, subjectId: buyer, ...sealedAs(buyer) };
    await expect(insert({ ...gift, order, recipient: toOneself })).rejects.toThrow('one subject');
    await insert({ ...gift, order });
    await expect(insert(aGift(gift.recipient.subjectId))).rejects.toThrow(
      'order_recipient_subject_id_key',
    );
  });

  it('goes to nobody else, and its recipient is forgotten whole or not at all', async () => {
    const [gift, other] = [aGift(), newCellId('subject', cell)];
    const { orderId } = gift.order;
    await insert(gift);
    await api.query(admit, [other]);
    await expect(api.execute(moveGift, [orderId, null, null])).rejects.toThrow('permission denied');
    const move = worker.execute(moveGift, [orderId, other, sealedFor(other)]);
    await expect(move).rejects.toThrow('may not go to somebody else');
    await expect(worker.execute(forgetAddress, [orderId])).rejects.toThrow('order_recipient_whole');
    const books = new PgOrderStore(worker);
    expect(await books.forgetRecipient(gift.recipient.subjectId)).toBe(1);
    expect(await books.forgetRecipient(gift.recipient.subjectId)).toBe(0);
    const read = await orders.findById(orderId);
    expect(read).toMatchObject({ order: { subjectId: gift.order.subjectId } });
    expect(Object.values(read?.recipient ?? { none: true })).toEqual([
      ...[undefined, undefined, undefined],
    ]);
    expect(await orders.recipientOf(orderId)).toBeUndefined();
    const back = worker.execute(moveGift, [orderId, other, sealedFor(other)]);
    await expect(back).rejects.toThrow('may not go to somebody else');
  });
});

const sealedAs = (subject: SubjectId) => ({
  addressCiphertext: sealedFor(subject),
  messageCiphertext: sealedFor(subject),
});
