import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CellId, CurrencyCode, RegionCode, SubjectId } from '@entrepot/kernel';
import { newCellId } from '@entrepot/kernel';
import { GiftRecipients } from '@entrepot/orders';
import type { StoredOrder } from '@entrepot/orders';
import { anOrder } from '@entrepot/orders/testing';
import {
  FieldCipher,
  readCiphertext,
  SubjectKey,
  SubjectKeys,
  Tombstone,
} from '@entrepot/platform-crypto';
import type { SubjectVault } from '@entrepot/platform-crypto';
import { randomBytes } from 'node:crypto';
import { asGiven, OrderAddresses } from './order-addresses.ts';

const cell = 'in-1' as CellId;
const addressOf = (recipient: string) => ({
  ...{ recipient, line1: '1 Road', city: 'Mysore', postalCode: '570001', country: 'IN' },
});
const address = addressOf('Aunt');
const gift = { address: addressOf('Niece'), message: 'Enjoy' };

/** Keys of whoever was made a subject, until they are erased. */
class RememberedKeys extends SubjectKeys {
  readonly #keys = new Map<SubjectId, SubjectKey>();

  override create(subject: SubjectId): Promise<void> {
    this.#keys.set(subject, new SubjectKey(randomBytes(32), 1));
    return Promise.resolve();
  }

  override use<T>(subject: SubjectId, work: (key: SubjectKey) => T): Promise<T | Tombstone> {
    const key = this.#keys.get(subject);
    return Promise.resolve(key === undefined ? new Tombstone('fenced') : work(key));
  }

  erase(subject: SubjectId | undefined): void {
    if (subject !== undefined) this.#keys.delete(subject);
  }
}

let keys: RememberedKeys;
let addresses: OrderAddresses;
beforeEach(() => {
  keys = new RememberedKeys();
  const cipher = new FieldCipher('in' as RegionCode, keys);
  const reserveWithoutLogin = async () => {
    const subject = newCellId('subject', cell);
    await keys.create(subject);
    return subject;
  };
  const vault = { reserveWithoutLogin } as unknown as SubjectVault;
  addresses = new OrderAddresses(keys, cipher, new GiftRecipients(vault, cipher));
});

async function placed(given: Parameters<typeof asGiven>[0]): Promise<StoredOrder> {
  const order = anOrder(cell, 'INR' as CurrencyCode);
  const subject = order.subjectId as SubjectId;
  return { order, ...(await addresses.seal(order.orderId, subject, given)) };
}

describe('The addresses of an order', () => {
  it('are one where it is no gift', async () => {
    const stored = await placed({ address });
    expect(stored.recipient).toBeUndefined();
    expect(await addresses.open(stored)).toEqual({ address, gift: undefined });
  });

  it.each([gift, { address: gift.address }])(
    'are two of a gift, each under the key of its person, and come back as given',
    async (given) => {
      const stored = await placed({ address, gift: given });
      const { order, recipient } = stored;
      const sealedBy = (text: string | undefined) => text && readCiphertext(text).subject;
      expect(sealedBy(stored.addressCiphertext)).toBe(order.subjectId);
      expect(recipient?.subjectId).not.toBe(order.subjectId);
      expect(sealedBy(recipient?.addressCiphertext)).toBe(recipient?.subjectId);
      expect(await addresses.open(stored)).toEqual(asGiven({ address, gift: given }));
    },
  );

  it('leave a tombstone of the recipient, before the row was stripped and after it', async () => {
    const stored = await placed({ address, gift });
    keys.erase(stored.recipient?.subjectId);
    const seen = { address, gift: { isErased: true } };
    expect(await addresses.open(stored)).toEqual(seen);
    const stripped = {
      ...{ subjectId: undefined, addressCiphertext: undefined, messageCiphertext: undefined },
    };
    expect(await addresses.open({ ...stored, recipient: stripped })).toEqual(seen);
  });

  it('leave the gift as it was once the buyer is erased', async () => {
    const stored = await placed({ address, gift });
    keys.erase(stored.order.subjectId);
    const seen = { address: undefined, gift: { ...gift, isErased: false } };
    expect(await addresses.open(stored)).toEqual(seen);
    const nobodys = { ...stored.order, subjectId: undefined, cartId: undefined };
    const { recipient } = stored;
    const cut = { order: nobodys, addressCiphertext: undefined, ...(recipient && { recipient }) };
    expect(await addresses.open(cut)).toEqual(seen);
  });
});
