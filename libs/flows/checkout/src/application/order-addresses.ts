import type { PostalAddress } from '@entrepot/contracts/api/address';
import { postalAddress } from '@entrepot/contracts/api/address';
import type { OrderId, SubjectId } from '@entrepot/kernel';
import type { StoredOrder } from '@entrepot/orders';
import type { Ciphertext } from '@entrepot/platform-crypto';
import { FieldCipher, isTombstone, SubjectKeys } from '@entrepot/platform-crypto';
import { Injectable } from '@nestjs/common';

const placeOf = (orderId: OrderId, subject: SubjectId) => ({
  table: 'orders.order',
  rowId: orderId,
  subject,
});

/** Delivery addresses, kept under the key of the person they belong to. */
@Injectable()
export class OrderAddresses {
  constructor(
    private readonly keys: SubjectKeys,
    private readonly cipher: FieldCipher,
  ) {}

  /** A guest gets a key with the first order. Throws SUBJECT_ERASED. */
  async seal(orderId: OrderId, subject: SubjectId, address: PostalAddress): Promise<Ciphertext> {
    await this.keys.create(subject);
    const place = placeOf(orderId, subject);
    const sealed = await this.cipher.encrypt(place, { address: JSON.stringify(address) });
    return sealed.address;
  }

  /** Undefined once the person was erased. */
  async open({ order, addressCiphertext }: StoredOrder): Promise<PostalAddress | undefined> {
    const { orderId, subjectId } = order;
    if (subjectId === undefined || addressCiphertext === undefined) return undefined;
    const opened = await this.cipher.decrypt(placeOf(orderId, subjectId), {
      address: addressCiphertext as Ciphertext,
    });
    return isTombstone(opened) ? undefined : postalAddress.parse(JSON.parse(opened.address));
  }
}
