import { Clock, DomainError, newCellId } from '@entrepot/kernel';
import type { CountryCode, SubjectId } from '@entrepot/kernel';
import { SubjectVault } from '@entrepot/platform-crypto';
import { Injectable } from '@nestjs/common';
import type { Account } from '../domain/account.ts';
import { assertOfAge } from '../domain/age-declaration.ts';
import type { AgeDeclaration } from '../domain/age-declaration.ts';
import { AccountStore } from './account-store.ts';
import { IdentitySettings } from './identity-settings.ts';
import { PasswordHasher } from './password-hasher.ts';

export interface Registration {
  readonly email: string;
  readonly password: string;
  readonly fullName: string;
  readonly language: string;
  readonly residence: CountryCode;
  /** Undefined where nothing was said. */
  readonly ageDeclaration?: AgeDeclaration | undefined;
}

/**
 * Registers a shopper in three steps over two databases: reserve the login in the vault, write the
 * account in the shop, activate in the vault. A retry finds what the last attempt left and goes on from
 * there; with the right password it is answered like the first.
 */
@Injectable()
export class RegisterShopperUseCase {
  constructor(
    private readonly vault: SubjectVault,
    private readonly accounts: AccountStore,
    private readonly hasher: PasswordHasher,
    private readonly clock: Clock,
    private readonly settings: IdentitySettings,
  ) {}

  /**
   * Throws ACCOUNT_EXISTS when the address belongs to someone with another password; before anything is
   * stored AGE_DECLARATION_REQUIRED and MINOR_NOT_SERVED, where the law of the residence asks.
   */
  async execute({ ageDeclaration, ...registration }: Registration): Promise<Account> {
    if (this.settings.asksAge?.(registration.residence, this.clock.now()) === true) {
      assertOfAge(ageDeclaration);
    }
    const entry = await this.vault.reserve({ audience: 'shopper', email: registration.email });
    const known = await this.accountOf(entry.subject, registration.password);
    const account = known ?? (await this.write(entry.subject, registration));
    if (entry.state !== 'active') await this.vault.activate(entry.subject);
    return account;
  }

  private async write(
    subject: SubjectId,
    registration: Omit<Registration, 'ageDeclaration'>,
  ): Promise<Account> {
    const { password, ...personal } = registration;
    const account: Account = {
      ...personal,
      id: newCellId('account', this.settings.cell),
      subject,
      version: 1,
      createdAt: this.clock.now(),
    };
    const passwordHash = await this.hasher.hash(password);
    if (await this.accounts.insert(account, passwordHash)) return account;
    const winner = await this.accountOf(subject, password);
    if (winner === undefined) throw exists();
    return winner;
  }

  /** The account that is there already, for someone who knows its password. */
  private async accountOf(subject: SubjectId, password: string): Promise<Account | undefined> {
    const found = await this.accounts.findCredentials(subject);
    if (found === undefined) return undefined;
    if (await this.hasher.verify(found.passwordHash, password)) return found.account;
    throw exists();
  }
}

const exists = () => new DomainError('ACCOUNT_EXISTS', 'the address has an account');
