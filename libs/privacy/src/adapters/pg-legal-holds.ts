import { DomainError } from '@entrepot/kernel';
import type { LegalHoldId, StaffId, SubjectId } from '@entrepot/kernel';
import { isRefusedByFence } from '@entrepot/platform-crypto';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { LegalHolds } from '../application/legal-holds.ts';
import type { ClosedCase, LegalHold } from '../application/legal-holds.ts';
import type { DataCategory } from '../domain/retention-rule.ts';

interface HoldRow {
  readonly id: LegalHoldId;
  readonly subject: SubjectId | null;
  readonly category: DataCategory;
  readonly caseReference: string;
  readonly openedBy: StaffId;
  readonly openedAt: Date;
  readonly releasedAt: Date | null;
}

/** Raised for a hold of a case that was closed. */
const caseClosed = 'PR004';

const columns = `hold_id AS "id", subject_id AS "subject", category, case_reference AS "caseReference",
  opened_by AS "openedBy", opened_at AS "openedAt", released_at AS "releasedAt"`;
const insert = statement(
  'privacy.open_hold',
  `INSERT INTO privacy.legal_hold (hold_id, subject_id, category, case_reference, opened_by, opened_at)
   VALUES ($1, $2, $3, $4, $5, $6)
   ON CONFLICT (subject_id, category, case_reference) WHERE released_at IS NULL DO NOTHING`,
);
const openAbout = statement(
  'privacy.open_holds_about',
  `SELECT ${columns} FROM privacy.legal_hold WHERE subject_id = $1 AND released_at IS NULL
   ORDER BY category, case_reference`,
);
const find = statement(
  'privacy.find_hold',
  `SELECT ${columns} FROM privacy.legal_hold WHERE hold_id = $1`,
);
const list = statement(
  'privacy.list_holds',
  `SELECT ${columns} FROM privacy.legal_hold ORDER BY opened_at DESC, hold_id LIMIT $1`,
);
const closeCase = statement(
  'privacy.close_case',
  'SELECT privacy.close_case($1, $2, $3) AS "released"',
);
const closedCases = statement(
  'privacy.closed_cases',
  `SELECT case_reference AS "caseReference", max(released_at) AS "closedAt"
   FROM privacy.legal_hold WHERE released_at IS NOT NULL GROUP BY case_reference ORDER BY 1`,
);

const holdOf = ({ subject, releasedAt, ...row }: HoldRow): LegalHold => ({
  ...row,
  subject: subject ?? undefined,
  releasedAt: releasedAt ?? undefined,
});

@Injectable()
export class PgLegalHolds extends LegalHolds {
  private readonly database: ShopDatabase;

  constructor(database: ShopDatabase) {
    super();
    this.database = database;
  }

  override async open(hold: LegalHold & { readonly subject: SubjectId }): Promise<LegalHold> {
    const { id, subject, category, caseReference, openedBy, openedAt } = hold;
    const values = [id, subject, category, caseReference, openedBy, openedAt];
    await this.database.execute(insert, values).catch(refusalOf);
    const same = (await this.openAbout(subject)).find(
      (of) => of.category === category && of.caseReference === caseReference,
    );
    return same ?? hold;
  }

  override async closeCase(caseReference: string, by: StaffId, at: Date): Promise<number> {
    const values = [caseReference, by, at];
    const [row] = await this.database.query<{ released: number }>(closeCase, values);
    return row?.released ?? 0;
  }

  override async list(rowsMax: number): Promise<LegalHold[]> {
    return (await this.database.query<HoldRow>(list, [rowsMax])).map(holdOf);
  }

  override async find(id: LegalHoldId): Promise<LegalHold | undefined> {
    const [row] = await this.database.query<HoldRow>(find, [id]);
    return row && holdOf(row);
  }

  override async openAbout(subject: SubjectId): Promise<LegalHold[]> {
    return (await this.database.query<HoldRow>(openAbout, [subject])).map(holdOf);
  }

  override closedCases(): Promise<ClosedCase[]> {
    return this.database.query<ClosedCase>(closedCases);
  }
}

function refusalOf(error: unknown): never {
  if (isRefusedByFence(error)) {
    throw new DomainError('SUBJECT_ERASED', 'nobody who is fenced is held any more');
  }
  if (error instanceof Error && 'code' in error && error.code === caseClosed) {
    throw new DomainError('LEGAL_CASE_CLOSED', 'the case was closed');
  }
  throw error;
}
