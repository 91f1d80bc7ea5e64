import type { SubjectId } from '@entrepot/kernel';
import { isTombstone } from '@entrepot/platform-crypto';
import { Injectable } from '@nestjs/common';
import { AccountStore } from './account-store.ts';
import { StaffStore } from './staff-store.ts';

const languageOfStaff = 'en';

/** Where a person is written to, and in which language. */
@Injectable()
export class ReadContact {
  constructor(
    private readonly accounts: AccountStore,
    private readonly staff: StaffStore,
  ) {}

  /** Undefined for somebody without an account, and for whoever is fenced. */
  async execute(
    subject: SubjectId,
  ): Promise<{ readonly email: string; readonly locale: string } | undefined> {
    const account = await this.accounts.find(subject);
    if (account !== undefined && !isTombstone(account)) {
      return { email: account.email, locale: account.language };
    }
    const member = await this.staff.find(subject);
    if (member === undefined || isTombstone(member)) return undefined;
    return { email: member.email, locale: languageOfStaff };
  }
}
