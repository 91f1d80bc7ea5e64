import type { ErasureRequestId, StaffId, SubjectId } from '@entrepot/kernel';
import { isUniqueViolation, ShopDatabase, statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { ErasureStore } from '../application/erasure-store.ts';
import type { ErasureStep, NewErasureRequest } from '../application/erasure-store.ts';
import type { ErasureApproval, ErasureRequest, ErasureStatus } from '../domain/erasure-request.ts';

const columns = `request_id, subject_id, status, requested_by, requested_by_person, approved_by,
  approved_by_person, approved_at, plan_digest, version, requested_at, fenced_at, key_unusable_at,
  purged_at, key_destroyed_at, closed_at`;

const insertRequest = statement(
  'privacy.insert_erasure_request',
  `INSERT INTO privacy.erasure_request (request_id, subject_id, requested_by, requested_by_person)
   VALUES ($1, $2, $3, $4)`,
);
const findRequest = statement(
  'privacy.find_erasure_request',
  `SELECT ${columns} FROM privacy.erasure_request WHERE request_id = $1`,
);
const findOpenRequest = statement(
  'privacy.find_open_erasure_request',
  `SELECT ${columns} FROM privacy.erasure_request
   WHERE subject_id = $1 AND status NOT IN ('withdrawn', 'rejected', 'closed')`,
);
const listRequests = statement(
  'privacy.list_erasure_requests',
  `SELECT ${columns} FROM privacy.erasure_request ORDER BY requested_at DESC, request_id LIMIT $1`,
);
const approveRequest = statement(
  'privacy.approve_erasure_request',
  `UPDATE privacy.erasure_request SET status = 'approved', version = version + 1,
     approved_by = $3, approved_by_person = $4, plan_digest = $5, approved_at = now()
   WHERE request_id = $1 AND version = $2 AND status = 'requested'`,
);
const requestsInStatus = statement(
  'privacy.erasure_requests_in_status',
  `SELECT ${columns} FROM privacy.erasure_request
   WHERE status = $1 ORDER BY approved_at, request_id LIMIT $2`,
);
const advanceRequest = statement(
  'privacy.advance_erasure_request',
  `UPDATE privacy.erasure_request SET status = $3, version = version + 1,
     fenced_at = CASE $3 WHEN 'fenced' THEN now() ELSE fenced_at END,
     key_unusable_at = CASE $3 WHEN 'key_unusable' THEN now() ELSE key_unusable_at END,
     purged_at = CASE $3 WHEN 'purged' THEN now() ELSE purged_at END,
     key_destroyed_at = CASE $3 WHEN 'key_destroyed' THEN now() ELSE key_destroyed_at END,
     closed_at = CASE $3 WHEN 'closed' THEN now() ELSE closed_at END
   WHERE request_id = $1 AND version = $2`,
);
const recordStep = statement(
  'privacy.record_erasure_step',
  `INSERT INTO privacy.erasure_step AS s (request_id, step, store, state, attempts, matched, deleted,
     left_count, left_reason, finished_at)
   VALUES ($1, $2, $3, 'done', 1, $4, $5, $6, $7, now())
   ON CONFLICT (request_id, step, store) DO UPDATE SET attempts = s.attempts + 1,
     matched = s.deleted + excluded.matched, deleted = s.deleted + excluded.deleted,
     left_count = excluded.left_count, left_reason = excluded.left_reason, finished_at = now()`,
);
const stepsOf = statement(
  'privacy.erasure_steps_of_request',
  `SELECT step, store, matched, deleted, left_count AS "left", left_reason AS "leftReason"
   FROM privacy.erasure_step WHERE request_id = $1 ORDER BY finished_at, step, store`,
);

interface RequestRow {
  readonly request_id: ErasureRequestId;
  readonly subject_id: SubjectId;
  readonly status: ErasureStatus;
  readonly requested_by: StaffId;
  readonly requested_by_person: SubjectId;
  readonly approved_by: StaffId | null;
  readonly approved_by_person: SubjectId | null;
  readonly approved_at: Date | null;
  readonly plan_digest: string | null;
  readonly version: number;
  readonly requested_at: Date;
  readonly fenced_at: Date | null;
  readonly key_unusable_at: Date | null;
  readonly purged_at: Date | null;
  readonly key_destroyed_at: Date | null;
  readonly closed_at: Date | null;
}

/** Requests to erase, in PostgreSQL. */
@Injectable()
export class PgErasureStore extends ErasureStore {
  private readonly database: ShopDatabase;

  constructor(database: ShopDatabase) {
    super();
    this.database = database;
  }

  override async insert({ id, subject, requestedBy }: NewErasureRequest): Promise<boolean> {
    try {
      const values = [id, subject, requestedBy.staffId, requestedBy.person];
      await this.database.execute(insertRequest, values);
      return true;
    } catch (error) {
      if (isUniqueViolation(error, 'erasure_request_open')) return false;
      throw error;
    }
  }

  override async find(id: ErasureRequestId): Promise<ErasureRequest | undefined> {
    const [row] = await this.database.query<RequestRow>(findRequest, [id]);
    return row && toRequest(row);
  }

  override async findOpenOf(subject: SubjectId): Promise<ErasureRequest | undefined> {
    const [row] = await this.database.query<RequestRow>(findOpenRequest, [subject]);
    return row && toRequest(row);
  }

  override async list(rowsMax: number): Promise<ErasureRequest[]> {
    return (await this.database.query<RequestRow>(listRequests, [rowsMax])).map(toRequest);
  }

  override async approve(
    { id, version }: ErasureRequest,
    { staffId, person, planDigest }: Omit<ErasureApproval, 'at'>,
  ): Promise<boolean> {
    const values = [id, version, staffId, person, planDigest];
    return (await this.database.execute(approveRequest, values)) === 1;
  }

  override async inStatus(status: ErasureStatus, rowsMax: number): Promise<ErasureRequest[]> {
    const rows = await this.database.query<RequestRow>(requestsInStatus, [status, rowsMax]);
    return rows.map(toRequest);
  }

  override async advance({ id, version }: ErasureRequest, to: ErasureStatus): Promise<boolean> {
    return (await this.database.execute(advanceRequest, [id, version, to])) === 1;
  }

  override async recordStep(id: ErasureRequestId, step: ErasureStep): Promise<void> {
    const { store, matched, deleted, left, leftReason } = step;
    const values = [id, step.step, store, matched, deleted, left, leftReason ?? null];
    await this.database.execute(recordStep, values);
  }

  override async stepsOf(id: ErasureRequestId): Promise<ErasureStep[]> {
    const rows = await this.database.query<
      Omit<ErasureStep, 'leftReason'> & { readonly leftReason: string | null }
    >(stepsOf, [id]);
    return rows.map(({ leftReason, ...step }) =>
      leftReason === null ? step : { ...step, leftReason },
    );
  }
}

function toRequest(row: RequestRow): ErasureRequest {
  const { approved_by: staffId, approved_by_person: person, plan_digest: planDigest } = row;
  const at = row.approved_at;
  const isApproved = staffId !== null && person !== null && planDigest !== null && at !== null;
  return {
    id: row.request_id,
    subject: row.subject_id,
    status: row.status,
    requestedBy: { staffId: row.requested_by, person: row.requested_by_person },
    approval: isApproved ? { staffId, person, planDigest, at } : undefined,
    version: row.version,
    requestedAt: row.requested_at,
    fencedAt: row.fenced_at ?? undefined,
    keyUnusableAt: row.key_unusable_at ?? undefined,
    purgedAt: row.purged_at ?? undefined,
    keyDestroyedAt: row.key_destroyed_at ?? undefined,
    closedAt: row.closed_at ?? undefined,
  };
}
