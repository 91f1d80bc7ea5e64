import { Personal } from '@entrepot/kernel';
import type { StaffId, SubjectId } from '@entrepot/kernel';
import { FieldCipher, isTombstone } from '@entrepot/platform-crypto';
import type { Ciphertext, Tombstone } from '@entrepot/platform-crypto';
import { isUniqueViolation, ShopDatabase, statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { StaffStore } from '../application/staff-store.ts';
import type { StaffCredentials } from '../application/staff-store.ts';
import type { StaffMember } from '../domain/account.ts';

const admitSubject = statement('identity.admit_staff', 'SELECT privacy.admit_subject($1)');
const insertStaff = statement(
  'identity.insert_staff',
  `INSERT INTO identity.staff (staff_id, subject_id, email, full_name, password_hash)
   VALUES ($1, $2, $3, $4, $5)`,
);
const insertRoles = statement(
  'identity.insert_staff_roles',
  'INSERT INTO identity.staff_role (staff_id, role) SELECT $1, unnest($2::text[])',
);
const findStaff = statement(
  'identity.find_staff',
  `SELECT s.staff_id AS "id", s.subject_id AS "subject", s.email, s.full_name, s.password_hash,
     ARRAY(SELECT r.role FROM identity.staff_role r WHERE r.staff_id = s.staff_id ORDER BY 1) AS "roles"
   FROM identity.staff s WHERE s.subject_id = $1 AND s.disabled_at IS NULL`,
);
const findStaffSubject = statement(
  'identity.find_staff_subject',
  'SELECT subject_id AS "subject" FROM identity.staff WHERE staff_id = $1',
);

const findStaffId = statement(
  'identity.find_staff_id',
  'SELECT staff_id AS "id" FROM identity.staff WHERE subject_id = $1',
);

interface StaffRow {
  readonly id: StaffId;
  readonly subject: SubjectId;
  readonly email: Ciphertext;
  readonly full_name: Ciphertext;
  readonly password_hash: Ciphertext;
  readonly roles: readonly string[];
}

const placeOf = ({ id, subject }: Pick<StaffMember, 'id' | 'subject'>) => ({
  table: 'identity.staff',
  rowId: id,
  subject,
});

@Injectable()
export class PgStaffStore extends StaffStore {
  constructor(
    private readonly database: ShopDatabase,
    private readonly cipher: FieldCipher,
  ) {
    super();
  }

  override async insert(member: StaffMember, passwordHash: Personal<string>): Promise<boolean> {
    const { id, subject, roles } = member;
    const sealed = await this.cipher.encrypt(placeOf(member), {
      email: member.email,
      full_name: member.fullName,
      password_hash: passwordHash.reveal(),
    });
    const personal = [sealed.email, sealed.full_name, sealed.password_hash];
    try {
      await this.database.unitOfWork(async (tx) => {
        await tx.query(admitSubject, [subject]);
        await tx.execute(insertStaff, [id, subject, ...personal]);
        await tx.execute(insertRoles, [id, roles]);
      });
      return true;
    } catch (error) {
      if (isUniqueViolation(error, 'staff_subject_id_key')) return false;
      throw error;
    }
  }

  override async find(subject: SubjectId): Promise<StaffMember | Tombstone | undefined> {
    const found = await this.open(subject);
    return found === undefined || isTombstone(found) ? found : found.member;
  }

  override async findCredentials(subject: SubjectId): Promise<StaffCredentials | undefined> {
    const found = await this.open(subject);
    return isTombstone(found) ? undefined : found;
  }

  override async findSubject(staffId: string): Promise<SubjectId | undefined> {
    const [row] = await this.database.query<{ subject: SubjectId }>(findStaffSubject, [staffId]);
    return row?.subject;
  }

  override async findId(subject: SubjectId): Promise<StaffId | undefined> {
    const [row] = await this.database.query<{ id: StaffId }>(findStaffId, [subject]);
    return row?.id;
  }

  private async open(subject: SubjectId): Promise<StaffCredentials | Tombstone | undefined> {
    const [row] = await this.database.query<StaffRow>(findStaff, [subject]);
    if (row === undefined) return undefined;
    const { email, full_name, password_hash, ...kept } = row;
    const opened = await this.cipher.decrypt(placeOf(row), { email, full_name, password_hash });
    if (isTombstone(opened)) return opened;
    const member = { ...kept, email: opened.email, fullName: opened.full_name };
    return { member, passwordHash: new Personal(opened.password_hash) };
  }
}
