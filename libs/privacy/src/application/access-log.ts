import type { StaffId, SubjectId } from '@entrepot/kernel';

/** Why a member of staff may read something about a person. */
export const accessPurposes = [
  'support_request',
  'rights_request',
  'fraud_check',
  'legal_claim',
  'incident',
] as const;
export type AccessPurpose = (typeof accessPurposes)[number];

export interface PersonalRead {
  readonly subject: SubjectId;
  readonly staff: StaffId;
  /** Template of the route, such as `/admin/v1/accounts/{accountId}`. */
  readonly route: string;
  readonly purpose: AccessPurpose;
}

/** Who of the staff read what about whom, and why; the person finds it in the copy of their data. */
export abstract class AccessLog {
  /**
   * Written before anything is read: what cannot be noted is not read. Throws SUBJECT_ERASED where the
   * person is fenced.
   */
  abstract note(read: PersonalRead): Promise<void>;
}
