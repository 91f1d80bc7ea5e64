import { DomainError, Personal } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import { FieldCipher, isRefusedByFence, isTombstone } from '@entrepot/platform-crypto';
import type { Ciphertext, Tombstone } from '@entrepot/platform-crypto';
import { isUniqueViolation, ShopDatabase, statement } from '@entrepot/platform-database';
import type { Transaction } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { AccountStore } from '../application/account-store.ts';
import type { AccountCredentials } from '../application/account-store.ts';
import type { Account } from '../domain/account.ts';

const admitSubject = statement('identity.admit_subject', 'SELECT privacy.admit_subject($1)');
const insertAccount = statement(
  'identity.insert_account',
  `INSERT INTO identity.account (account_id, subject_id, email, full_name, password_hash, residence,
     language, version, created_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
);
const findAccount = statement(
  'identity.find_account',
  `SELECT account_id AS "id", subject_id AS "subject", email, full_name, password_hash, residence,
     language, version, created_at AS "createdAt"
   FROM identity.account WHERE subject_id = $1`,
);
const updateAccount = statement(
  'identity.update_account',
  `UPDATE identity.account SET full_name = $3, language = $4, version = version + 1
   WHERE account_id = $1 AND version = $2`,
);

type AccountRow = Omit<Account, 'email' | 'fullName'> & {
  readonly email: Ciphertext;
  readonly full_name: Ciphertext;
  readonly password_hash: Ciphertext;
};

const placeOf = ({ id, subject }: Pick<Account, 'id' | 'subject'>) => ({
  table: 'identity.account',
  rowId: id,
  subject,
});

@Injectable()
export class PgAccountStore extends AccountStore {
  constructor(
    private readonly database: ShopDatabase,
    private readonly cipher: FieldCipher,
  ) {
    super();
  }

  override async insert(account: Account, passwordHash: Personal<string>): Promise<boolean> {
    const { id, subject, residence, language, version, createdAt } = account;
    const sealed = await this.cipher.encrypt(placeOf(account), {
      email: account.email,
      full_name: account.fullName,
      password_hash: passwordHash.reveal(),
    });
    const personal = [sealed.email, sealed.full_name, sealed.password_hash];
    const values = [id, subject, ...personal, residence, language, version, createdAt];
    try {
      await this.database.unitOfWork(async (tx) => {
        await tx.query(admitSubject, [subject]);
        await tx.execute(insertAccount, values);
      });
      return true;
    } catch (error) {
      if (isUniqueViolation(error, 'account_subject_id_key')) return false;
      throw fencedOr(error);
    }
  }

  override async find(subject: SubjectId): Promise<Account | Tombstone | undefined> {
    const row = await this.findRow(subject);
    if (row === undefined) return undefined;
    const { email, full_name } = row;
    const opened = await this.cipher.decrypt(placeOf(row), { email, full_name });
    return isTombstone(opened) ? opened : accountOf(row, opened);
  }

  override async findCredentials(subject: SubjectId): Promise<AccountCredentials | undefined> {
    const row = await this.findRow(subject);
    if (row === undefined) return undefined;
    const { email, full_name, password_hash } = row;
    const opened = await this.cipher.decrypt(placeOf(row), { email, full_name, password_hash });
    if (isTombstone(opened)) return undefined;
    return { account: accountOf(row, opened), passwordHash: new Personal(opened.password_hash) };
  }

  override async prepareUpdate(account: Account): Promise<(tx: Transaction) => Promise<boolean>> {
    const { full_name } = await this.cipher.encrypt(placeOf(account), {
      full_name: account.fullName,
    });
    const values = [account.id, account.version, full_name, account.language];
    return async (tx) => {
      try {
        return (await tx.execute(updateAccount, values)) === 1;
      } catch (error) {
        throw fencedOr(error);
      }
    };
  }

  private async findRow(subject: SubjectId): Promise<AccountRow | undefined> {
    const [row] = await this.database.query<AccountRow>(findAccount, [subject]);
    return row;
  }
}

function accountOf(
  row: AccountRow,
  opened: { readonly email: string; readonly full_name: string },
): Account {
  const { id, subject, residence, language, version, createdAt } = row;
  const kept = { id, subject, residence, language, version, createdAt };
  return { ...kept, email: opened.email, fullName: opened.full_name };
}

/** The fence's refusal in the words of the domain; any other error as it is. */
function fencedOr(error: unknown): unknown {
  if (!isRefusedByFence(error)) return error;
  return new DomainError('SUBJECT_ERASED', 'the subject was fenced', { cause: error });
}
