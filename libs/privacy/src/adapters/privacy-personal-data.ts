import { PersonalDataOwner } from '@entrepot/kernel';
import type { ErasureOutcome, PersonalDataExtract, SubjectId } from '@entrepot/kernel';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';

const findSubject = statement(
  'privacy.find_subject',
  `SELECT status, admitted_at AS "admittedAt", fenced_at AS "fencedAt"
   FROM privacy.subject WHERE subject_id = $1`,
);
const findRequests = statement(
  'privacy.find_requests_of_subject',
  `SELECT request_id AS "requestId", status, requested_at AS "requestedAt", closed_at AS "closedAt"
   FROM privacy.erasure_request WHERE subject_id = $1 ORDER BY requested_at`,
);
const findAccesses = statement(
  'privacy.find_accesses_of_subject',
  `SELECT at, route AS "read", purpose
   FROM privacy.access_log WHERE subject_id = $1 ORDER BY at, entry_id`,
);
const deleteAccesses = statement(
  'privacy.delete_accesses_of_subject',
  'DELETE FROM privacy.access_log WHERE subject_id = $1',
);
const findRestored = statement(
  'privacy.find_restored_of_subject',
  'SELECT ordered_at FROM privacy.restored_erasure WHERE subject_id = $1',
);

const findApprovals = statement(
  'privacy.find_approvals_of_person',
  `SELECT request_id AS "requestId", role, signed_at AS "signedAt"
   FROM privacy.erasure_approval WHERE person = $1 ORDER BY signed_at`,
);
const findHolds = statement(
  'privacy.find_holds_of_subject',
  `SELECT category, opened_at AS "openedAt", released_at AS "releasedAt"
   FROM privacy.legal_hold WHERE subject_id = $1 ORDER BY opened_at`,
);
const forgetInHolds = statement(
  'privacy.forget_in_holds',
  'UPDATE privacy.legal_hold SET subject_id = NULL WHERE subject_id = $1',
);

/**
 * What is known of a person as the object of privacy itself. It holds no personal value and stays, except for
 * who read something about the person, which goes.
 */
@Injectable()
export class PrivacyPersonalData extends PersonalDataOwner {
  override readonly tables = [
    'privacy.subject',
    'privacy.erasure_request',
    'privacy.restored_erasure',
    'privacy.legal_hold',
    'privacy.erasure_approval',
    'privacy.access_log',
  ];
  private readonly database: ShopDatabase;

  constructor(database: ShopDatabase) {
    super();
    this.database = database;
  }

  override async exportFor(subject: SubjectId): Promise<PersonalDataExtract[]> {
    return [
      { section: 'subject', records: await this.database.query(findSubject, [subject]) },
      { section: 'erasureRequests', records: await this.database.query(findRequests, [subject]) },
      { section: 'legalHolds', records: await this.database.query(findHolds, [subject]) },
      { section: 'approvals', records: await this.database.query(findApprovals, [subject]) },
      { section: 'accesses', records: await this.database.query(findAccesses, [subject]) },
    ];
  }

  override async erase(subject: SubjectId): Promise<ErasureOutcome[]> {
    const subjects = await this.database.query(findSubject, [subject]);
    const requests = await this.database.query(findRequests, [subject]);
    const approvals = await this.database.query(findApprovals, [subject]);
    const held = await this.database.execute(forgetInHolds, [subject]);
    const restored = await this.database.query(findRestored, [subject]);
    const accesses = await this.database.execute(deleteAccesses, [subject]);
    return [
      kept('privacy.subject', subjects.length),
      kept('privacy.erasure_request', requests.length),
      kept('privacy.restored_erasure', restored.length),
      kept('privacy.erasure_approval', approvals.length),
      // what a case holds lies under its own key; whose it was is said by nothing any more
      {
        ...{ store: 'privacy.legal_hold', matched: held, deleted: 0, left: held },
        ...(held > 0 && { leftReason: 'CASE_WITHOUT_PERSON' }),
      },
      { store: 'privacy.access_log', matched: accesses, deleted: accesses, left: 0 },
    ];
  }
}

const kept = (store: string, matched: number): ErasureOutcome => ({
  store,
  matched,
  deleted: 0,
  left: matched,
  ...(matched > 0 && { leftReason: 'TOMBSTONE' }),
});
