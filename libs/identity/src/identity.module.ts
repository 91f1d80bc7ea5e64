import { Module } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown, Provider } from '@nestjs/common';
import { Clock } from '@entrepot/kernel';
import type { CellId } from '@entrepot/kernel';
import { CellDirectory } from '@entrepot/platform-config';
import { RateLimiter, TokenVerifier } from '@entrepot/platform-http';
import type { RelyingParty } from '@entrepot/platform-webauthn';
import { Argon2PasswordHasher } from './adapters/argon2-password-hasher.ts';
import { IdentityPersonalData } from './adapters/identity-personal-data.ts';
import { JoseTokenReader, JoseTokenSigner } from './adapters/jose-tokens.ts';
import { PgAccountStore } from './adapters/pg-account-store.ts';
import { PgAddressStore } from './adapters/pg-address-store.ts';
import { PgPasskeyStore } from './adapters/pg-passkey-store.ts';
import { PgPeopleRegister } from './adapters/pg-people-register.ts';
import { PgRoleGrantStore } from './adapters/pg-role-grant-store.ts';
import { PgSessionStore } from './adapters/pg-session-store.ts';
import { PgSignIns } from './adapters/pg-sign-ins.ts';
import { PgStaffStore } from './adapters/pg-staff-store.ts';
import { RedisRateLimiter } from './adapters/redis-rate-limiter.ts';
import type { RedisRateLimiterOptions } from './adapters/redis-rate-limiter.ts';
import { SessionTokenVerifier } from './adapters/session-token-verifier.ts';
import { readSigningKey } from './adapters/token-key-file.ts';
import { AccountsController } from './api/accounts.controller.ts';
import { AddressesController } from './api/addresses.controller.ts';
import { PasskeysController } from './api/passkeys.controller.ts';
import { RefreshCookie } from './api/refresh-cookie.ts';
import { RoleGrantsController } from './api/role-grants.controller.ts';
import { SessionsController } from './api/sessions.controller.ts';
import { StaffSessionsController } from './api/staff-sessions.controller.ts';
import { AccountStore } from './application/account-store.ts';
import { AddAddressUseCase } from './application/add-address.ts';
import { AddStaffUseCase } from './application/add-staff.ts';
import { AddressStore } from './application/address-store.ts';
import { ChangeAccountUseCase } from './application/change-account.ts';
import { ChangeAddressUseCase } from './application/change-address.ts';
import { DeliveryCountries } from './application/delivery-countries.ts';
import { EndSessions } from './application/end-sessions.ts';
import { GrantRole } from './application/grant-role.ts';
import { IdentitySettings } from './application/identity-settings.ts';
import { IssueGuestCartToken } from './application/issue-guest-cart-token.ts';
import { ListAddressesUseCase } from './application/list-addresses.ts';
import { LoginCheck } from './application/login-check.ts';
import { LoginGuesses } from './application/login-guesses.ts';
import { PasskeyStore } from './application/passkey-store.ts';
import { PasswordHasher } from './application/password-hasher.ts';
import { PeopleRegister } from './application/people-register.ts';
import { ProvePresence } from './application/prove-presence.ts';
import { ReadAccountUseCase } from './application/read-account.ts';
import { ReadContact } from './application/read-contact.ts';
import { ReadStaffUseCase } from './application/read-staff.ts';
import { RefreshSessionUseCase } from './application/refresh-session.ts';
import { RegisterPasskey } from './application/register-passkey.ts';
import { RegisterShopperUseCase } from './application/register-shopper.ts';
import { RemoveAddressUseCase } from './application/remove-address.ts';
import { RoleGrantStore } from './application/role-grant-store.ts';
import { SeedPeopleUseCase } from './application/seed-people.ts';
import { SessionStore } from './application/session-store.ts';
import { SessionTokens } from './application/session-tokens.ts';
import { SignInShopperUseCase } from './application/sign-in-shopper.ts';
import { SignInStaffUseCase } from './application/sign-in-staff.ts';
import { SignIns } from './application/sign-ins.ts';
import { SignOutUseCase } from './application/sign-out.ts';
import { SignUpShopper } from './application/sign-up-shopper.ts';
import { StaffAssertions } from './application/staff-assertions.ts';
import { StaffStore } from './application/staff-store.ts';
import { StartSession } from './application/start-session.ts';
import { TokenReader, TokenSigner } from './application/token-signer.ts';

export interface IdentityApiOptions {
  readonly cell: CellId;
  /** ES256 private JWK, mode 0600. */
  readonly tokenKeyFile: string;
  readonly browserOrigins: readonly string[];
  readonly rateLimits: RedisRateLimiterOptions;
  /** For whom the passkeys of staff are made. */
  readonly relyingParty: RelyingParty;
  /** False in production. */
  readonly takesDemoPasskeys: boolean;
  /** Whether the law of a residence asks whoever registers for their age; nowhere where left out. */
  readonly asksAge?: IdentitySettings['asksAge'];
}

const people: Provider[] = [
  { provide: AccountStore, useClass: PgAccountStore },
  { provide: AddressStore, useClass: PgAddressStore },
  { provide: SessionStore, useClass: PgSessionStore },
  { provide: StaffStore, useClass: PgStaffStore },
  { provide: PasskeyStore, useClass: PgPasskeyStore },
  { provide: PasswordHasher, useClass: Argon2PasswordHasher },
  { provide: PeopleRegister, useClass: PgPeopleRegister },
  ReadAccountUseCase,
  RegisterShopperUseCase,
  AddStaffUseCase,
  EndSessions,
  SeedPeopleUseCase,
  IdentityPersonalData,
  ReadContact,
];

const apiUseCases: Provider[] = [
  AddAddressUseCase,
  ChangeAccountUseCase,
  ChangeAddressUseCase,
  DeliveryCountries,
  GrantRole,
  IssueGuestCartToken,
  ListAddressesUseCase,
  LoginCheck,
  LoginGuesses,
  ProvePresence,
  ReadStaffUseCase,
  RefreshCookie,
  RefreshSessionUseCase,
  RegisterPasskey,
  RemoveAddressUseCase,
  SessionTokens,
  SignInShopperUseCase,
  SignInStaffUseCase,
  SignOutUseCase,
  SignUpShopper,
  StaffAssertions,
  StartSession,
  { provide: RoleGrantStore, useClass: PgRoleGrantStore },
  { provide: SignIns, useClass: PgSignIns },
];

/** Ends the connection of the rate limiter with the process. */
class RateLimiterLifeCycle implements OnApplicationShutdown {
  readonly #limiter: RedisRateLimiter;

  constructor(limiter: RedisRateLimiter) {
    this.#limiter = limiter;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#limiter.close();
  }
}

/**
 * Accounts, staff, sessions and tokens. Needs ShopDatabase, Clock, CellDirectory, SubjectVault and
 * FieldCipher, each provided globally.
 */
@Module({})
export class IdentityModule {
  /** For API processes: everything, with TokenVerifier and RateLimiter for all other modules. */
  static forApi(options: IdentityApiOptions): DynamicModule {
    return {
      module: IdentityModule,
      global: true,
      controllers: [
        AccountsController,
        AddressesController,
        PasskeysController,
        RoleGrantsController,
        SessionsController,
        StaffSessionsController,
      ],
      providers: [
        ...people,
        ...apiUseCases,
        ...tokenProviders(options),
        settings(options),
        { provide: RateLimiter, useFactory: () => new RedisRateLimiter(options.rateLimits) },
        {
          provide: RateLimiterLifeCycle,
          useFactory: (limiter: RedisRateLimiter) => new RateLimiterLifeCycle(limiter),
          inject: [RateLimiter],
        },
      ],
      exports: [
        ...[TokenVerifier, RateLimiter, IssueGuestCartToken],
        ...[EndSessions, IdentityPersonalData, PeopleRegister, ProvePresence, ReadContact],
        StaffAssertions,
        ...[ChangeAccountUseCase, ListAddressesUseCase, ReadAccountUseCase, SignIns],
        ...[AddAddressUseCase, SignUpShopper],
      ],
    };
  }

  /** For workers and for seeding: people without HTTP, tokens or sessions. */
  static forWorker({ cell }: Pick<IdentityApiOptions, 'cell'>): DynamicModule {
    return {
      module: IdentityModule,
      providers: [...people, settings({ cell, ...nobodysBrowser })],
      exports: [
        ...[EndSessions, IdentityPersonalData, PeopleRegister, ReadContact, SeedPeopleUseCase],
        ReadAccountUseCase,
      ],
    };
  }
}

/** No browser speaks to a worker, so that no passkey is made or asked there. */
const nobodysBrowser = {
  browserOrigins: [],
  relyingParty: { id: '', origins: [] },
  takesDemoPasskeys: false,
} as const;

const settings = (options: IdentitySettings): Provider => ({
  provide: IdentitySettings,
  useValue: new IdentitySettings(options),
});

function tokenProviders({ cell, tokenKeyFile }: IdentityApiOptions): Provider[] {
  return [
    {
      provide: TokenSigner,
      useFactory: async (clock: Clock, directory: CellDirectory) =>
        new JoseTokenSigner(cell, clock, await readSigningKey(tokenKeyFile, cell, directory)),
      inject: [Clock, CellDirectory],
    },
    {
      provide: TokenReader,
      useFactory: (clock: Clock, directory: CellDirectory) =>
        new JoseTokenReader(cell, clock, directory),
      inject: [Clock, CellDirectory],
    },
    { provide: TokenVerifier, useClass: SessionTokenVerifier },
  ];
}
