import { DomainError } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import { isRefusedByFence } from '@entrepot/platform-crypto';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { ConsentLedger } from '../application/consent-ledger.ts';
import type { ConsentEntry, DatedConsent } from '../domain/consent.ts';

const columns = `subject_id AS "subject", purpose, seq, is_granted AS "isGranted",
  text_version AS "textVersion", text_hash AS "textHash", locale, surface, actor,
  decided_at AS "decidedAt"`;

/** Two decisions about one purpose at once become one after the other. */
const lockPurpose = statement(
  'consents.lock_purpose',
  `SELECT pg_advisory_xact_lock(hashtextextended($1 || '|' || $2, 0))`,
);
const appendEntry = statement(
  'consents.append',
  `INSERT INTO consents.entry (subject_id, purpose, seq, is_granted, text_version, text_hash, locale,
     surface, actor)
   SELECT $1, $2, coalesce(newest.seq, 0) + 1, $3, $4, $5, $6, $7, $8
   FROM (SELECT) one LEFT JOIN LATERAL (
     SELECT seq, is_granted, text_hash FROM consents.entry
     WHERE subject_id = $1 AND purpose = $2 ORDER BY seq DESC LIMIT 1) newest ON true
   WHERE newest.is_granted IS DISTINCT FROM $3 OR newest.text_hash <> $5`,
);
const findCurrent = statement(
  'consents.current',
  `SELECT DISTINCT ON (purpose) ${columns} FROM consents.entry
   WHERE subject_id = $1 ORDER BY purpose, seq DESC`,
);
const findHistory = statement(
  'consents.history',
  `SELECT ${columns} FROM consents.entry WHERE subject_id = $1 ORDER BY decided_at, purpose, seq`,
);
const deleteOfSubject = statement(
  'consents.delete_of_subject',
  'DELETE FROM consents.entry WHERE subject_id = $1',
);

@Injectable()
export class PgConsentLedger extends ConsentLedger {
  readonly #database: ShopDatabase;

  constructor(database: ShopDatabase) {
    super();
    this.#database = database;
  }

  override async append(entry: ConsentEntry): Promise<void> {
    const { subject, purpose, isGranted, textVersion, textHash } = entry;
    const values = [subject, purpose, isGranted, textVersion, textHash];
    try {
      await this.#database.unitOfWork(async (tx) => {
        await tx.query(lockPurpose, [subject, purpose]);
        await tx.execute(appendEntry, [...values, entry.locale, entry.surface, entry.actor]);
      });
    } catch (error) {
      if (!isRefusedByFence(error)) throw error;
      throw new DomainError('SUBJECT_ERASED', `${subject} is fenced`, { cause: error });
    }
  }

  override current(subject: SubjectId): Promise<readonly DatedConsent[]> {
    return this.#database.query<DatedConsent>(findCurrent, [subject]);
  }

  override history(subject: SubjectId): Promise<readonly DatedConsent[]> {
    return this.#database.query<DatedConsent>(findHistory, [subject]);
  }

  override deleteAllOf(subject: SubjectId): Promise<number> {
    return this.#database.execute(deleteOfSubject, [subject]);
  }
}
