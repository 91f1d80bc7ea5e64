import { PersonalDataOwner } from '@entrepot/kernel';
import type { ErasureOutcome, PersonalDataExtract, SubjectId } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import { RecipientNotices, RequestKeys } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import {
  deleteExportsOfSubject,
  deleteRequestsOfSubject,
  findUntoldOfSubject,
  listRequests,
} from './rights-statements.ts';

/** What a person asked for under the privacy law, copies included: all of it goes when the person does. */
@Injectable()
export class RightsPersonalData extends PersonalDataOwner {
  override readonly tables = ['rights.request', 'rights.export'];
  readonly #database: ShopDatabase;
  readonly #notices: RecipientNotices;
  readonly #keys: RequestKeys;

  constructor(database: ShopDatabase, notices: RecipientNotices, keys: RequestKeys) {
    super();
    this.#database = database;
    this.#notices = notices;
    this.#keys = keys;
  }

  /** The copies themselves are not in the copy: each would hold the one before it. */
  override async exportFor(subject: SubjectId): Promise<PersonalDataExtract[]> {
    const records = await this.#database.query<Record<string, unknown>>(listRequests, [subject]);
    return [{ section: 'privacyRequests', records }];
  }

  override async erase(subject: SubjectId): Promise<ErasureOutcome[]> {
    await this.#forgetUntold(subject);
    const copies = await this.#database.execute(deleteExportsOfSubject, [subject]);
    const requests = await this.#database.execute(deleteRequestsOfSubject, [subject]);
    return [deletedFrom('rights.export', copies), deletedFrom('rights.request', requests)];
  }

  /** Recipients who did not hear of a correction hear of the erasure; what would name the person to them goes. */
  async #forgetUntold(subject: SubjectId): Promise<void> {
    const untold = await this.#database.query<{ requestId: string }>(findUntoldOfSubject, [
      subject,
    ]);
    for (const { requestId } of untold) {
      await this.#keys.destroy(requestId);
      await this.#notices.void(requestId);
    }
  }
}

const deletedFrom = (store: string, deleted: number): ErasureOutcome => ({
  ...{ store, matched: deleted, deleted, left: 0 },
});
