import type { PrivacyRequestId, StaffId, SubjectId } from '@entrepot/kernel';
import { FieldCipher, isTombstone } from '@entrepot/platform-crypto';
import type { Ciphertext } from '@entrepot/platform-crypto';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { GrievanceStore } from '../application/grievance-store.ts';
import type { Grievance, NewGrievance } from '../application/grievance-store.ts';
import { fencedOr } from './pg-export-store.ts';

const columns = `request_id AS "id", g.subject_id AS "subject", g.content, g.answer,
  r.requested_at AS "filedAt", r.due_at AS "dueAt", r.answered_at AS "answeredAt"`;
const joined = 'rights.grievance g JOIN rights.request r USING (request_id)';

/** Of one person one after the other: a count before the lock would let all that come at once be the last. */
const lockGrievances = statement(
  'rights.lock_grievances',
  `SELECT pg_advisory_xact_lock(hashtextextended('grievance|' || $1, 0))`,
);
const insertGrievance = statement(
  'rights.insert_grievance',
  `WITH waiting AS (
     SELECT count(*) AS grievances FROM rights.request
     WHERE subject_id = $2 AND kind = 'grievance' AND answered_at IS NULL),
   asked AS (
     INSERT INTO rights.request (request_id, subject_id, kind, requested_at, due_at)
     SELECT $1, $2, 'grievance', $3::timestamptz, $4::timestamptz FROM waiting
     WHERE waiting.grievances < $6::int
     RETURNING request_id, subject_id)
   INSERT INTO rights.grievance (request_id, subject_id, content)
   SELECT request_id, subject_id, $5 FROM asked`,
);
const grievancesOfSubject = statement(
  'rights.grievances_of_subject',
  `SELECT ${columns} FROM ${joined} WHERE g.subject_id = $1 ORDER BY r.requested_at, request_id`,
);
const findGrievance = statement(
  'rights.find_grievance',
  `SELECT ${columns} FROM ${joined} WHERE request_id = $1`,
);
const answerGrievance = statement(
  'rights.answer_grievance',
  `WITH answered AS (
     UPDATE rights.request SET answered_at = greatest(requested_at, $2::timestamptz)
     WHERE request_id = $1 AND kind = 'grievance' AND answered_at IS NULL
     RETURNING request_id)
   UPDATE rights.grievance g SET answer = $3, answered_by = $4
   FROM answered WHERE g.request_id = answered.request_id`,
);

interface GrievanceRow {
  readonly id: PrivacyRequestId;
  readonly subject: SubjectId;
  readonly content: Ciphertext;
  readonly answer: Ciphertext | null;
  readonly filedAt: Date;
  readonly dueAt: Date;
  readonly answeredAt: Date | null;
}

const placeOf = ({ id, subject }: Pick<GrievanceRow, 'id' | 'subject'>) => ({
  ...{ table: 'rights.grievance', rowId: id, subject },
});

@Injectable()
export class PgGrievanceStore extends GrievanceStore {
  constructor(
    private readonly database: ShopDatabase,
    private readonly cipher: FieldCipher,
  ) {
    super();
  }

  override async insert(grievance: NewGrievance, openMax: number): Promise<boolean> {
    const { id, subject, text, filedAt, dueAt } = grievance;
    const { content } = await this.cipher.encrypt(placeOf(grievance), { content: text });
    const values = [id, subject, filedAt, dueAt, content, openMax];
    return this.write(() =>
      this.database.unitOfWork(async (tx) => {
        await tx.query(lockGrievances, [subject]);
        return tx.execute(insertGrievance, values);
      }),
    );
  }

  override async ofSubject(subject: SubjectId): Promise<readonly Grievance[]> {
    const rows = await this.database.query<GrievanceRow>(grievancesOfSubject, [subject]);
    const opened = await Promise.all(rows.map((row) => this.open(row)));
    return opened.flatMap((grievance) => grievance ?? []);
  }

  override async subjectOf(id: PrivacyRequestId): Promise<SubjectId | undefined> {
    const [row] = await this.database.query<GrievanceRow>(findGrievance, [id]);
    return row?.subject;
  }

  override async find(id: PrivacyRequestId): Promise<Grievance | undefined> {
    const [row] = await this.database.query<GrievanceRow>(findGrievance, [id]);
    return row && this.open(row);
  }

  override async answer(
    { id, subject }: Pick<Grievance, 'id' | 'subject'>,
    { text, staff, at }: { readonly text: string; readonly staff: StaffId; readonly at: Date },
  ): Promise<boolean> {
    const { answer } = await this.cipher.encrypt(placeOf({ id, subject }), { answer: text });
    return this.write(() => this.database.execute(answerGrievance, [id, at, answer, staff]));
  }

  private async open(row: GrievanceRow): Promise<Grievance | undefined> {
    const { id, subject, content, answer, filedAt, dueAt } = row;
    const sealed = { content, ...(answer !== null && { answer }) };
    const opened = await this.cipher.decrypt<Partial<typeof sealed> & { content: Ciphertext }>(
      placeOf(row),
      sealed,
    );
    if (isTombstone(opened)) return undefined;
    return {
      ...{ id, subject, text: opened.content, filedAt, dueAt, answer: opened.answer },
      answeredAt: row.answeredAt ?? undefined,
    };
  }

  private async write(statementOf: () => Promise<number>): Promise<boolean> {
    try {
      return (await statementOf()) === 1;
    } catch (error) {
      throw fencedOr(error);
    }
  }
}
