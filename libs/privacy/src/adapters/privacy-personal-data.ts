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

/** What is known of a person as the object of privacy itself. It holds no personal value and stays,
 * except for who read something about the person, which goes. */
@Injectable()
export class PrivacyPersonalData extends PersonalDataOwner {
  override readonly tables = [
    'privacy.subject',
    'privacy.erasure_request',
    'privacy.restored_erasure',
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
      { section: 'accesses', records: await this.database.query(findAccesses, [subject]) },
    ];
  }

  override async erase(subject: SubjectId): Promise<ErasureOutcome[]> {
    const subjects = await this.database.query(findSubject, [subject]);
    const requests = await this.database.query(findRequests, [subject]);
    const restored = await this.database.query(findRestored, [subject]);
    const accesses = await this.database.execute(deleteAccesses, [subject]);
    return [
      kept('privacy.subject', subjects.length),
      kept('privacy.erasure_request', requests.length),
      kept('privacy.restored_erasure', restored.length),
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
