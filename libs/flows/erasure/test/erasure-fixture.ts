import { CartSettings, CartsModule, CatalogLookup, GuestCartTokens } from '@entrepot/carts';
import { ConsentsModule } from '@entrepot/consents';
import { ErasureModule } from '@entrepot/flow-erasure';
import type { ConnectedRecipient, ErasureOptions } from '@entrepot/flow-erasure';
import { IdentityModule, PgPasskeyWitness, SeedPeopleUseCase } from '@entrepot/identity';
import type { StaffRole } from '@entrepot/identity';
import { twoCells } from '@entrepot/identity/testing';
import type { TwoCells } from '@entrepot/identity/testing';
import { InvoicesApiModule, InvoiceSettings, InvoicesModule } from '@entrepot/invoices';
import type { InvoiceLaw } from '@entrepot/invoices';
import { Clock, PersonalDataOwner, regionOf } from '@entrepot/kernel';
import type { CountryCode, ErasureOutcome, PersonalDataExtract } from '@entrepot/kernel';
import { OrdersModule } from '@entrepot/orders';
import { PaymentsPersonalData, PaymentStore, PgPaymentStore } from '@entrepot/payments';
import { CellDirectory } from '@entrepot/platform-config';
import { ShopDatabase, VaultDatabase } from '@entrepot/platform-database';
import {
  AccessGuard,
  createHttpApp,
  HomeCellGuard,
  RateLimitGuard,
  TokenVerifier,
} from '@entrepot/platform-http';
import { IdempotencyPersonalData, IdempotencyRegister } from '@entrepot/platform-idempotency';
import { Mailer, MailNotSent } from '@entrepot/platform-mail';
import type { MailMessage } from '@entrepot/platform-mail';
import { Log, Metrics } from '@entrepot/platform-telemetry';
import { relyingPartyOf } from '@entrepot/platform-webauthn';
import {
  calendarDayOf,
  dayIn,
  invoiceCohortOf,
  isoDate,
  openEraser,
  PrivacyModule,
  storedCategories,
} from '@entrepot/privacy';
import type { Eraser, RetentionLaw, SubjectKeySettings } from '@entrepot/privacy';
import { RememberedErasures } from '@entrepot/privacy/testing';
import { testDatabase, testKms, testRedis } from '@entrepot/testing';
import type { TestDatabase, TestKms, TestRedis } from '@entrepot/testing';
import { Module } from '@nestjs/common';
import type { DynamicModule, INestApplicationContext, Provider } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { exportJWK } from 'jose';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

@Module({})
class Surroundings {
  static of(providers: Provider[]): DynamicModule {
    return { module: Surroundings, global: true, providers, exports: providers };
  }
}

@Module({})
class Root {
  static of(imports: NonNullable<DynamicModule['imports']>): DynamicModule {
    const providers = [AccessGuard, RateLimitGuard].map((useClass) => ({
      provide: APP_GUARD,
      useClass,
    }));
    return { module: Root, imports, providers };
  }
}

/** Payments as far as erasure sees them: no provider is asked. */
@Module({
  providers: [{ provide: PaymentStore, useClass: PgPaymentStore }, PaymentsPersonalData],
  exports: [PaymentStore],
})
class PaymentBooks {}

type SubjectKeyDriverName = SubjectKeySettings['driver'];

const epochDays = 7;

/** Answers for the tables of other flows, into which nobody here writes. */
class OtherFlowsData extends PersonalDataOwner {
  override readonly tables = [
    ...['rights.request', 'rights.export', 'rights.grievance', 'rights.nominee'],
    'relocation.departure',
  ];

  override exportFor(): Promise<PersonalDataExtract[]> {
    return Promise.resolve([]);
  }

  override erase(): Promise<ErasureOutcome[]> {
    const nothing = { matched: 0, deleted: 0, left: 0 };
    return Promise.resolve(this.tables.map((store) => ({ store, ...nothing })));
  }
}

const countries = ['IN' as CountryCode];
const timeZone = 'Asia/Kolkata';
/** Everything goes at once; what the books keep names nobody. */
export const shredEverything: RetentionLaw = storedCategories.map((category) => ({
  ...{ legalEntity: 'entity', country: 'IN' as CountryCode, category, law: 'a law', version: 1 },
  ...{ action: 'shred-now', leaves: 'facts', inForceSince: '2020-01-01', spec: 'a spec' },
  signOff: undefined,
}));

/** What carts ask of the cell to be put together; nobody shops in a worker. */
const workerDoors = (shop: ShopDatabase): Provider[] => [
  ...[CartSettings, CatalogLookup, GuestCartTokens, TokenVerifier].map((provide) => ({
    ...{ provide, useValue: {} },
  })),
  { provide: IdempotencyRegister, useValue: new IdempotencyRegister() },
  { provide: IdempotencyPersonalData, useValue: new IdempotencyPersonalData(shop) },
  OtherFlowsData,
];

/** Who is outside of the cell: processors that are told, and the provider of mail. */
export interface Outside {
  readonly recipients: readonly ConnectedRecipient[];
  readonly mailerOf: (shop: ShopDatabase) => Mailer;
}

/** The clock of API and worker; the databases and the KMS have their own. */
export class MovableClock extends Clock {
  #offsetMs = 0;

  override now(): Date {
    return new Date(Date.now() + this.#offsetMs);
  }

  /** What happens in the work happens on that day. */
  async on<T>(day: string, work: () => Promise<T>): Promise<T> {
    this.#offsetMs = Date.parse(`${day}T09:00:00Z`) - Date.now();
    try {
      return await work();
    } finally {
      this.#offsetMs = 0;
    }
  }
}

/** The laws of the cell's one country. */
export interface Laws {
  readonly retention: RetentionLaw;
  readonly invoices: InvoiceLaw;
}

interface Stores {
  readonly shop: TestDatabase<'shop'>;
  readonly vault: TestDatabase<'vault'>;
  readonly kms: TestKms;
  readonly redis: TestRedis;
}

/** A postman who keeps every letter. */
export class RecordingMailer extends Mailer {
  readonly sent: MailMessage[] = [];
  isAway = false;

  override send(message: MailMessage): Promise<void> {
    if (this.isAway) return Promise.reject(new MailNotSent('away'));
    this.sent.push(message);
    return Promise.resolve();
  }
}

export interface ErasureFixtureOptions {
  readonly driver?: SubjectKeyDriverName;
  /** Nobody where it is not given: letters are kept by `mailer`. */
  readonly outside?: Outside;
  readonly laws?: Laws;
  /** Noted where it is not given. */
  readonly evidence?: ErasureOptions['evidence'];
}

/** API, worker and eraser of one cell, as far as forgetting goes, each with its own logins. */
export class ErasureFixture {
  readonly #folder = mkdtempSync(join(tmpdir(), 'erasure-'));
  readonly #running: INestApplicationContext[] = [];
  readonly #log: Log;
  readonly journal = new RememberedErasures();
  readonly mailer = new RecordingMailer();
  readonly eraser: Eraser;
  readonly clock = new MovableClock();
  /** Of the workers that start from now on. */
  coolingOffHours = 0;

  private constructor(
    readonly cells: TwoCells,
    readonly stores: Stores,
    private readonly options: ErasureFixtureOptions & { readonly laws: Laws },
  ) {
    this.#log = new Log({ level: 'error', bound: { cell: cells.home } });
    const { shop, vault, kms } = stores;
    const { relyingParty } = this;
    this.eraser = openEraser({
      cell: cells.home,
      passkeys: new PgPasskeyWitness(shop.open('audit'), {
        ...{ relyingParty, takesDemoPasskeys: true },
      }),
      relyingParty,
      shop: shop.open('audit'),
      vault: vault.open('eraser'),
      kms: { endpoint: kms.endpoint, awsRegion: kms.awsRegion, ...kms.credentialsFor('eraser') },
      journal: this.journal,
      log: this.#log,
      requiresEvidence: options.evidence === 'required',
    });
  }

  static async start(options: ErasureFixtureOptions = {}): Promise<ErasureFixture> {
    const laws = options.laws ?? { retention: shredEverything, invoices: [] };
    const cells = await twoCells();
    const [shop, vault, kms, redis] = await Promise.all([
      testDatabase('shop', { cell: cells.home }),
      testDatabase('vault', { cell: cells.home }),
      testKms({ cell: cells.home }),
      testRedis(),
    ]);
    return new ErasureFixture(cells, { shop, vault, kms, redis }, { ...options, laws });
  }

  /** For whom the officers' passkeys are made. */
  get relyingParty() {
    return relyingPartyOf(this.cells.directory.get(this.cells.home).origin);
  }

  /** Another worker process; the first one has seeded the officers. */
  async startWorker(): Promise<INestApplicationContext> {
    const identity = IdentityModule.forWorker({ cell: this.cells.home });
    const module = await Test.createTestingModule({
      imports: [
        ...this.#modules('worker'),
        identity,
        CartsModule,
        OrdersModule,
        ConsentsModule.over([]),
        PaymentBooks,
        InvoicesModule,
        ErasureModule.forWorker({
          ...{ ...this.#erasure(), imports: [identity, PaymentBooks] },
          recipients: () => this.options.outside?.recipients ?? [],
        }),
      ],
    }).compile();
    this.#running.push(module);
    return module.init();
  }

  async seedOfficers(
    worker: INestApplicationContext,
    password: string,
    emails: string[],
    roles: readonly StaffRole[] = ['privacy-officer'],
  ) {
    const staff = emails.map((email) => ({ email, password, fullName: 'Officer', roles }));
    await worker.get(SeedPeopleUseCase, { strict: false }).execute('test', { shoppers: [], staff });
  }

  async startApi({ limitFactor = 1_000 } = {}): Promise<NestFastifyApplication> {
    const { home, directory } = this.cells;
    const app = await createHttpApp({
      module: Root.of([
        ...this.#modules('api'),
        IdentityModule.forApi({
          cell: home,
          ...{ relyingParty: this.relyingParty, takesDemoPasskeys: true },
          tokenKeyFile: await this.#writeTokenKey(),
          browserOrigins: [directory.get(home).origin],
          rateLimits: { ...this.stores.redis, factor: limitFactor },
        }),
        ErasureModule.forApi({
          ...this.#erasure(),
          identityCodeKey: () => Buffer.alloc(32, 7),
          imports: [OrdersModule, InvoicesApiModule],
        }),
      ]),
      home: new HomeCellGuard(home, directory),
      log: this.#log,
      metrics: new Metrics({ cell: home, process: 'api' }),
      corsOrigins: [],
      explorers: false,
    });
    this.#running.push(app);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return app;
  }

  async end(): Promise<void> {
    this.eraser.close();
    for (const app of this.#running) await app.close();
    await this.stores.shop.drop();
    await this.stores.vault.drop();
    rmSync(this.#folder, { recursive: true });
  }

  #erasure(): ErasureOptions {
    const { coolingOffHours } = this;
    const { evidence = 'noted' } = this.options;
    return {
      cell: this.cells.home,
      ...{ countries, timeZone, law: this.options.laws.retention, coolingOffHours, evidence },
    };
  }

  #modules(kind: 'api' | 'worker'): DynamicModule[] {
    const { shop, vault, kms } = this.stores;
    const cell = this.cells.home;
    const surroundings = Surroundings.of([
      { provide: ShopDatabase, useValue: shop.open(kind) },
      { provide: VaultDatabase, useValue: vault.open(kind) },
      { provide: Clock, useValue: this.clock },
      { provide: InvoiceSettings, useValue: this.#invoices() },
      { provide: CellDirectory, useValue: this.cells.directory },
      { provide: Log, useValue: this.#log },
      { provide: Metrics, useValue: new Metrics({ cell: cell, process: kind }) },
      ...(kind === 'worker' ? workerDoors(shop.open(kind)) : []),
      {
        provide: Mailer,
        useFactory: () => this.options.outside?.mailerOf(shop.open(kind)) ?? this.mailer,
      },
    ]);
    const options = {
      cell,
      region: regionOf(cell),
      kms: { endpoint: kms.endpoint, awsRegion: kms.awsRegion, ...kms.credentialsFor(kind) },
      subjectKeys: { driver: this.options.driver ?? 'kms-per-user', epochDays },
      statutory: { countries, timeZone, law: this.options.laws.retention },
    };
    return [surroundings, PrivacyModule.forCell(options, { upkeep: kind === 'worker' })];
  }

  #invoices(): InvoiceSettings {
    const { retention, invoices } = this.options.laws;
    return new InvoiceSettings({
      ...{ cell: this.cells.home, countries, law: invoices },
      dayOf: (at) => isoDate(dayIn(timeZone, at)),
      cohortOf: (country, day) => {
        const cohort = invoiceCohortOf(retention, { country, day: calendarDayOf(day) });
        return cohort && { name: cohort.name, endsOn: cohort.endsOn ?? '' };
      },
    });
  }

  async #writeTokenKey(): Promise<string> {
    const file = join(this.#folder, 'token-key.json');
    const { kid, key } = this.cells.keys.get(this.cells.home) ?? {};
    if (key === undefined) throw new Error('the home cell has no token key');
    writeFileSync(file, JSON.stringify({ ...(await exportJWK(key)), kid }), { mode: 0o600 });
    return file;
  }
}
