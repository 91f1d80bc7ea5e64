import { DomainError } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import { isTombstone } from '@entrepot/platform-crypto';
import { Injectable } from '@nestjs/common';
import type { Account } from '../domain/account.ts';
import { AccountStore } from './account-store.ts';

@Injectable()
export class ReadAccountUseCase {
  constructor(private readonly accounts: AccountStore) {}

  /** Throws SUBJECT_ERASED where the account is only a tombstone any more. */
  async execute(subject: SubjectId): Promise<Account> {
    const account = await this.accounts.find(subject);
    if (account === undefined || isTombstone(account)) {
      throw new DomainError('SUBJECT_ERASED', `${subject} has no readable account`);
    }
    return account;
  }
}
