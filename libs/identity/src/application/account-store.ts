import type { Personal, SubjectId } from '@entrepot/kernel';
import type { Tombstone } from '@entrepot/platform-crypto';
import type { Transaction } from '@entrepot/platform-database';
import type { Account } from '../domain/account.ts';

export interface AccountCredentials {
  readonly account: Account;
  readonly passwordHash: Personal<string>;
}

/** Accounts; personal values are encrypted on the way in and out. */
export abstract class AccountStore {
  /**
   * Writes a new account and admits its subject in one transaction. Answers false when the subject has
   * an account already. Throws `DomainError('SUBJECT_ERASED')` when the subject was fenced.
   */
  abstract insert(account: Account, passwordHash: Personal<string>): Promise<boolean>;
  abstract find(subject: SubjectId): Promise<Account | Tombstone | undefined>;
  abstract findCredentials(subject: SubjectId): Promise<AccountCredentials | undefined>;
  /**
   * Encrypts what is personal before the transaction that writes it. The write answers false when the account is
   * no longer at the version that was read, and throws SUBJECT_ERASED.
   */
  abstract prepareUpdate(account: Account): Promise<(tx: Transaction) => Promise<boolean>>;
}
