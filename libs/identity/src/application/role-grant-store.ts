import type { RoleGrantId, StaffId, SubjectId } from '@entrepot/kernel';
import type { StaffRole } from '../domain/account.ts';

/** A member of staff with the person behind. */
export interface StaffPerson {
  readonly staffId: StaffId;
  readonly person: SubjectId;
}

export interface RoleGrant {
  readonly id: RoleGrantId;
  readonly to: StaffPerson;
  readonly role: StaffRole;
  readonly proposedBy: StaffPerson;
  readonly isConfirmed: boolean;
}

export abstract class RoleGrantStore {
  /** Answers false when this role of this member of staff is proposed already. */
  abstract insert(grant: RoleGrant): Promise<boolean>;
  abstract find(id: RoleGrantId): Promise<RoleGrant | undefined>;
  /**
   * The role is held from now on. Answers `taken` when the grant was confirmed meanwhile, and `replayed`
   * when the assertion confirmed something before.
   */
  abstract confirm(
    id: RoleGrantId,
    by: StaffPerson & { readonly assertionDigest: string },
  ): Promise<'confirmed' | 'taken' | 'replayed'>;
}
