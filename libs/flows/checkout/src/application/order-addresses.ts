import type { PostalAddress } from '@entrepot/contracts/api/address';
import { postalAddress } from '@entrepot/contracts/api/address';
import type { OrderView, PlaceOrderBody } from '@entrepot/contracts/api/orders';
import type { OrderId, SubjectId } from '@entrepot/kernel';
import type { NewRecipient, StoredOrder } from '@entrepot/orders';
import { GiftRecipients } from '@entrepot/orders';
import type { Ciphertext } from '@entrepot/platform-crypto';
import { FieldCipher, isTombstone, SubjectKeys } from '@entrepot/platform-crypto';
import { Injectable } from '@nestjs/common';

type GivenAddresses = Pick<PlaceOrderBody, 'address' | 'gift'>;

/** The addresses of an order as they are stored. */
export interface SealedAddresses {
  readonly addressCiphertext: Ciphertext;
  readonly recipient?: NewRecipient;
}

/** The addresses of an order as its shopper sees them. */
export interface OrderAddressesView {
  /** Undefined once the shopper was erased. */
  readonly address: PostalAddress | undefined;
  /** Undefined where the order is no gift. */
  readonly gift: OrderView['gift'];
}

const placeOf = (orderId: OrderId, subject: SubjectId) => ({
  table: 'orders.order',
  rowId: orderId,
  subject,
});

/** The addresses of an order, each kept under the key of the person it is about. */
@Injectable()
export class OrderAddresses {
  constructor(
    private readonly keys: SubjectKeys,
    private readonly cipher: FieldCipher,
    private readonly gifts: GiftRecipients,
  ) {}

  /** A guest gets a key with the first order. Throws SUBJECT_ERASED. */
  async seal(
    orderId: OrderId,
    subject: SubjectId,
    { address, gift }: GivenAddresses,
  ): Promise<SealedAddresses> {
    await this.keys.create(subject);
    const place = placeOf(orderId, subject);
    const sealed = await this.cipher.encrypt(place, { address: JSON.stringify(address) });
    return {
      addressCiphertext: sealed.address,
      ...(gift !== undefined && { recipient: await this.gifts.seal(orderId, gift) }),
    };
  }

  async open(stored: StoredOrder): Promise<OrderAddressesView> {
    const [address, gift] = await Promise.all([this.openAddress(stored), this.openGift(stored)]);
    return { address, gift };
  }

  /** That of the shopper alone; undefined once the shopper is fenced or erased. */
  async openAddress({ order, addressCiphertext }: StoredOrder): Promise<PostalAddress | undefined> {
    const { orderId, subjectId } = order;
    if (subjectId === undefined || addressCiphertext === undefined) return undefined;
    const opened = await this.cipher.decrypt(placeOf(orderId, subjectId), {
      address: addressCiphertext as Ciphertext,
    });
    return isTombstone(opened) ? undefined : postalAddress.parse(JSON.parse(opened.address));
  }

  private async openGift({ order, recipient }: StoredOrder): Promise<OrderView['gift']> {
    if (recipient === undefined) return undefined;
    const gift = await this.gifts.open(order.orderId, recipient);
    return { ...gift, isErased: gift === undefined };
  }
}

/** What a shopper sees of the addresses that were just given. */
export const asGiven = ({ address, gift }: GivenAddresses): OrderAddressesView => ({
  address,
  gift: gift && { ...gift, isErased: false },
});
