import { Injectable } from '@nestjs/common';
import { AccountStore } from './account-store.ts';
import { LoginCheck } from './login-check.ts';
import type { Credentials } from './login-check.ts';
import type { SessionGrant } from './session-tokens.ts';
import { StartSession } from './start-session.ts';

@Injectable()
export class SignInShopperUseCase {
  constructor(
    private readonly loginCheck: LoginCheck,
    private readonly accounts: AccountStore,
    private readonly startSession: StartSession,
  ) {}

  async execute(credentials: Credentials): Promise<SessionGrant> {
    const { account } = await this.loginCheck.execute(
      { audience: 'shopper', ...credentials },
      (subject) => this.accounts.findCredentials(subject),
    );
    return this.startSession.execute(account.subject, { kind: 'shopper', id: account.id });
  }
}
