import type { StaffId, SubjectId } from '@entrepot/kernel';
import { isUniqueViolation, ShopDatabase, statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { IdentitySettings } from '../application/identity-settings.ts';
import { PasskeyStore } from '../application/passkey-store.ts';
import type { StaffPasskey } from '../application/passkey-store.ts';
import type { Passkey } from '../domain/passkey.ts';

const passkeysOfStaff = statement(
  'identity.passkeys_of_staff',
  `SELECT p.credential_id AS "credentialId", p.staff_id AS "staffId", p.subject_id AS "subject",
     p.public_key AS "publicKey", p.counter
   FROM identity.passkey p JOIN identity.staff s USING (staff_id)
   WHERE p.staff_id = $1 AND s.disabled_at IS NULL AND (NOT p.is_demo OR $2)
   ORDER BY p.created_at, p.credential_id`,
);
const insertPasskey = statement(
  'identity.insert_passkey',
  `INSERT INTO identity.passkey (credential_id, staff_id, subject_id, public_key, counter, is_demo,
     vouched_by, vouching_authenticator_data, vouching_client_data, vouching_signature)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
);
const raiseCounter = statement(
  'identity.raise_passkey_counter',
  `UPDATE identity.passkey SET counter = $2
   WHERE credential_id = $1 AND (counter < $2 OR (counter = 0 AND $2 = 0))`,
);

interface PasskeyRow {
  readonly credentialId: string;
  readonly staffId: StaffId;
  readonly subject: SubjectId;
  readonly publicKey: Buffer;
  readonly counter: bigint;
}

@Injectable()
export class PgPasskeyStore extends PasskeyStore {
  constructor(
    private readonly database: ShopDatabase,
    private readonly settings: IdentitySettings,
  ) {
    super();
  }

  override async of(staff: StaffId): Promise<Passkey[]> {
    const values = [staff, this.settings.takesDemoPasskeys];
    const rows = await this.database.query<PasskeyRow>(passkeysOfStaff, values);
    return rows.map((row) => ({ ...row, counter: Number(row.counter) }));
  }

  override async insert(passkey: StaffPasskey): Promise<boolean> {
    const { vouching } = passkey;
    const values = [
      ...[passkey.credentialId, passkey.staffId, passkey.subject, passkey.publicKey],
      ...[passkey.counter, passkey.isDemo, vouching?.credentialId ?? null],
      ...[vouching?.authenticatorData ?? null, vouching?.clientDataJson ?? null],
      vouching?.signature ?? null,
    ];
    try {
      await this.database.execute(insertPasskey, values);
      return true;
    } catch (error) {
      if (uniqueness.some((name) => isUniqueViolation(error, name))) return false;
      throw error;
    }
  }

  override async raiseCounter(credentialId: string, counter: number): Promise<boolean> {
    return (await this.database.execute(raiseCounter, [credentialId, counter])) === 1;
  }
}

const uniqueness = ['passkey_pkey', 'passkey_public_key_key', 'passkey_first'];
