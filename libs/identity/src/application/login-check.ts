import { DomainError, newCellId } from '@entrepot/kernel';
import type { Personal, SubjectId } from '@entrepot/kernel';
import { SubjectVault } from '@entrepot/platform-crypto';
import type { Login, VaultEntry } from '@entrepot/platform-crypto';
import { CellDirectory } from '@entrepot/platform-config';
import { Injectable } from '@nestjs/common';
import { IdentitySettings } from './identity-settings.ts';
import { LoginGuesses } from './login-guesses.ts';
import { PasswordHasher } from './password-hasher.ts';

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export interface Attempt extends Login {
  readonly password: string;
}

/**
 * Decides whether a password is the right one. An unknown login takes the same steps as a known one with
 * a wrong password, and gets the same answer: the public list of homes, for those who knock at the wrong
 * cell.
 */
@Injectable()
export class LoginCheck {
  constructor(
    private readonly vault: SubjectVault,
    private readonly hasher: PasswordHasher,
    private readonly guesses: LoginGuesses,
    private readonly directory: CellDirectory,
    private readonly settings: IdentitySettings,
  ) {}

  /** Answers what `find` found; throws UNAUTHENTICATED or RATE_LIMITED. */
  async execute<Found extends { readonly passwordHash: Personal<string> }>(
    attempt: Attempt,
    find: (subject: SubjectId) => Promise<Found | undefined>,
  ): Promise<Found> {
    await this.guesses.count(attempt);
    const entry = await this.vault.find(attempt);
    const found = await find(entry?.subject ?? newCellId('subject', this.settings.cell));
    const isRight = await this.hasher.verify(found?.passwordHash, attempt.password);
    if (!isRight || found === undefined || entry === undefined) throw this.refusal();
    await this.completeRegistration(entry);
    return found;
  }

  /** A registration that lost its last step gets it at the first login. */
  private async completeRegistration({ subject, state }: VaultEntry): Promise<void> {
    if (state === 'reserved') await this.vault.activate(subject);
    else if (state !== 'active') throw this.refusal();
  }

  private refusal(): DomainError {
    const homes = this.directory.cells.map(({ id, origin, countries }) => ({
      cell: id,
      origin,
      countries,
    }));
    return new DomainError('UNAUTHENTICATED', 'the login or the password is wrong', {
      details: { homes },
    });
  }
}
