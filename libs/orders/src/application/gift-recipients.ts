import type { GiftBody } from '@entrepot/contracts/api/orders';
import { giftBody } from '@entrepot/contracts/api/orders';
import type { OrderId, SubjectId } from '@entrepot/kernel';
import type { Ciphertext } from '@entrepot/platform-crypto';
import { FieldCipher, isTombstone, SubjectVault } from '@entrepot/platform-crypto';
import { Injectable } from '@nestjs/common';
import type { StoredRecipient } from './order-store.ts';

/** A recipient who has just been made a subject. */
export type NewRecipient = StoredRecipient & { readonly subjectId: SubjectId };

const placeOf = (orderId: OrderId, subject: SubjectId) => ({
  table: 'orders.order_recipient',
  rowId: orderId,
  subject,
});

/**
 * Who gets a gift: of each order a subject of their own, without a login, so that buyer and recipient can
 * be forgotten one without the other. As with a registration the key is reserved first, the order written,
 * and then the key activated; the worker ends what stopped in between.
 */
@Injectable()
export class GiftRecipients {
  constructor(
    private readonly vault: SubjectVault,
    private readonly cipher: FieldCipher,
  ) {}

  async seal(orderId: OrderId, { address, message }: GiftBody): Promise<NewRecipient> {
    const subjectId = await this.vault.reserveWithoutLogin();
    const fields = { address: JSON.stringify(address), ...(message !== undefined && { message }) };
    const sealed: { address: Ciphertext; message?: Ciphertext } = await this.cipher.encrypt(
      placeOf(orderId, subjectId),
      fields,
    );
    return { subjectId, addressCiphertext: sealed.address, messageCiphertext: sealed.message };
  }

  /** To be called once the order is written. Throws SUBJECT_ERASED. */
  async admit({ subjectId }: NewRecipient): Promise<void> {
    await this.vault.activate(subjectId);
  }

  /** Undefined once the recipient was erased; the buyer's erasure changes nothing here. */
  async open(orderId: OrderId, stored: StoredRecipient): Promise<GiftBody | undefined> {
    const { subjectId, addressCiphertext: address, messageCiphertext: message } = stored;
    if (subjectId === undefined || address === undefined) return undefined;
    const opened = await this.cipher.decrypt(placeOf(orderId, subjectId), {
      address: address as Ciphertext,
      ...(message !== undefined && { message: message as Ciphertext }),
    });
    if (isTombstone(opened)) return undefined;
    return giftBody.parse({ ...opened, address: JSON.parse(opened.address) as unknown });
  }
}
