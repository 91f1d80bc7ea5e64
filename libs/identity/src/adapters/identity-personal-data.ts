import { PersonalDataOwner } from '@entrepot/kernel';
import type { ErasureOutcome, PersonalDataExtract, SubjectId } from '@entrepot/kernel';
import { isTombstone } from '@entrepot/platform-crypto';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import type { Statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { AccountStore } from '../application/account-store.ts';
import { AddressStore } from '../application/address-store.ts';
import { StaffStore } from '../application/staff-store.ts';

const sessionsOf = statement(
  'identity.sessions_of_subject',
  `SELECT session_id AS "id", started_at AS "startedAt", expires_at AS "expiresAt", ended_at AS "endedAt"
   FROM identity.session WHERE subject_id = $1 ORDER BY started_at`,
);
const passkeysOf = statement(
  'identity.passkeys_of_subject',
  `SELECT credential_id AS "credentialId", created_at AS "createdAt"
   FROM identity.passkey WHERE subject_id = $1 ORDER BY created_at`,
);
const rolesOf = statement(
  'identity.role_grants_of_subject',
  `SELECT role, proposed_at AS "proposedAt", confirmed_at AS "confirmedAt"
   FROM identity.role_grant WHERE subject_id = $1 ORDER BY proposed_at`,
);
// In the order in which rows may go: roles and passkeys hang on the member of staff.
const deletions: readonly (readonly [string, Statement])[] = [
  ['identity.session', deletionFrom('identity.session')],
  ['identity.address', deletionFrom('identity.address')],
  ['identity.account', deletionFrom('identity.account')],
  ['identity.passkey', deletionFrom('identity.passkey')],
  ['identity.role_grant', deletionFrom('identity.role_grant')],
  ['identity.staff_act', deletionFrom('identity.staff_act')],
  [
    'identity.staff_role',
    statement(
      'identity.erase_staff_role',
      `DELETE FROM identity.staff_role r USING identity.staff s
       WHERE r.staff_id = s.staff_id AND s.subject_id = $1`,
    ),
  ],
  ['identity.staff', deletionFrom('identity.staff')],
];

/** Accounts, addresses, staff and sessions: all of it goes when the person does. */
@Injectable()
export class IdentityPersonalData extends PersonalDataOwner {
  override readonly tables = [
    'identity.account',
    'identity.address',
    'identity.passkey',
    'identity.role_grant',
    'identity.session',
    'identity.staff',
    'identity.staff_act',
  ];

  constructor(
    private readonly database: ShopDatabase,
    private readonly accounts: AccountStore,
    private readonly addresses: AddressStore,
    private readonly staff: StaffStore,
  ) {
    super();
  }

  override async exportFor(subject: SubjectId): Promise<PersonalDataExtract[]> {
    const account = await this.accounts.find(subject);
    const addresses = await this.addresses.list(subject);
    const member = await this.staff.find(subject);
    return [
      { section: 'account', records: recordsOf(account) },
      { section: 'addresses', records: isTombstone(addresses) ? [] : addresses.map(asRecord) },
      { section: 'staff', records: recordsOf(member) },
      { section: 'sessions', records: await this.database.query(sessionsOf, [subject]) },
      { section: 'passkeys', records: await this.database.query(passkeysOf, [subject]) },
      { section: 'roleGrants', records: await this.database.query(rolesOf, [subject]) },
    ];
  }

  override async erase(subject: SubjectId): Promise<ErasureOutcome[]> {
    const outcomes: ErasureOutcome[] = [];
    for (const [store, deletion] of deletions) {
      const deleted = await this.database.execute(deletion, [subject]);
      outcomes.push({ store, matched: deleted, deleted, left: 0 });
    }
    return outcomes;
  }
}

function deletionFrom(table: string): Statement {
  return statement(
    `identity.erase_${table.split('.')[1] ?? ''}`,
    `DELETE FROM ${table} WHERE subject_id = $1`,
  );
}

const asRecord = (value: object): Record<string, unknown> => ({ ...value });
const recordsOf = (found: object | undefined): Record<string, unknown>[] =>
  found === undefined || isTombstone(found) ? [] : [asRecord(found)];
