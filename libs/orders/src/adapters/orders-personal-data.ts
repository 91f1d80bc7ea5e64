import { PersonalDataOwner } from '@entrepot/kernel';
import type { ErasureOutcome, OrderId, PersonalDataExtract, SubjectId } from '@entrepot/kernel';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { GiftRecipients } from '../application/gift-recipients.ts';
import { OrderStore } from '../application/order-store.ts';

const ordersOfSubject = statement(
  'orders.orders_of_subject',
  `SELECT order_id AS "id", status, currency, total_minor::text AS "totalMinor",
     placed_at AS "placedAt",
     EXISTS (SELECT FROM orders.order_recipient r WHERE r.order_id = o.order_id) AS "isGift"
   FROM orders."order" o WHERE subject_id = $1 ORDER BY placed_at, order_id`,
);

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
  ) {
    super();
  }

  async exportFor(subject: SubjectId): Promise<PersonalDataExtract[]> {
    return [
      { section: 'orders', records: await this.database.query(ordersOfSubject, [subject]) },
      { section: 'giftsReceived', records: await this.giftsOf(subject) },
    ];
  }

  async erase(subject: SubjectId): Promise<ErasureOutcome[]> {
    return [
      withoutPerson('orders.order', await this.store.forgetPerson(subject)),
      withoutPerson('orders.order_recipient', await this.store.forgetRecipient(subject)),
    ];
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
}

const withoutPerson = (store: string, matched: number): ErasureOutcome => ({
  ...{ store, matched, deleted: 0, left: matched },
  ...(matched > 0 && { leftReason: 'BOOKS_WITHOUT_PERSON' }),
});
