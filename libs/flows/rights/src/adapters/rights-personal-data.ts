import { PersonalDataOwner } from '@entrepot/kernel';
import type { ErasureOutcome, PersonalDataExtract, SubjectId } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import { RecipientNotices, RequestKeys } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { GrievanceStore } from '../application/grievance-store.ts';
import type { Grievance } from '../application/grievance-store.ts';
import { NomineeStore } from '../application/nominee-store.ts';
import {
  deleteExportsOfSubject,
  deleteGrievancesOfSubject,
  deleteNomineesOfSubject,
  deleteRequestsOfSubject,
  findUntoldOfSubject,
  listRequests,
} from './rights-statements.ts';

/** What a person asked for under the privacy law, copies included: all of it goes when the person does. */
@Injectable()
export class RightsPersonalData extends PersonalDataOwner {
  override readonly tables = [
    ...['rights.request', 'rights.export', 'rights.grievance', 'rights.nominee'],
  ];

  constructor(
    private readonly database: ShopDatabase,
    private readonly notices: RecipientNotices,
    private readonly keys: RequestKeys,
    private readonly grievances: GrievanceStore,
    private readonly nominees: NomineeStore,
  ) {
    super();
  }

  /** The copies themselves are not in the copy: each would hold the one before it. */
  override async exportFor(subject: SubjectId): Promise<PersonalDataExtract[]> {
    const records = await this.database.query<Record<string, unknown>>(listRequests, [subject]);
    const grievances = await this.grievances.ofSubject(subject);
    const nominees = await this.nominees.ofSubject(subject);
    return [
      { section: 'privacyRequests', records },
      { section: 'grievances', records: grievances.map(recordOf) },
      { section: 'nominees', records: nominees.map((nominee) => ({ ...nominee })) },
    ];
  }

  override async erase(subject: SubjectId): Promise<ErasureOutcome[]> {
    await this.#forgetUntold(subject);
    const copies = await this.database.execute(deleteExportsOfSubject, [subject]);
    const grievances = await this.database.execute(deleteGrievancesOfSubject, [subject]);
    const nominees = await this.database.execute(deleteNomineesOfSubject, [subject]);
    const requests = await this.database.execute(deleteRequestsOfSubject, [subject]);
    return [
      deletedFrom('rights.export', copies),
      deletedFrom('rights.grievance', grievances),
      deletedFrom('rights.nominee', nominees),
      deletedFrom('rights.request', requests),
    ];
  }

  /** Recipients who did not hear of a correction hear of the erasure; what would name the person to them goes. */
  async #forgetUntold(subject: SubjectId): Promise<void> {
    const untold = await this.database.query<{ requestId: string }>(findUntoldOfSubject, [subject]);
    for (const { requestId } of untold) {
      await this.keys.destroy(requestId);
      await this.notices.void(requestId);
    }
  }
}

const recordOf = ({ id, text, filedAt, answer, answeredAt }: Grievance) => ({
  ...{ id, text, filedAt, answer: answer ?? null, answeredAt: answeredAt ?? null },
});

const deletedFrom = (store: string, deleted: number): ErasureOutcome => ({
  ...{ store, matched: deleted, deleted, left: 0 },
});
