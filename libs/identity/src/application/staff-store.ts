import type { Personal, StaffId, SubjectId } from '@entrepot/kernel';
import type { Tombstone } from '@entrepot/platform-crypto';
import type { StaffMember } from '../domain/account.ts';

export interface StaffCredentials {
  readonly member: StaffMember;
  readonly passwordHash: Personal<string>;
}

export abstract class StaffStore {
  /** Answers false when the subject is on the staff already. */
  abstract insert(member: StaffMember, passwordHash: Personal<string>): Promise<boolean>;
  abstract find(subject: SubjectId): Promise<StaffMember | Tombstone | undefined>;
  /** Undefined for someone who is no longer on the staff. */
  abstract findCredentials(subject: SubjectId): Promise<StaffCredentials | undefined>;
  abstract findSubject(staffId: string): Promise<SubjectId | undefined>;
  abstract findId(subject: SubjectId): Promise<StaffId | undefined>;
}
