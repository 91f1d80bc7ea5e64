import type { ErasureRequestId, StaffId, SubjectId } from '@entrepot/kernel';

/** The way of a request, in order; then the ends beside it, then the two states it comes back from. */
export const erasureStates = [
  'received',
  'identity_pending',
  'verified',
  'assessed',
  'approved',
  'partial',
  'cooling_off',
  'fenced',
  'drained',
  'extracted',
  'key_unusable',
  'purged',
  'recipients_notified',
  'verified_unreadable',
  'key_destroyed',
  'certified',
  'closed',
  'rejected',
  'withdrawn',
  'duplicate',
  'on_hold',
  'failed',
] as const;
export type ErasureStatus = (typeof erasureStates)[number];

/** A member of staff and the person behind the login: a second login is no second pair of eyes. */
export interface ErasureOfficer {
  readonly staffId: StaffId;
  readonly person: SubjectId;
}

/** That whoever asks has signed the plan. */
export interface ErasureConfirmation {
  /** SHA-256 of the plan that was signed, in hexadecimal. */
  readonly planDigest: string;
  readonly at: Date;
}

export interface ErasureApproval extends ErasureOfficer {
  /** SHA-256 of the plan that was approved, in hexadecimal. */
  readonly planDigest: string;
  readonly at: Date;
}

/** A plan as it was approved, and what has to be known of it. */
export interface PlanFacts {
  /** In its canonical form (RFC 8785). */
  readonly text: string;
  /** SHA-256 of the plan in its canonical form, in hexadecimal. */
  readonly digest: string;
  /** Whether something of the person stays under a law or a hold. */
  readonly keepsSomething: boolean;
  /** Whether personal fields have to be moved under another key before the person's key ends. */
  readonly needsExtract: boolean;
}

export type IdentityMethod = 'named_by_staff' | 'fresh_sign_in' | 'mail_loop';

export interface ErasureRequest {
  readonly id: ErasureRequestId;
  readonly subject: SubjectId;
  readonly status: ErasureStatus;
  /** Rises by one with every event. */
  readonly version: number;
  /** Undefined where the person asked and no officer has taken the request up. */
  readonly requestedBy: ErasureOfficer | undefined;
  readonly requestedAt: Date;
  /** The end of the last day on which the person must have been answered. */
  readonly dueAt: Date;
  /** The end of the last day after an extension, of which the person has to be told. */
  readonly extendedTo: Date | undefined;
  readonly identity: IdentityMethod | undefined;
  readonly plan: PlanFacts | undefined;
  readonly confirmation: ErasureConfirmation | undefined;
  readonly approval: ErasureApproval | undefined;
  readonly coolingOffUntil: Date | undefined;
  /** The point of no return. */
  readonly committedAt: Date | undefined;
  readonly fencedAt: Date | undefined;
  readonly drainedAt: Date | undefined;
  readonly keyUnusableAt: Date | undefined;
  readonly purgedAt: Date | undefined;
  readonly keyDestroyedAt: Date | undefined;
  readonly closedAt: Date | undefined;
  /** Where a request that is held or failed goes on. */
  readonly resumesTo: ErasureStatus | undefined;
  /** The step that failed and why, as codes. */
  readonly failure: ErasureFailure | undefined;
  readonly duplicateOf: ErasureRequestId | undefined;
}

export interface ErasureFailure {
  readonly step: string;
  readonly code: string;
}

/** Two persons, neither of them the one who is erased. The database holds the same as CHECKs. */
export function isFourEyed({
  subject,
  requestedBy,
  approval,
}: Pick<ErasureRequest, 'subject' | 'requestedBy' | 'approval'>): boolean {
  if (approval === undefined || requestedBy === undefined) return false;
  const people = new Set([subject, requestedBy.person, approval.person]);
  return people.size === 3 && requestedBy.staffId !== approval.staffId;
}

/** Two persons over the plan as it stands: a signature under another plan is none. */
export const isApprovedByTwo = (request: ErasureRequest): boolean =>
  isFourEyed(request) &&
  request.plan !== undefined &&
  request.confirmation?.planDigest === request.plan.digest &&
  request.approval?.planDigest === request.plan.digest;

/** Whether nothing of the person can be read any more, now or later. */
export const isErased = ({ keyUnusableAt }: Pick<ErasureRequest, 'keyUnusableAt'>): boolean =>
  keyUnusableAt !== undefined;
