import { CreateKeyCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { IdentityModule, ProvePresence } from '@entrepot/identity';
import { twoCells } from '@entrepot/identity/testing';
import type { TwoCells } from '@entrepot/identity/testing';
import { Clock, newCellId, regionOf } from '@entrepot/kernel';
import type { CellId } from '@entrepot/kernel';
import { CellDirectory } from '@entrepot/platform-config';
import { ShopDatabase, VaultDatabase } from '@entrepot/platform-database';
import { AccessGuard, createHttpApp, HomeCellGuard, RateLimitGuard } from '@entrepot/platform-http';
import { Log, Metrics } from '@entrepot/platform-telemetry';
import { relyingPartyOf } from '@entrepot/platform-webauthn';
import { OpenKeyEpoch, PrivacyModule } from '@entrepot/privacy';
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
import { OldAccount, RelocationModule } from '../src/index.ts';
import { StandingClock } from './two-homes.ts';

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

/** The clock of both homes: it goes on by itself, and further where a spec says so. */
class MovableClock extends StandingClock {
  readonly #startedAt = Date.now();

  override now(): Date {
    return new Date(super.now().getTime() + Date.now() - this.#startedAt);
  }
}

export interface CalledWith {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: object;
  readonly token?: string | undefined;
  readonly residence?: string;
}

/** One end of a move: the API of a cell over stores of its own. */
export class Home {
  /** Whom the erasure flow, which is not here, was asked to forget. */
  readonly forgotten: string[];

  constructor(
    readonly cell: CellId,
    readonly residence: string,
    readonly stores: Stores,
    readonly api: NestFastifyApplication,
    forgotten: string[],
  ) {
    this.forgotten = forgotten;
  }

  async call(url: string, { method = 'GET', body, token, residence }: CalledWith = {}) {
    const answer = await this.api.inject({
      ...{ method, url },
      ...(body !== undefined && { payload: body }),
      headers: {
        'entrepot-residence': residence ?? this.residence,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
    });
    const read = answer.body === '' ? {} : answer.json<Record<string, unknown>>();
    return { status: answer.statusCode, body: read, headers: answer.headers };
  }

  post(url: string, body: object, with_: Omit<CalledWith, 'body' | 'method'> = {}) {
    return this.call(url, { method: 'POST', body, ...with_ });
  }

  superuser(): ShopDatabase {
    return this.stores.shop.open('superuser');
  }
}

interface Stores {
  readonly shop: TestDatabase<'shop'>;
  readonly vault: TestDatabase<'vault'>;
  readonly kms: TestKms;
}

/** Two homes that share nothing but the cells file. */
export class RelocationFixture {
  readonly #folder = mkdtempSync(join(tmpdir(), 'relocation-'));
  readonly clock = new MovableClock(new Date());
  readonly #homes: Home[] = [];
  readonly #workers: INestApplicationContext[] = [];

  private constructor(
    readonly cells: TwoCells,
    private readonly redis: TestRedis,
  ) {}

  static async start(): Promise<{ fixture: RelocationFixture; old: Home; new: Home }> {
    const fixture = new RelocationFixture(await twoCells(), await testRedis());
    const old = await fixture.#open(fixture.cells.home, 'IN');
    return { fixture, old, new: await fixture.#open(fixture.cells.other, 'DE') };
  }

  async end(): Promise<void> {
    for (const worker of this.#workers) await worker.close();
    for (const { api, stores } of this.#homes) {
      await api.close();
      await stores.shop.drop();
      await stores.vault.drop();
    }
    rmSync(this.#folder, { recursive: true });
  }

  async #open(cell: CellId, residence: string): Promise<Home> {
    const [shop, vault, kms] = await Promise.all([
      testDatabase('shop', { cell }),
      testDatabase('vault', { cell }),
      testKms({ cell }),
    ]);
    const stores = { shop, vault, kms };
    await this.#startWorker(cell, stores);
    const forgotten: string[] = [];
    const api = await this.#startApi(cell, stores, forgotten);
    const home = new Home(cell, residence, stores, api, forgotten);
    this.#homes.push(home);
    return home;
  }

  /** Keys are made by a worker: without one nobody can register. */
  async #startWorker(cell: CellId, stores: Stores): Promise<void> {
    const imports = [...this.#modules(cell, stores, 'worker'), RelocationModule.forWorker()];
    const worker = await Test.createTestingModule({ imports }).compile();
    this.#workers.push(worker);
    await worker.init();
    await worker.get(OpenKeyEpoch, { strict: false }).execute();
  }

  #modules(cell: CellId, stores: Stores, kind: 'api' | 'worker'): DynamicModule[] {
    const options = { cell, region: regionOf(cell), kms: stores.kms.accessFor(kind) };
    return [
      Surroundings.of([
        { provide: ShopDatabase, useValue: stores.shop.open(kind) },
        { provide: VaultDatabase, useValue: stores.vault.open(kind) },
        { provide: Clock, useValue: this.clock },
        { provide: CellDirectory, useValue: this.cells.directory },
        { provide: Log, useValue: new Log({ level: 'error', bound: { cell } }) },
        { provide: Metrics, useValue: new Metrics({ cell, process: kind }) },
      ]),
      PrivacyModule.forCell(options, { upkeep: kind === 'worker' }),
    ];
  }

  async #startApi(
    cell: CellId,
    stores: Stores,
    forgotten: string[],
  ): Promise<NestFastifyApplication> {
    const { directory } = this.cells;
    const kms = stores.kms.accessFor('api');
    const tokenKeyFile = await this.#writeTokenKey(cell);
    const app = await createHttpApp({
      module: Root.of([
        ...this.#modules(cell, stores, 'api'),
        IdentityModule.forApi({
          ...{ cell, tokenKeyFile, takesDemoPasskeys: true },
          relyingParty: relyingPartyOf(directory.get(cell).origin),
          browserOrigins: [directory.get(cell).origin],
          rateLimits: {
            ...this.redis,
            keyPrefix: `${this.redis.keyPrefix}${cell}:`,
            factor: 1_000,
          },
        }),
        RelocationModule.forApi({
          ...{ cell, tokenKeyFile, kms, imports: [] },
          sealingKeyFile: await this.#writeSealingKey(cell, stores.kms),
          oldAccount: oldAccountOf(cell, forgotten),
        }),
      ]),
      home: new HomeCellGuard(cell, directory),
      log: new Log({ level: 'error', bound: { cell } }),
      metrics: new Metrics({ cell, process: 'api' }),
      ...{ corsOrigins: [], explorers: false },
    });
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return app;
  }

  async #writeTokenKey(cell: CellId): Promise<string> {
    const { kid, key } = this.cells.keys.get(cell) ?? {};
    if (key === undefined) throw new Error(`${cell} has no token key`);
    return this.#write(`${cell}-token.json`, { ...(await exportJWK(key)), kid });
  }

  /** As set-up writes it: only the KMS of the cell has the private half in the clear. */
  async #writeSealingKey(cell: CellId, kms: TestKms): Promise<string> {
    const { kid, key } = this.cells.openingKeys.get(cell) ?? {};
    if (key === undefined) throw new Error(`${cell} has no sealing key`);
    const { endpoint, awsRegion, ...credentials } = kms.accessFor('administrator');
    const client = new KMSClient({ endpoint, region: awsRegion, credentials });
    try {
      const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
      const keyArn = KeyMetadata?.Arn;
      const { CiphertextBlob } = await client.send(
        new EncryptCommand({
          KeyId: keyArn,
          Plaintext: key.export({ format: 'der', type: 'pkcs8' }),
          EncryptionContext: { cell, purpose: 'relocation' },
        }),
      );
      const wrapped = Buffer.from(CiphertextBlob ?? []).toString('base64');
      return this.#write(`${cell}-sealing.json`, { kid, keyArn, wrapped });
    } finally {
      client.destroy();
    }
  }

  #write(name: string, content: object): string {
    const file = join(this.#folder, name);
    writeFileSync(file, JSON.stringify(content), { mode: 0o600 });
    return file;
  }
}

/** Asks for presence as the erasure flow does, and remembers; one flow knows no other. */
const oldAccountOf = (cell: CellId, forgotten: string[]): Provider => ({
  provide: OldAccount,
  useFactory: (presence: ProvePresence): OldAccount => ({
    forget: async (of) => {
      await presence.execute(of);
      forgotten.push(of.subject);
      const copy = { exportId: 'exp', passphrase: 'shown once', downloadPath: '/v1/exports/one' };
      return { request: newCellId('erasureRequest', cell), copy };
    },
    isBeingForgotten: (subject) => Promise.resolve(forgotten.includes(subject)),
    keep: (_, subject) => {
      forgotten.splice(forgotten.indexOf(subject), 1);
      return Promise.resolve();
    },
  }),
  inject: [ProvePresence],
});
