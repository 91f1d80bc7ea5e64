import type { SubjectId } from '@entrepot/kernel';
import { isTombstone } from '@entrepot/platform-crypto';
import { Injectable } from '@nestjs/common';
import { AccountStore } from './account-store.ts';

/** Where and how a shopper is written to. */
export interface Contact {
  readonly email: string;
  /** ISO 639-1. */
  readonly language: string;
}

@Injectable()
export class ReadContact {
  private readonly accounts: AccountStore;

  constructor(accounts: AccountStore) {
    this.accounts = accounts;
  }

  /** Undefined for somebody without an account, and for somebody who is erased. */
  async execute(subject: SubjectId): Promise<Contact | undefined> {
    const account = await this.accounts.find(subject);
    if (account === undefined || isTombstone(account)) return undefined;
    const { email, language } = account;
    return { email, language };
  }
}
