import type { ErasureRequestId, StaffId, SubjectId } from '@entrepot/kernel';

/** In the order of an erasure's life; the first three have not begun, the last is the end. */
export type ErasureStatus =
  | 'requested'
  | 'withdrawn'
  | 'rejected'
  | 'approved'
  | 'fenced'
  | 'key_unusable'
  | 'purged'
  | 'key_destroyed'
  | 'closed'
  | 'failed';

/** A member of staff and the person behind the login: a second login is no second pair of eyes. */
export interface ErasureOfficer {
  readonly staffId: StaffId;
  readonly person: SubjectId;
}

export interface ErasureApproval extends ErasureOfficer {
  /** SHA-256 of what was approved, in hexadecimal. */
  readonly planDigest: string;
  readonly at: Date;
}

export interface ErasureRequest {
  readonly id: ErasureRequestId;
  readonly subject: SubjectId;
  readonly status: ErasureStatus;
  readonly requestedBy: ErasureOfficer;
  readonly approval: ErasureApproval | undefined;
  readonly version: number;
  readonly requestedAt: Date;
  readonly fencedAt: Date | undefined;
  readonly keyUnusableAt: Date | undefined;
  readonly purgedAt: Date | undefined;
  readonly keyDestroyedAt: Date | undefined;
  readonly closedAt: Date | undefined;
}

/** Two persons, neither of them the one who is erased. The database holds the same as CHECKs. */
export function isFourEyed({ subject, requestedBy, approval }: ErasureRequest): boolean {
  if (approval === undefined) return false;
  const people = new Set([subject, requestedBy.person, approval.person]);
  return people.size === 3 && requestedBy.staffId !== approval.staffId;
}

/** Whether nothing of the person can be read any more, now or later. */
export const isErased = ({ keyUnusableAt }: Pick<ErasureRequest, 'keyUnusableAt'>): boolean =>
  keyUnusableAt !== undefined;
