import { DomainError } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import type { Account } from '../domain/account.ts';
import { AccountStore } from './account-store.ts';
import { ReadAccountUseCase } from './read-account.ts';

export interface AccountChange {
  readonly fullName?: string | undefined;
  readonly language?: string | undefined;
}

@Injectable()
export class ChangeAccountUseCase {
  constructor(
    private readonly readAccount: ReadAccountUseCase,
    private readonly accounts: AccountStore,
  ) {}

  /** Throws ACCOUNT_CHANGED when another request was faster. */
  async execute(subject: SubjectId, change: AccountChange): Promise<Account> {
    const account = await this.readAccount.execute(subject);
    const changed = {
      ...account,
      fullName: change.fullName ?? account.fullName,
      language: change.language ?? account.language,
    };
    if (await this.accounts.update(changed)) return changed;
    throw new DomainError('ACCOUNT_CHANGED', 'the account was changed meanwhile');
  }
}
