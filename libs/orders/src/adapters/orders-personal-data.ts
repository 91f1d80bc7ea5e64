import { PersonalDataOwner } from '@entrepot/kernel';
import type { ErasureOutcome, PersonalDataExtract, SubjectId } from '@entrepot/kernel';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';

const ordersOfSubject = statement(
  'orders.orders_of_subject',
  `SELECT order_id AS "id", status, currency, total_minor::text AS "totalMinor",
     placed_at AS "placedAt"
   FROM orders."order" WHERE subject_id = $1 ORDER BY placed_at, order_id`,
);

/**
 * A person's orders: their amounts belong to the books and stay. The delivery address stays as
 * ciphertext under the person's key, which nobody can open once that key is gone.
 */
@Injectable()
export class OrdersPersonalData extends PersonalDataOwner {
  readonly tables = ['orders.order'];
  private readonly database: ShopDatabase;

  constructor(database: ShopDatabase) {
    super();
    this.database = database;
  }

  async exportFor(subject: SubjectId): Promise<PersonalDataExtract[]> {
    return [{ section: 'orders', records: await this.database.query(ordersOfSubject, [subject]) }];
  }

  async erase(subject: SubjectId): Promise<ErasureOutcome[]> {
    const { length } = await this.database.query(ordersOfSubject, [subject]);
    const left = length > 0 ? { left: length, leftReason: 'BOOKS_UNDER_LOST_KEY' } : { left: 0 };
    return [{ store: 'orders.order', matched: length, deleted: 0, ...left }];
  }
}
