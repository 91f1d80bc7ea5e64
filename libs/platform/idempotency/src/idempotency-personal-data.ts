import { PersonalDataOwner } from '@entrepot/kernel';
import type { ErasureOutcome, PersonalDataExtract, SubjectId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { ShopDatabase } from '@entrepot/platform-database';

const deleteOfSubject = statement(
  'idempotency.delete_of_subject',
  'DELETE FROM idempotency.request WHERE subject_id = $1',
);

const table = 'idempotency.request';

/** Keys of a person's requests: digests that say nothing, linked to the person until erased. */
export class IdempotencyPersonalData extends PersonalDataOwner {
  readonly tables = [table];
  private readonly shop: ShopDatabase;

  constructor(shop: ShopDatabase) {
    super();
    this.shop = shop;
  }

  /** Nothing in a row can be read by anyone, so there is nothing to hand out. */
  exportFor(): Promise<PersonalDataExtract[]> {
    return Promise.resolve([]);
  }

  async erase(subject: SubjectId): Promise<ErasureOutcome[]> {
    const deleted = await this.shop.execute(deleteOfSubject, [subject]);
    return [{ store: table, matched: deleted, deleted, left: 0 }];
  }
}
