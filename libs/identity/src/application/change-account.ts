import { DomainError } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import type { Transaction } from '@entrepot/platform-database';
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
    private readonly database: ShopDatabase,
  ) {}

  /** Throws ACCOUNT_CHANGED when another request was faster. */
  async execute(subject: SubjectId, change: AccountChange): Promise<Account> {
    return this.database.unitOfWork(await this.prepare(subject, change));
  }

  /** The change as a part of a transaction of the caller's. The write throws what `execute` throws. */
  async prepare(
    subject: SubjectId,
    change: AccountChange,
  ): Promise<(tx: Transaction) => Promise<Account>> {
    const account = await this.readAccount.execute(subject);
    const changed = {
      ...account,
      fullName: change.fullName ?? account.fullName,
      language: change.language ?? account.language,
    };
    const write = await this.accounts.prepareUpdate(changed);
    return async (tx) => {
      if (await write(tx)) return changed;
      throw new DomainError('ACCOUNT_CHANGED', 'the account was changed meanwhile');
    };
  }
}
