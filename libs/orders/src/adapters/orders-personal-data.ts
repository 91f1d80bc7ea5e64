import { PersonalDataOwner } from '@entrepot/kernel';
import type { ErasureOutcome, PersonalDataExtract, SubjectId } from '@entrepot/kernel';
import { FieldCipher, isTombstone } from '@entrepot/platform-crypto';
import type { Ciphertext } from '@entrepot/platform-crypto';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { OrderStore } from '../application/order-store.ts';

const ordersOfSubject = statement(
  'orders.orders_of_subject',
  `SELECT order_id AS "id", status, sales_channel_id AS "salesChannelId", currency,
     total_minor::text AS "totalMinor", tax_minor::text AS "taxMinor",
     payment_method AS "paymentMethod", refusal_code AS "refusalCode", placed_at AS "placedAt",
     confirmed_at AS "confirmedAt", address, (
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

/** A person's orders: shown on request; at erasure what was sold stays, to whom and where it went goes. */
@Injectable()
export class OrdersPersonalData extends PersonalDataOwner {
  readonly tables = ['orders.order'];

  constructor(
    private readonly database: ShopDatabase,
    private readonly store: OrderStore,
    private readonly cipher: FieldCipher,
  ) {
    super();
  }

  /** One statement, however many orders; the addresses are opened with a key that stays in memory. */
  async exportFor(subject: SubjectId): Promise<PersonalDataExtract[]> {
    const orders = await this.database.query<OrderOfSubject>(ordersOfSubject, [subject]);
    const records: Record<string, unknown>[] = [];
    for (const order of orders) {
      records.push({ ...order, address: await this.addressOf(order, subject) });
    }
    return [{ section: 'orders', records }];
  }

  async erase(subject: SubjectId): Promise<ErasureOutcome[]> {
    const matched = await this.store.forgetPerson(subject);
    const left = matched > 0 ? { left: matched, leftReason: 'BOOKS_WITHOUT_PERSON' } : { left: 0 };
    return [{ store: 'orders.order', matched, deleted: 0, ...left }];
  }

  private async addressOf({ id, address }: OrderOfSubject, subject: SubjectId): Promise<unknown> {
    if (address === null) return null;
    const place = { table: 'orders.order', rowId: id, subject };
    const opened = await this.cipher.decrypt(place, { address });
    return isTombstone(opened) ? null : (JSON.parse(opened.address) as unknown);
  }
}
