import type { RoleGrantId, StaffId, SubjectId } from '@entrepot/kernel';
import { isUniqueViolation, ShopDatabase, statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { RoleGrantStore } from '../application/role-grant-store.ts';
import type { RoleGrant, StaffPerson } from '../application/role-grant-store.ts';
import type { StaffRole } from '../domain/account.ts';

const insertGrant = statement(
  'identity.insert_role_grant',
  `INSERT INTO identity.role_grant (grant_id, staff_id, subject_id, role, proposed_by, proposed_by_person)
   VALUES ($1, $2, $3, $4, $5, $6)`,
);
const findGrant = statement(
  'identity.find_role_grant',
  `SELECT grant_id AS "id", staff_id AS "staffId", subject_id AS "person", role,
     proposed_by AS "proposedBy", proposed_by_person AS "proposedByPerson",
     confirmed_at IS NOT NULL AS "isConfirmed"
   FROM identity.role_grant WHERE grant_id = $1`,
);
const confirmGrant = statement(
  'identity.confirm_role_grant',
  `UPDATE identity.role_grant SET confirmed_by = $2, confirmed_by_person = $3, confirmed_at = now(),
     assertion_digest = $4
   WHERE grant_id = $1 AND confirmed_at IS NULL`,
);

interface GrantRow {
  readonly id: RoleGrantId;
  readonly staffId: StaffId;
  readonly person: SubjectId;
  readonly role: StaffRole;
  readonly proposedBy: StaffId;
  readonly proposedByPerson: SubjectId;
  readonly isConfirmed: boolean;
}

@Injectable()
export class PgRoleGrantStore extends RoleGrantStore {
  private readonly database: ShopDatabase;

  constructor(database: ShopDatabase) {
    super();
    this.database = database;
  }

  override async insert({ id, to, role, proposedBy }: RoleGrant): Promise<boolean> {
    const proposer = [proposedBy.staffId, proposedBy.person];
    try {
      await this.database.execute(insertGrant, [id, to.staffId, to.person, role, ...proposer]);
      return true;
    } catch (error) {
      if (isUniqueViolation(error, 'role_grant_open')) return false;
      throw error;
    }
  }

  override async find(id: RoleGrantId): Promise<RoleGrant | undefined> {
    const [row] = await this.database.query<GrantRow>(findGrant, [id]);
    if (row === undefined) return undefined;
    const { staffId, person, proposedBy, proposedByPerson, ...grant } = row;
    return {
      ...grant,
      to: { staffId, person },
      proposedBy: { staffId: proposedBy, person: proposedByPerson },
    };
  }

  override async confirm(
    id: RoleGrantId,
    { staffId, person, assertionDigest }: StaffPerson & { readonly assertionDigest: string },
  ): Promise<'confirmed' | 'taken' | 'replayed'> {
    try {
      const values = [id, staffId, person, assertionDigest];
      return (await this.database.execute(confirmGrant, values)) === 1 ? 'confirmed' : 'taken';
    } catch (error) {
      if (isUniqueViolation(error, 'role_grant_assertion_digest_key')) return 'replayed';
      throw error;
    }
  }
}
