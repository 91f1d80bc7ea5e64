import type { ErasureRequestId, StaffId, SubjectId } from '@entrepot/kernel';
import type {
  ErasureApproval,
  ErasureRequest,
  ErasureStatus,
  IdentityMethod,
  PlanFacts,
} from '../domain/erasure-request.ts';

/** A row of privacy.erasure_request, as the driver reads it. */
export interface ErasureRequestRow {
  readonly request_id: ErasureRequestId;
  readonly subject_id: SubjectId;
  readonly status: ErasureStatus;
  readonly version: number;
  readonly requested_by: StaffId | null;
  readonly requested_by_person: SubjectId | null;
  readonly requested_at: Date;
  readonly due_at: Date;
  readonly extended_to: Date | null;
  readonly identity: IdentityMethod | null;
  readonly plan: string | null;
  readonly plan_digest: string | null;
  readonly keeps_something: boolean;
  readonly needs_extract: boolean;
  readonly confirmed_digest: string | null;
  readonly confirmed_at: Date | null;
  readonly approved_by: StaffId | null;
  readonly approved_by_person: SubjectId | null;
  readonly approved_digest: string | null;
  readonly approved_at: Date | null;
  readonly cooling_off_until: Date | null;
  readonly committed_at: Date | null;
  readonly fenced_at: Date | null;
  readonly drained_at: Date | null;
  readonly key_unusable_at: Date | null;
  readonly purged_at: Date | null;
  readonly key_destroyed_at: Date | null;
  readonly closed_at: Date | null;
  readonly resumes_to: ErasureStatus | null;
  readonly failed_step: string | null;
  readonly failure_code: string | null;
  readonly duplicate_of: ErasureRequestId | null;
}

/** The order of the columns is that of `valuesOf`. */
export const requestColumns = [
  ...(['request_id', 'subject_id', 'requested_by', 'requested_by_person', 'requested_at'] as const),
  ...(['due_at', 'status', 'version', 'extended_to', 'identity', 'plan', 'plan_digest'] as const),
  ...(['keeps_something', 'needs_extract', 'approved_by', 'approved_by_person'] as const),
  ...([
    'approved_digest',
    'approved_at',
    'cooling_off_until',
    'committed_at',
    'fenced_at',
    'drained_at',
  ] as const),
  ...(['confirmed_digest', 'confirmed_at'] as const),
  ...(['key_unusable_at', 'purged_at', 'key_destroyed_at', 'closed_at', 'resumes_to'] as const),
  ...(['failed_step', 'failure_code', 'duplicate_of'] as const),
] as const satisfies readonly (keyof ErasureRequestRow)[];

const rowOf = (request: ErasureRequest): ErasureRequestRow => ({
  request_id: request.id,
  subject_id: request.subject,
  status: request.status,
  version: request.version,
  ...askedRowOf(request),
  requested_at: request.requestedAt,
  due_at: request.dueAt,
  extended_to: request.extendedTo ?? null,
  identity: request.identity ?? null,
  ...planRowOf(request.plan),
  ...approvalRowOf(request.approval),
  cooling_off_until: request.coolingOffUntil ?? null,
  committed_at: request.committedAt ?? null,
  fenced_at: request.fencedAt ?? null,
  drained_at: request.drainedAt ?? null,
  key_unusable_at: request.keyUnusableAt ?? null,
  purged_at: request.purgedAt ?? null,
  key_destroyed_at: request.keyDestroyedAt ?? null,
  ...endRowOf(request),
});

const askedRowOf = ({ requestedBy, confirmation }: ErasureRequest) => ({
  requested_by: requestedBy?.staffId ?? null,
  requested_by_person: requestedBy?.person ?? null,
  confirmed_digest: confirmation?.planDigest ?? null,
  confirmed_at: confirmation?.at ?? null,
});

const planRowOf = (plan: PlanFacts | undefined) => ({
  plan: plan?.text ?? null,
  plan_digest: plan?.digest ?? null,
  keeps_something: plan?.keepsSomething ?? false,
  needs_extract: plan?.needsExtract ?? false,
});

const approvalRowOf = (approval: ErasureApproval | undefined) => ({
  approved_by: approval?.staffId ?? null,
  approved_by_person: approval?.person ?? null,
  approved_digest: approval?.planDigest ?? null,
  approved_at: approval?.at ?? null,
});

const endRowOf = ({ closedAt, resumesTo, failure, duplicateOf }: ErasureRequest) => ({
  closed_at: closedAt ?? null,
  resumes_to: resumesTo ?? null,
  failed_step: failure?.step ?? null,
  failure_code: failure?.code ?? null,
  duplicate_of: duplicateOf ?? null,
});

export function valuesOf(request: ErasureRequest): unknown[] {
  const row = rowOf(request);
  return requestColumns.map((column) => row[column]);
}

function planOf(row: ErasureRequestRow): PlanFacts | undefined {
  if (row.plan === null || row.plan_digest === null) return undefined;
  const { keeps_something: keepsSomething, needs_extract: needsExtract } = row;
  return { text: row.plan, digest: row.plan_digest, keepsSomething, needsExtract };
}

function approvalOf(row: ErasureRequestRow): ErasureApproval | undefined {
  const { approved_by: staffId, approved_by_person: person, approved_at: at } = row;
  const planDigest = row.approved_digest;
  const isApproved = staffId !== null && person !== null && planDigest !== null && at !== null;
  return isApproved ? { staffId, person, planDigest, at } : undefined;
}

function askedOf(row: ErasureRequestRow): Pick<ErasureRequest, 'requestedBy' | 'confirmation'> {
  const { requested_by: staffId, requested_by_person: person } = row;
  const { confirmed_digest: planDigest, confirmed_at: at } = row;
  return {
    requestedBy: staffId !== null && person !== null ? { staffId, person } : undefined,
    confirmation: planDigest !== null && at !== null ? { planDigest, at } : undefined,
  };
}

function instantsOf(row: ErasureRequestRow) {
  return {
    extendedTo: row.extended_to ?? undefined,
    coolingOffUntil: row.cooling_off_until ?? undefined,
    committedAt: row.committed_at ?? undefined,
    fencedAt: row.fenced_at ?? undefined,
    drainedAt: row.drained_at ?? undefined,
    keyUnusableAt: row.key_unusable_at ?? undefined,
    purgedAt: row.purged_at ?? undefined,
    keyDestroyedAt: row.key_destroyed_at ?? undefined,
    closedAt: row.closed_at ?? undefined,
  };
}

export function requestOf(row: ErasureRequestRow): ErasureRequest {
  const { failed_step: step, failure_code: code } = row;
  return {
    id: row.request_id,
    subject: row.subject_id,
    status: row.status,
    version: row.version,
    ...askedOf(row),
    requestedAt: row.requested_at,
    dueAt: row.due_at,
    identity: row.identity ?? undefined,
    plan: planOf(row),
    approval: approvalOf(row),
    ...instantsOf(row),
    resumesTo: row.resumes_to ?? undefined,
    failure: step !== null && code !== null ? { step, code } : undefined,
    duplicateOf: row.duplicate_of ?? undefined,
  };
}
