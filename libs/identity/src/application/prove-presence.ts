import { DomainError } from '@entrepot/kernel';
import type { SessionId, SubjectId } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import { freshSignInSeconds } from '../domain/passkey.ts';
import { AccountStore } from './account-store.ts';
import { LoginGuesses } from './login-guesses.ts';
import { PasswordHasher } from './password-hasher.ts';
import { SessionStore } from './session-store.ts';

export interface Presence {
  readonly subject: SubjectId;
  readonly session: SessionId;
  readonly password?: string | undefined;
}

/** That it is the shopper who sits there now, and not whoever found the device: signed in just now, or the password again. */
@Injectable()
export class ProvePresence {
  constructor(
    private readonly sessions: SessionStore,
    private readonly accounts: AccountStore,
    private readonly hasher: PasswordHasher,
    private readonly guesses: LoginGuesses,
  ) {}

  /** Throws REAUTHENTICATION_REQUIRED and RATE_LIMITED. */
  async execute({ subject, session, password }: Presence): Promise<void> {
    if (password === undefined) {
      if (await this.sessions.isFresh(session, freshSignInSeconds)) return;
    } else if (await this.isPasswordOf(subject, password)) return;
    throw new DomainError('REAUTHENTICATION_REQUIRED', 'sign in again, or give the password');
  }

  private async isPasswordOf(subject: SubjectId, password: string): Promise<boolean> {
    const found = await this.accounts.findCredentials(subject);
    if (found !== undefined) {
      await this.guesses.count({ audience: 'shopper', email: found.account.email });
    }
    return this.hasher.verify(found?.passwordHash, password);
  }
}
