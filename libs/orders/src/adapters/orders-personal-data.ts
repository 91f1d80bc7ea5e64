import { PersonalDataOwner } from '@entrepot/kernel';
import type { ErasureOutcome, OrderId, PersonalDataExtract, SubjectId } from '@entrepot/kernel';
import { FieldCipher, isTombstone } from '@entrepot/platform-crypto';
import type { Ciphertext } from '@entrepot/platform-crypto';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { GiftRecipients } from '../application/gift-recipients.ts';
import { OrderStore } from '../application/order-store.ts';

const ordersOfSubject = statement(
  'orders.orders_of_subject',
  `SELECT order_id AS "id", status, sales_channel_id AS "salesChannelId", currency,
     total_minor::text AS "totalMinor", tax_minor::text AS "taxMinor",
     payment_method AS "paymentMethod", refusal_code AS "refusalCode", placed_at AS "placedAt",
     confirmed_at AS "confirmedAt", address,
     EXISTS (SELECT FROM orders.order_recipient r WHERE r.order_id = o.order_id) AS "isGift", (
       SELECT coalesce(json_agg(json_build_object(
         'sku', l.sku, 'quantity', l.quantity, 'unitPriceMinor', l.unit_price_minor::text,
         'taxRateBasisPoints', l.tax_rate_basis_points, 'taxMinor', l.tax_minor::text,
         'state', l.state) ORDER BY l.line_number), '[]')
       FROM orders.order_line l WHERE l.order_id = o.order_id) AS "lines"
   FROM orders."order" o WHERE subject_id = $1 ORDER BY placed_at, order_id`,
);

interface OrderOfSubject extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly address: Ciphertext | null;
}

/** A recipient's subject is of one order. */
const giftOfSubject = statement(
  'orders.gift_of_subject',
  `SELECT o.order_id AS "orderId", o.placed_at AS "placedAt", r.address, r.message
   FROM orders.order_recipient r JOIN orders."order" o USING (order_id) WHERE r.subject_id = $1`,
);

interface GiftRow {
  readonly orderId: OrderId;
  readonly placedAt: Date;
  readonly address: string;
  readonly message: string | null;
}

/**
 * A person's orders, and what they were given: shown on request; at erasure what was sold stays, to whom and
 * where it went goes. A buyer is told that an order was a gift, not to whom; a recipient not from whom
 * (GDPR Article 15(4)).
 */
@Injectable()
export class OrdersPersonalData extends PersonalDataOwner {
  readonly tables = ['orders.order', 'orders.order_recipient'];

  constructor(
    private readonly database: ShopDatabase,
    private readonly store: OrderStore,
    private readonly gifts: GiftRecipients,
    private readonly cipher: FieldCipher,
  ) {
    super();
  }

  async exportFor(subject: SubjectId): Promise<PersonalDataExtract[]> {
    return [
      { section: 'orders', records: await this.ordersOf(subject) },
      { section: 'giftsReceived', records: await this.giftsOf(subject) },
    ];
  }

  async erase(subject: SubjectId): Promise<ErasureOutcome[]> {
    return [
      withoutPerson('orders.order', await this.store.forgetPerson(subject)),
      withoutPerson('orders.order_recipient', await this.store.forgetRecipient(subject)),
    ];
  }

  /** One statement, however many orders; the addresses are opened with a key that stays in memory. */
  private async ordersOf(subject: SubjectId): Promise<PersonalDataExtract['records']> {
    const orders = await this.database.query<OrderOfSubject>(ordersOfSubject, [subject]);
    const records: Record<string, unknown>[] = [];
    for (const order of orders) {
      records.push({ ...order, address: await this.addressOf(order, subject) });
    }
    return records;
  }

  private async giftsOf(subject: SubjectId): Promise<PersonalDataExtract['records']> {
    const rows = await this.database.query<GiftRow>(giftOfSubject, [subject]);
    return Promise.all(
      rows.map(async ({ orderId, placedAt, address, message }) => {
        const stored = {
          subjectId: subject,
          addressCiphertext: address,
          messageCiphertext: message ?? undefined,
        };
        return { orderId, placedAt, ...(await this.gifts.open(orderId, stored)) };
      }),
    );
  }

  private async addressOf({ id, address }: OrderOfSubject, subject: SubjectId): Promise<unknown> {
    if (address === null) return null;
    const place = { table: 'orders.order', rowId: id, subject };
    const opened = await this.cipher.decrypt(place, { address });
    return isTombstone(opened) ? null : (JSON.parse(opened.address) as unknown);
  }
}

const withoutPerson = (store: string, matched: number): ErasureOutcome => ({
  ...{ store, matched, deleted: 0, left: matched },
  ...(matched > 0 && { leftReason: 'BOOKS_WITHOUT_PERSON' }),
});
