import type { ErasureRequestId, SubjectId } from '@entrepot/kernel';
import { isUniqueViolation, ShopDatabase, statement } from '@entrepot/platform-database';
import type { Statement, Transaction } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { ErasureStore, idempotencyKeyOf } from '../application/erasure-store.ts';
import type {
  ErasureChange,
  ErasureStep,
  PageOfIds,
  UnderWay,
} from '../application/erasure-store.ts';
import type { ErasureEventRecord } from '../domain/erasure-event.ts';
import type { ErasureRequest, ErasureStatus } from '../domain/erasure-request.ts';
import { requestColumns, requestOf, valuesOf } from './erasure-request-row.ts';
import type { ErasureRequestRow } from './erasure-request-row.ts';
import { insertSignature } from './pg-signed-approvals.ts';

const columns = requestColumns.join(', ');
const places = requestColumns.map((_, index) => `$${index + 1}`).join(', ');
const versionPlace = `$${requestColumns.indexOf('version') + 1}`;
const assignments = requestColumns.map((column, index) => `${column} = $${index + 1}`).join(', ');

const insertRequest = statement(
  'privacy.insert_erasure_request',
  `INSERT INTO privacy.erasure_request (${columns}) VALUES (${places})`,
);
const updateRequest = statement(
  'privacy.update_erasure_request',
  `UPDATE privacy.erasure_request SET ${assignments}
   WHERE request_id = $1 AND version = ${versionPlace}::int - 1`,
);
const insertEvent = statement(
  'privacy.insert_erasure_event',
  // the trigger computes both hashes
  `INSERT INTO privacy.erasure_event (request_id, seq, action, actor, detail, at, hash)
   VALUES ($1, $2, $3, $4, $5, $6, '')`,
);
const findRequest = statement(
  'privacy.find_erasure_request',
  `SELECT ${columns} FROM privacy.erasure_request WHERE request_id = $1`,
);
const findOpenRequest = statement(
  'privacy.find_open_erasure_request',
  `SELECT ${columns} FROM privacy.erasure_request WHERE subject_id = $1 AND closed_at IS NULL`,
);
const pageOfRequests = statement(
  'privacy.page_of_erasure_requests',
  `SELECT ${columns} FROM privacy.erasure_request WHERE (requested_at, request_id) < ($1, $2)
   ORDER BY requested_at DESC, request_id DESC LIMIT $3`,
);
const listRequestsOf = statement(
  'privacy.list_erasure_requests_of_subject',
  `SELECT ${columns} FROM privacy.erasure_request WHERE subject_id = $1
   ORDER BY requested_at DESC, request_id LIMIT $2`,
);
const requestsUnderWay = statement(
  'privacy.erasure_requests_under_way',
  `SELECT request_id AS "id" FROM privacy.erasure_request
   WHERE closed_at IS NULL AND approved_by IS NOT NULL AND resumes_to IS NULL
     AND (status = 'verified_unreadable') = $1 AND request_id > $2
   ORDER BY request_id LIMIT $3`,
);
const requestsInStatus = statement(
  'privacy.erasure_requests_in_status',
  `SELECT ${columns} FROM privacy.erasure_request
   WHERE status = $1 ORDER BY approved_at, request_id LIMIT $2`,
);
const requestsToVerify = statement(
  'privacy.erasure_requests_to_verify',
  `SELECT ${columns} FROM privacy.erasure_request
   WHERE status = 'recipients_notified' AND request_id > coalesce($1, '')
   ORDER BY request_id LIMIT $2`,
);
const requestsOpenToEvidence = statement(
  'privacy.erasure_requests_open_to_evidence',
  `SELECT ${columns} FROM privacy.erasure_request
   WHERE closed_at IS NULL AND request_id > coalesce($1, '')
     AND coalesce(resumes_to, status) IN ('recipients_notified', 'verified_unreadable')
   ORDER BY request_id LIMIT $2`,
);
const oldestUnverified = statement(
  'privacy.oldest_unverified_erasure',
  `SELECT coalesce(max(extract(epoch FROM now() - e.at)), 0)::float AS "seconds"
   FROM privacy.erasure_request r
   JOIN privacy.erasure_event e ON e.request_id = r.request_id AND e.seq = r.version
   WHERE r.status = 'recipients_notified'`,
);
const eventsOf = statement(
  'privacy.erasure_events_of_request',
  `SELECT request_id AS "requestId", seq, action, actor, detail, at,
     encode(prev_hash, 'hex') AS "prevHash", encode(hash, 'hex') AS "hash"
   FROM privacy.erasure_event WHERE request_id = $1 ORDER BY seq`,
);
const insertSteps = `INSERT INTO privacy.erasure_step AS s (request_id, step, store, idempotency_key,
     state, attempts, matched, deleted, left_count, left_reason,
     evidence_digest, finished_at)
   SELECT $1, n.step, n.store, n.key, n.state, 1, n.matched, n.deleted, n."left", n."leftReason",
     n."evidenceDigest", CASE n.state WHEN 'done' THEN now() END
   FROM jsonb_to_recordset($2::jsonb) AS n (step text, store text, key text, state text, matched int,
     deleted int, "left" int, "leftReason" text, "evidenceDigest" text)
   ORDER BY n.step, n.store
   ON CONFLICT (request_id, step, store) DO UPDATE SET attempts = s.attempts + 1,
     state = excluded.state, left_count = excluded.left_count, left_reason = excluded.left_reason,
     evidence_digest = excluded.evidence_digest, finished_at = excluded.finished_at`;
const recordSteps = statement(
  'privacy.record_erasure_steps',
  `${insertSteps}, matched = s.deleted + excluded.matched, deleted = s.deleted + excluded.deleted`,
);
const recordMeasures = statement(
  'privacy.record_erasure_measures',
  `${insertSteps}, matched = greatest(s.matched, excluded.matched), deleted = excluded.deleted`,
);
const stepsOf = statement(
  'privacy.erasure_steps_of_request',
  `SELECT step, store, state, matched, deleted, left_count AS "left", left_reason AS "leftReason",
     evidence_digest AS "evidenceDigest"
   FROM privacy.erasure_step WHERE request_id = $1 ORDER BY step, store`,
);

type Nullable<T, Keys extends keyof T> = Omit<T, Keys> & {
  readonly [Key in Keys]: Exclude<T[Key], undefined> | null;
};

type StepRow = Omit<ErasureStep, 'leftReason' | 'evidenceDigest'> & {
  readonly leftReason: string | null;
  readonly evidenceDigest: string | null;
};

/** Requests to erase, in PostgreSQL. */
@Injectable()
export class PgErasureStore extends ErasureStore {
  private readonly database: ShopDatabase;

  constructor(database: ShopDatabase) {
    super();
    this.database = database;
  }

  override async insert(request: ErasureRequest, change: ErasureChange): Promise<boolean> {
    try {
      await this.database.unitOfWork(async (tx) => {
        await tx.execute(insertRequest, valuesOf(request));
        await this.insertEvent(tx, request, change);
      });
      return true;
    } catch (error) {
      if (isUniqueViolation(error, 'erasure_request_open')) return false;
      throw error;
    }
  }

  override async find(id: ErasureRequestId): Promise<ErasureRequest | undefined> {
    const [row] = await this.database.query<ErasureRequestRow>(findRequest, [id]);
    return row && requestOf(row);
  }

  override async findOpenOf(subject: SubjectId): Promise<ErasureRequest | undefined> {
    const [row] = await this.database.query<ErasureRequestRow>(findOpenRequest, [subject]);
    return row && requestOf(row);
  }

  override async listOf(subject: SubjectId, rowsMax: number): Promise<ErasureRequest[]> {
    const values = [subject, rowsMax];
    return (await this.database.query<ErasureRequestRow>(listRequestsOf, values)).map(requestOf);
  }

  override async page(
    after: { readonly requestedAt: Date; readonly id: string } | undefined,
    rowsMax: number,
  ): Promise<ErasureRequest[]> {
    const values = [after?.requestedAt ?? 'infinity', after?.id ?? '', rowsMax];
    return (await this.database.query<ErasureRequestRow>(pageOfRequests, values)).map(requestOf);
  }

  override async underWay({ awaitsKeyEnd, after, rowsMax }: UnderWay): Promise<ErasureRequestId[]> {
    const values = [awaitsKeyEnd, after ?? '', rowsMax];
    const rows = await this.database.query<{ id: ErasureRequestId }>(requestsUnderWay, values);
    return rows.map(({ id }) => id);
  }

  override async inStatus(status: ErasureStatus, rowsMax: number): Promise<ErasureRequest[]> {
    const values = [status, rowsMax];
    return (await this.database.query<ErasureRequestRow>(requestsInStatus, values)).map(requestOf);
  }

  override async toVerify({ after, rowsMax }: PageOfIds): Promise<ErasureRequest[]> {
    const values = [after ?? null, rowsMax];
    return (await this.database.query<ErasureRequestRow>(requestsToVerify, values)).map(requestOf);
  }

  override async openToEvidence({ after, rowsMax }: PageOfIds): Promise<ErasureRequest[]> {
    const found = await this.database.query<ErasureRequestRow>(requestsOpenToEvidence, [
      after ?? null,
      rowsMax,
    ]);
    return found.map(requestOf);
  }

  override async oldestUnverifiedSeconds(): Promise<number> {
    const [row] = await this.database.query<{ seconds: number }>(oldestUnverified);
    return row?.seconds ?? 0;
  }

  override save(request: ErasureRequest, change: ErasureChange): Promise<boolean> {
    return this.database.unitOfWork(async (tx) => {
      if ((await tx.execute(updateRequest, valuesOf(request))) === 0) return false;
      await this.insertEvent(tx, request, change);
      if (change.signature !== undefined) await insertSignature(tx, request, change.signature);
      return true;
    });
  }

  override async eventsOf(id: ErasureRequestId): Promise<ErasureEventRecord[]> {
    const rows = await this.database.query<Nullable<ErasureEventRecord, 'detail' | 'prevHash'>>(
      eventsOf,
      [id],
    );
    return rows.map(({ detail, prevHash, ...event }) => ({
      ...event,
      detail: detail ?? undefined,
      prevHash: prevHash ?? undefined,
    }));
  }

  override recordSteps(id: ErasureRequestId, steps: readonly ErasureStep[]): Promise<void> {
    return this.record(recordSteps, id, steps);
  }

  override recordMeasures(id: ErasureRequestId, measures: readonly ErasureStep[]): Promise<void> {
    return this.record(recordMeasures, id, measures);
  }

  override async stepsOf(id: ErasureRequestId): Promise<ErasureStep[]> {
    const rows = await this.database.query<StepRow>(stepsOf, [id]);
    return rows.map(({ leftReason, evidenceDigest, ...step }) => ({
      ...step,
      ...(leftReason !== null && { leftReason }),
      ...(evidenceDigest !== null && { evidenceDigest }),
    }));
  }

  private async record(
    how: Statement,
    id: ErasureRequestId,
    steps: readonly ErasureStep[],
  ): Promise<void> {
    if (steps.length === 0) return;
    const rows = steps.map((of) => ({ ...of, key: idempotencyKeyOf(id, of.step) }));
    await this.database.execute(how, [id, JSON.stringify(rows)]);
  }

  private async insertEvent(
    tx: Transaction,
    { id, version }: ErasureRequest,
    { action, actor, detail, at }: ErasureChange,
  ): Promise<void> {
    await tx.execute(insertEvent, [id, version, action, actor, detail ?? null, at]);
  }
}
