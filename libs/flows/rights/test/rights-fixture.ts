import { CartSettings, CartsModule, CatalogLookup, GuestCartTokens } from '@entrepot/carts';
import type { ConsentText } from '@entrepot/consents';
import { CorrectionNotices, RightsModule } from '@entrepot/flow-rights';
import type { RightsOptions, UntoldCorrection } from '@entrepot/flow-rights';
import { InvoiceSettings, InvoicesPersonalData } from '@entrepot/invoices';
import type { InvoiceLaw } from '@entrepot/invoices';
import { IdentityModule, SeedPeopleUseCase } from '@entrepot/identity';
import { twoCells } from '@entrepot/identity/testing';
import type { TwoCells } from '@entrepot/identity/testing';
import { Clock, PersonalDataOwner, regionOf, SystemClock } from '@entrepot/kernel';
import type { CellId, CountryCode, ErasureOutcome, PersonalDataExtract } from '@entrepot/kernel';
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
import { FieldCipher } from '@entrepot/platform-crypto';
import { IdempotencyPersonalData, IdempotencyRegister } from '@entrepot/platform-idempotency';
import { Mailer, MailNotSent } from '@entrepot/platform-mail';
import type { MailMessage } from '@entrepot/platform-mail';
import { Log, Metrics } from '@entrepot/platform-telemetry';
import { relyingPartyOf } from '@entrepot/platform-webauthn';
import { PrivacyModule, storedCategories } from '@entrepot/privacy';
import type { PeopleLaw, RetentionLaw } from '@entrepot/privacy';
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
  static of(imports: DynamicModule[]): DynamicModule {
    const providers = [AccessGuard, RateLimitGuard].map((useClass) => ({
      provide: APP_GUARD,
      useClass,
    }));
    return { module: Root, imports, providers };
  }
}

/** Payments as far as a copy sees them: no provider is asked. */
@Module({ providers: [{ provide: PaymentStore, useClass: PgPaymentStore }, PaymentsPersonalData] })
class PaymentBooks {}

/** Invoices as far as a copy sees them: none is opened. */
@Module({ providers: [InvoicesPersonalData] })
class InvoiceBooks {}

/** Answers for the table of another flow: nobody here moves away. */
class OtherFlowsData extends PersonalDataOwner {
  override readonly tables = ['relocation.departure'];

  override exportFor(): Promise<PersonalDataExtract[]> {
    return Promise.resolve([{ section: 'relocations', records: [] }]);
  }

  override erase(): Promise<ErasureOutcome[]> {
    return Promise.resolve([]);
  }
}

const countries = ['IN' as CountryCode];
const law: RetentionLaw = storedCategories.map((category) => ({
  ...{ legalEntity: 'entity', country: 'IN' as CountryCode, category, law: 'a law', version: 1 },
  ...{ action: 'shred-now', leaves: 'facts', inForceSince: '2020-01-01', spec: 'a spec' },
  signOff: undefined,
}));
const duty = {
  ...{ legalEntity: 'entity', country: 'IN' as CountryCode, law: 'a law', version: 1 },
  ...{ inForceSince: '2020-01-01', spec: 'a spec', signOff: undefined },
};
const peopleLaw: PeopleLaw = [
  { ...duty, duty: 'grievance', answerWithin: { days: 90 }, furtherRoute: 'the board' },
  { ...duty, duty: 'nomination', nomineesMax: 2 },
  { ...duty, duty: 'rights', given: ['correction'] },
];
const invoiceLaw: InvoiceLaw = [
  {
    ...{ legalEntity: 'entity', country: 'IN' as CountryCode, measuredBy: 'total' },
    tiers: [
      {
        ...{ kind: 'simplified', upToMinor: 20_000n, law: 'the law of small invoices' },
        fields: ['issuedOn', 'seller', 'lines', 'tax', 'total'],
      },
      {
        ...{ kind: 'full', upToMinor: undefined, law: 'the law of invoices' },
        fields: ['issuedOn', 'seller', 'buyerName', 'buyerAddress', 'lines', 'tax', 'total'],
      },
    ],
    signOff: { role: 'engineering', on: '2026-11-28' },
  },
];
const invoiceSettingsOf = (cell: CellId) =>
  new InvoiceSettings({
    ...{ cell, countries, law: invoiceLaw },
    dayOf: (at) => at.toISOString().slice(0, 10),
    cohortOf: () => undefined,
  });
export const consentTexts: readonly ConsentText[] = [
  { purpose: 'marketing_mail', version: 1, locale: 'en', text: 'You may write to me.' },
  { purpose: 'recommendations', version: 2, locale: 'en', text: 'You may suggest goods to me.' },
];

/** What carts ask of the cell to be put together; nobody shops in a worker. */
const workerDoors = (shop: ShopDatabase): Provider[] => [
  ...[CartSettings, CatalogLookup, GuestCartTokens, TokenVerifier].map((provide) => ({
    ...{ provide, useValue: {} },
  })),
  { provide: IdempotencyRegister, useValue: new IdempotencyRegister() },
  { provide: IdempotencyPersonalData, useValue: new IdempotencyPersonalData(shop) },
  OtherFlowsData,
];

const apiDoors: Provider[] = [
  {
    provide: IdempotencyRegister,
    useFactory: (cipher: FieldCipher) => new IdempotencyRegister(fingerprint, cipher),
    inject: [FieldCipher],
  },
];

/** A postman who keeps every letter, and may be away. */
export class RecordingMailer extends Mailer {
  readonly sent: MailMessage[] = [];
  isAway = false;

  override send(message: MailMessage): Promise<void> {
    if (this.isAway) return Promise.reject(new MailNotSent('away'));
    this.sent.push(message);
    return Promise.resolve();
  }
}

/** Recipients who confirm at once, unless they are away. */
export class RecordingRecipients extends CorrectionNotices {
  readonly heard: UntoldCorrection[] = [];
  isAway = false;

  override execute(correction: UntoldCorrection): Promise<boolean> {
    if (!this.isAway) this.heard.push(correction);
    return Promise.resolve(!this.isAway);
  }
}

interface Stores {
  readonly shop: TestDatabase<'shop'>;
  readonly vault: TestDatabase<'vault'>;
  readonly kms: TestKms;
  readonly redis: TestRedis;
}

/** API and worker of one cell, as far as the rights of its people go, each with its own logins. */
export class RightsFixture {
  readonly #folder = mkdtempSync(join(tmpdir(), 'rights-'));
  readonly #running: INestApplicationContext[] = [];
  readonly #log: Log;
  readonly mailer = new RecordingMailer();
  readonly recipients = new RecordingRecipients();
  /** The worker's own connections. */
  readonly workerShop: ShopDatabase;

  private constructor(
    readonly cells: TwoCells,
    readonly stores: Stores,
  ) {
    this.#log = new Log({ level: 'error', bound: { cell: cells.home } });
    this.workerShop = stores.shop.open('worker');
  }

  static async start(): Promise<RightsFixture> {
    const cells = await twoCells();
    const [shop, vault, kms, redis] = await Promise.all([
      testDatabase('shop', { cell: cells.home }),
      testDatabase('vault', { cell: cells.home }),
      testKms({ cell: cells.home }),
      testRedis(),
    ]);
    return new RightsFixture(cells, { shop, vault, kms, redis });
  }

  async startWorker(): Promise<INestApplicationContext> {
    const identity = IdentityModule.forWorker({ cell: this.cells.home });
    const module = await Test.createTestingModule({
      imports: [
        ...this.#modules('worker'),
        identity,
        CartsModule,
        OrdersModule,
        PaymentBooks,
        InvoiceBooks,
        RightsModule.forWorker({
          ...{ ...this.#rights(), imports: [identity] },
          correctionNotices: RecordingRecipients,
        }),
      ],
    }).compile();
    this.#running.push(module);
    return module.init();
  }

  async seedStaff(
    worker: INestApplicationContext,
    staff: readonly { email: string; password: string; role: 'support' | 'privacy-officer' }[],
  ): Promise<void> {
    const members = staff.map(({ role, ...of }) => ({ ...of, fullName: 'Staff', roles: [role] }));
    const seed = worker.get(SeedPeopleUseCase, { strict: false });
    await seed.execute('test', { shoppers: [], staff: members });
  }

  async startApi({ limitFactor = 1_000 } = {}): Promise<NestFastifyApplication> {
    const { home, directory } = this.cells;
    const app = await createHttpApp({
      module: Root.of([
        ...this.#modules('api'),
        IdentityModule.forApi({
          cell: home,
          relyingParty: relyingPartyOf(directory.get(home).origin),
          takesDemoPasskeys: true,
          tokenKeyFile: await this.#writeTokenKey(),
          browserOrigins: [directory.get(home).origin],
          rateLimits: { ...this.stores.redis, factor: limitFactor },
        }),
        RightsModule.forApi(this.#rights()),
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
    for (const app of this.#running) await app.close();
    await this.stores.shop.drop();
    await this.stores.vault.drop();
    rmSync(this.#folder, { recursive: true });
  }

  #rights(): RightsOptions {
    const { home, directory } = this.cells;
    return {
      ...{ cell: home, origin: directory.get(home).origin },
      ...{ countries, timeZone: 'Asia/Kolkata', law, peopleLaw },
      ...{ recipients: [], consentTexts },
    };
  }

  #modules(kind: 'api' | 'worker'): DynamicModule[] {
    const { shop, vault, kms } = this.stores;
    const cell = this.cells.home;
    const database = kind === 'worker' ? this.workerShop : shop.open(kind);
    const surroundings = Surroundings.of([
      { provide: ShopDatabase, useValue: database },
      { provide: VaultDatabase, useValue: vault.open(kind) },
      { provide: Clock, useValue: new SystemClock() },
      { provide: InvoiceSettings, useValue: invoiceSettingsOf(cell) },
      { provide: CellDirectory, useValue: this.cells.directory },
      { provide: Log, useValue: this.#log },
      { provide: Mailer, useValue: this.mailer },
      { provide: RecordingRecipients, useValue: this.recipients },
      { provide: Metrics, useValue: new Metrics({ cell, process: kind }) },
      ...(kind === 'worker' ? workerDoors(database) : apiDoors),
    ]);
    const options = {
      cell,
      region: regionOf(cell),
      kms: { endpoint: kms.endpoint, awsRegion: kms.awsRegion, ...kms.credentialsFor(kind) },
    };
    return [surroundings, PrivacyModule.forCell(options, { upkeep: kind === 'worker' })];
  }

  async #writeTokenKey(): Promise<string> {
    const file = join(this.#folder, 'token-key.json');
    const { kid, key } = this.cells.keys.get(this.cells.home) ?? {};
    if (key === undefined) throw new Error('the home cell has no token key');
    writeFileSync(file, JSON.stringify({ ...(await exportJWK(key)), kid }), { mode: 0o600 });
    return file;
  }
}

const fingerprint = { key: () => Buffer.alloc(32, 7) };
