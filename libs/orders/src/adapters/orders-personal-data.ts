import { PersonalDataOwner } from '@entrepot/kernel';
import type { ErasureOutcome, PersonalDataExtract, SubjectId } from '@entrepot/kernel';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { OrderStore } from '../application/order-store.ts';

const ordersOfSubject = statement(
  'orders.orders_of_subject',
  `SELECT order_id AS "id", status, currency, total_minor::text AS "totalMinor",
     placed_at AS "placedAt"
   FROM orders."order" WHERE subject_id = $1 ORDER BY placed_at, order_id`,
);

/** A person's orders: shown on request; at erasure what was sold stays, to whom and where it went goes. */
@Injectable()
export class OrdersPersonalData extends PersonalDataOwner {
  readonly tables = ['orders.order'];

  constructor(
    private readonly database: ShopDatabase,
    private readonly store: OrderStore,
  ) {
    super();
  }

  async exportFor(subject: SubjectId): Promise<PersonalDataExtract[]> {
    return [{ section: 'orders', records: await this.database.query(ordersOfSubject, [subject]) }];
  }

  async erase(subject: SubjectId): Promise<ErasureOutcome[]> {
    const matched = await this.store.forgetPerson(subject);
    const left = matched > 0 ? { left: matched, leftReason: 'BOOKS_WITHOUT_PERSON' } : { left: 0 };
    return [{ store: 'orders.order', matched, deleted: 0, ...left }];
  }
}
