import type { GiftBody } from '@entrepot/contracts/api/orders';
import { PersonalDataOwners } from '@entrepot/privacy';
import { newCellId } from '@entrepot/kernel';
import type { CurrencyCode, OrderId, SubjectId } from '@entrepot/kernel';
import { GiftRecipients, OrderStore } from '@entrepot/orders';
import { anOrder } from '@entrepot/orders/testing';
import { FieldCipher, isTombstone } from '@entrepot/platform-crypto';
import type { Ciphertext } from '@entrepot/platform-crypto';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ErasureScene } from './erasure-scene.ts';
import type { Shopper } from './erasure-scene.ts';
import { reachableFrom } from './gift-chain.ts';

const gift: GiftBody = {
  address: {
    recipient: 'Canary Niece',
    line1: '7 Lake Road',
    city: 'Mysore',
    postalCode: '570001',
    country: 'IN',
  },
  message: 'Happy birthday!\nYour aunt 🎁',
};
const billTo = JSON.stringify({ recipient: 'Canary Aunt', line1: '1 Hill Road' });

/** A gift that was ordered, with the ciphertexts as a thief would have them. */
interface GivenGift {
  readonly orderId: OrderId;
  readonly buyer: Shopper;
  readonly recipient: SubjectId;
  readonly ofBuyer: { readonly address: Ciphertext };
  readonly ofRecipient: { readonly address: Ciphertext; readonly message: Ciphertext };
}

const insertPayment = statement(
  'spec.gift_payment',
  `INSERT INTO payments.payment (payment_id, order_id, attempt, subject_id, provider,
     provider_reference, method, currency, amount_minor, tax_minor, state)
   VALUES ($1, $2, 1, $3, 'razorpay', $4, 'upi', 'INR', 357, 57, 'authorized')`,
);

describe.each(['kms-per-user', 'kms-epoch'] as const)('T21 a gift, keys kept by %s', (driver) => {
  let scene: ErasureScene;
  beforeAll(async () => {
    scene = await ErasureScene.open({ driver });
  }, 120_000);
  afterAll(() => scene.end());

  const orders = () => scene.worker.get(OrderStore, { strict: false });
  const cipherOf = (process: 'api' | 'worker') =>
    scene[process].get(FieldCipher, { strict: false });
  const placeOf = (table: string, rowId: string, subject: SubjectId) => ({ table, rowId, subject });
  const books = () => [
    scene.fixture.stores.shop.open('superuser'),
    scene.fixture.stores.vault.open('superuser'),
  ];

  async function give(): Promise<GivenGift> {
    const buyer = await scene.newShopper();
    const order = anOrder(scene.fixture.cells.home, 'INR' as CurrencyCode, {
      ...{ subjectId: buyer.subject, paymentMethod: 'upi' },
    });
    const { orderId } = order;
    const ofBuyer = await cipherOf('api').encrypt(placeOf('orders.order', orderId, buyer.subject), {
      address: billTo,
    });
    const recipients = scene.api.get(GiftRecipients, { strict: false });
    const recipient = await recipients.seal(orderId, gift);
    const shop = scene.api.get(ShopDatabase, { strict: false });
    await shop.unitOfWork((tx) =>
      orders().insert(tx, { order, addressCiphertext: ofBuyer.address, recipient }),
    );
    await recipients.admit(recipient);
    const paymentId = newCellId('payment', scene.fixture.cells.home);
    const paid = [paymentId, orderId, buyer.subject, `pay_${randomUUID().replaceAll('-', '')}`];
    await scene.fixture.stores.shop.open('superuser').execute(insertPayment, paid);
    return {
      ...{ orderId, buyer, ofBuyer, recipient: recipient.subjectId },
      ofRecipient: {
        address: recipient.addressCiphertext as Ciphertext,
        message: recipient.messageCiphertext as Ciphertext,
      },
    };
  }

  /** What the stolen ciphertexts say to a process of the cell, whatever the rows say by now. */
  const openOfBuyer = ({ orderId, buyer, ofBuyer }: GivenGift, by: 'api' | 'worker') =>
    cipherOf(by).decrypt(placeOf('orders.order', orderId, buyer.subject), ofBuyer);
  const openOfRecipient = ({ orderId, recipient, ofRecipient }: GivenGift, by: 'api' | 'worker') =>
    cipherOf(by).decrypt(placeOf('orders.order_recipient', orderId, recipient), ofRecipient);

  /** Where the parcel goes, as the row says; undefined where nobody can read it any more. */
  async function whereTo(orderId: OrderId): Promise<GiftBody | undefined> {
    const stored = await orders().findById(orderId);
    if (stored?.recipient === undefined) throw new Error('the order is no gift');
    const recipients = scene.worker.get(GiftRecipients, { strict: false });
    return recipients.open(orderId, stored.recipient);
  }

  it('lies under two keys, neither of which opens what is of the other', async () => {
    const given = await give();
    const { orderId, buyer, recipient, ofBuyer, ofRecipient } = given;
    expect(await openOfBuyer(given, 'worker')).toEqual({ address: billTo });
    expect(await whereTo(orderId)).toEqual(gift);
    const swapped: [string, SubjectId, { address: Ciphertext }][] = [
      ['orders.order_recipient', buyer.subject, { address: ofRecipient.address }],
      ['orders.order_recipient', recipient, ofBuyer],
      ['orders.order', buyer.subject, { address: ofRecipient.address }],
      ['orders.order', recipient, ofBuyer],
    ];
    for (const [table, subject, fields] of swapped) {
      const opened = cipherOf('api').decrypt(placeOf(table, orderId, subject), fields);
      await expect(opened).rejects.toThrow('does not belong here');
    }
  });

  it('goes where it should after its buyer was erased, and nothing leads from one to the other', async () => {
    const given = await give();
    const { orderId, buyer, recipient } = given;
    expect(await reachableFrom(buyer.subject, books())).toContain(recipient);
    await scene.eraseAllButTheBytes(await scene.askAndApprove(buyer.accountId));

    for (const process of ['api', 'worker'] as const) {
      expect(isTombstone(await openOfBuyer(given, process))).toBe(true);
      expect(await openOfRecipient(given, process)).toEqual({
        ...{ address: JSON.stringify(gift.address), message: gift.message },
      });
    }
    expect(await whereTo(orderId)).toEqual(gift);
    expect(await orders().findById(orderId)).toMatchObject({
      order: { subjectId: undefined, cartId: undefined },
      recipient: { subjectId: recipient },
    });
    expect(await reachableFrom(buyer.subject, books())).not.toContain(recipient);
    expect(await reachableFrom(buyer.subject, books())).not.toContain(orderId);
  });

  it('stays an order of its buyer after the recipient was erased, and leaves a tombstone', async () => {
    const given = await give();
    const { orderId, buyer, recipient } = given;
    const named = { orderId, person: 'recipient' };
    expect(await reachableFrom(recipient, books())).toContain(buyer.subject);
    const id = await scene.askAndApprove(named);
    await scene.eraseAllButTheBytes(id);

    for (const process of ['api', 'worker'] as const) {
      expect(isTombstone(await openOfRecipient(given, process))).toBe(true);
      expect(await openOfBuyer(given, process)).toEqual({ address: billTo });
    }
    expect(await whereTo(orderId)).toBeUndefined();
    expect((await scene.call('/v1/me', { token: buyer.token })).status).toBe(200);
    expect(await orders().findById(orderId)).toMatchObject({
      order: { subjectId: buyer.subject },
      addressCiphertext: given.ofBuyer.address,
      recipient: { subjectId: undefined },
    });
    expect((await scene.read(id)).body['steps']).toContainEqual(
      expect.objectContaining({ step: 'read-back', store: 'orders.order_recipient', left: 0 }),
    );
    expect(await reachableFrom(recipient, books())).not.toContain(orderId);
    expect(await reachableFrom(recipient, books())).not.toContain(buyer.subject);
    // nobody is behind the gift any more
    expect((await scene.ask(named)).status).toBe(404);
  });

  it("is exported to the buyer as a gift without the recipient's data, to the recipient without the buyer's", async () => {
    const { orderId, buyer, recipient } = await give();
    const owners = scene.worker.get(PersonalDataOwners, { strict: false }).all();
    const exportOf = async (subject: SubjectId) => {
      const extracts = await Promise.all(owners.map((owner) => owner.exportFor(subject)));
      return extracts.flat();
    };
    const ofBuyer = await exportOf(buyer.subject);
    expect(ofBuyer.find(({ section }) => section === 'orders')?.records).toEqual([
      expect.objectContaining({ id: orderId, isGift: true }),
    ]);
    for (const secret of [recipient, 'Canary Niece', '7 Lake Road', 'Happy birthday']) {
      expect(JSON.stringify(ofBuyer)).not.toContain(secret);
    }
    const ofRecipient = await exportOf(recipient);
    expect(ofRecipient.find(({ section }) => section === 'giftsReceived')?.records).toEqual([
      expect.objectContaining({ orderId, ...gift }),
    ]);
    for (const secret of [buyer.subject, buyer.accountId, 'Canary Aunt']) {
      expect(JSON.stringify(ofRecipient)).not.toContain(secret);
    }
  });

  it('is named by its order and by whom of it, and by nothing else', async () => {
    const { orderId, buyer } = await give();
    const wrong = [
      ...[{}, { orderId }, { person: 'recipient' }, { orderId, person: 'buyer' }],
      { accountId: buyer.accountId, orderId, person: 'recipient' },
      { orderId: 'ord_x', person: 'recipient' },
    ];
    for (const named of wrong) expect((await scene.ask(named)).status).toBe(400);
    const { orderId: plain } = await plainOrder(buyer.subject);
    expect((await scene.ask({ orderId: plain, person: 'recipient' })).status).toBe(404);
    const asked = await scene.ask({ orderId, person: 'recipient' });
    expect(asked.status).toBe(201);
    expect((await scene.ask({ orderId, person: 'recipient' })).body).toEqual(asked.body);
  });

  async function plainOrder(subjectId: SubjectId) {
    const order = anOrder(scene.fixture.cells.home, 'INR' as CurrencyCode, { subjectId });
    const addressCiphertext = `v1|A256GCM|${subjectId}|1|a|b|c`;
    const shop = scene.api.get(ShopDatabase, { strict: false });
    return shop.unitOfWork((tx) => orders().insert(tx, { order, addressCiphertext }));
  }
});
