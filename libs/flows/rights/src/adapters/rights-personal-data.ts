import { PersonalDataOwner } from '@entrepot/kernel';
import type { ErasureOutcome, PersonalDataExtract, SubjectId } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import {
  deleteExportsOfSubject,
  deleteRequestsOfSubject,
  listRequests,
} from './rights-statements.ts';

/** What a person asked for under the privacy law, copies included: all of it goes when the person does. */
@Injectable()
export class RightsPersonalData extends PersonalDataOwner {
  override readonly tables = ['rights.request', 'rights.export'];
  readonly #database: ShopDatabase;

  constructor(database: ShopDatabase) {
    super();
    this.#database = database;
  }

  /** The copies themselves are not in the copy: each would hold the one before it. */
  override async exportFor(subject: SubjectId): Promise<PersonalDataExtract[]> {
    const records = await this.#database.query<Record<string, unknown>>(listRequests, [subject]);
    return [{ section: 'privacyRequests', records }];
  }

  override async erase(subject: SubjectId): Promise<ErasureOutcome[]> {
    const copies = await this.#database.execute(deleteExportsOfSubject, [subject]);
    const requests = await this.#database.execute(deleteRequestsOfSubject, [subject]);
    return [deletedFrom('rights.export', copies), deletedFrom('rights.request', requests)];
  }
}

const deletedFrom = (store: string, deleted: number): ErasureOutcome => ({
  ...{ store, matched: deleted, deleted, left: 0 },
});
