import { IdentityModule, SeedPeopleUseCase } from '@entrepot/identity';
import type { People } from '@entrepot/identity';
import { twoCells } from '@entrepot/identity/testing';
import type { TwoCells } from '@entrepot/identity/testing';
import { Clock, regionOf, SystemClock } from '@entrepot/kernel';
import type { CellId } from '@entrepot/kernel';
import { CellDirectory } from '@entrepot/platform-config';
import { ShopDatabase, VaultDatabase } from '@entrepot/platform-database';
import { AccessGuard, createHttpApp, HomeCellGuard, RateLimitGuard } from '@entrepot/platform-http';
import { Log, Metrics } from '@entrepot/platform-telemetry';
import { relyingPartyOf } from '@entrepot/platform-webauthn';
import { PrivacyModule } from '@entrepot/privacy';
import { testDatabase, testKms, testRedis } from '@entrepot/testing';
import type { TestDatabase, TestKms, TestRedis } from '@entrepot/testing';
import { Module } from '@nestjs/common';
import type { DynamicModule, INestApplicationContext, ValueProvider } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { exportJWK } from 'jose';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

@Module({})
class Surroundings {
  static of(providers: ValueProvider[]): DynamicModule {
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

/** Identity and privacy of one cell behind its real HTTP surface, on real databases, KMS and Redis. */
export class PeopleFixture {
  readonly #folder = mkdtempSync(join(tmpdir(), 'people-'));
  readonly #running: INestApplicationContext[] = [];
  readonly #log: Log;

  private constructor(
    readonly cells: TwoCells,
    readonly stores: {
      readonly shop: TestDatabase<'shop'>;
      readonly vault: TestDatabase<'vault'>;
      readonly kms: TestKms;
      readonly redis: TestRedis;
    },
  ) {
    this.#log = new Log({ level: 'error', bound: { cell: this.cell } });
  }

  static async start(): Promise<PeopleFixture> {
    const cells = await twoCells();
    const [shop, vault, kms, redis] = await Promise.all([
      testDatabase('shop', { cell: cells.home }),
      testDatabase('vault', { cell: cells.home }),
      testKms({ cell: cells.home }),
      testRedis(),
    ]);
    const fixture = new PeopleFixture(cells, { shop, vault, kms, redis });
    await fixture.startWorker();
    return fixture;
  }

  get cell(): CellId {
    return this.cells.home;
  }

  get worker(): INestApplicationContext {
    const [worker] = this.#running;
    if (worker === undefined) throw new Error('the worker is not running');
    return worker;
  }

  seed(people: People): Promise<void> {
    return this.worker.get(SeedPeopleUseCase).execute('test', people);
  }

  /** Another API process: own pools, own caches. */
  async startApi({ limitFactor = 1_000 } = {}): Promise<NestFastifyApplication> {
    const log = this.#log;
    const app = await createHttpApp({
      module: Root.of([
        ...(await this.#modules('api')),
        IdentityModule.forApi({
          relyingParty: relyingPartyOf(this.cells.directory.get(this.cell).origin),
          takesDemoPasskeys: true,
          cell: this.cell,
          tokenKeyFile: await this.#writeTokenKey(),
          browserOrigins: [this.cells.directory.get(this.cell).origin],
          rateLimits: { ...this.stores.redis, factor: limitFactor },
        }),
      ]),
      home: new HomeCellGuard(this.cell, this.cells.directory),
      log,
      metrics: new Metrics({ cell: this.cell, process: 'api' }),
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

  private async startWorker(): Promise<void> {
    const module = await Test.createTestingModule({
      imports: [...(await this.#modules('worker')), IdentityModule.forWorker({ cell: this.cell })],
    }).compile();
    this.#running.push(await module.init());
  }

  async #modules(kind: 'api' | 'worker'): Promise<DynamicModule[]> {
    const { shop, vault, kms } = this.stores;
    const credentials = kms.credentialsFor(kind);
    const surroundings = Surroundings.of([
      { provide: ShopDatabase, useValue: shop.open(kind) },
      { provide: VaultDatabase, useValue: vault.open(kind) },
      { provide: Clock, useValue: new SystemClock() },
      { provide: CellDirectory, useValue: this.cells.directory },
      { provide: Log, useValue: this.#log },
      { provide: Metrics, useValue: new Metrics({ cell: this.cell, process: kind }) },
    ]);
    const privacy = PrivacyModule.forCell(
      {
        cell: this.cell,
        region: regionOf(this.cell),
        kms: { endpoint: kms.endpoint, awsRegion: kms.awsRegion, ...credentials },
      },
      { upkeep: kind === 'worker' },
    );
    return Promise.resolve([surroundings, privacy]);
  }

  async #writeTokenKey(): Promise<string> {
    const file = join(this.#folder, 'token-key.json');
    const { kid, key } = this.cells.keys.get(this.cell) ?? {};
    if (key === undefined) throw new Error('the home cell has no token key');
    writeFileSync(file, JSON.stringify({ ...(await exportJWK(key)), kid }), { mode: 0o600 });
    return file;
  }
}
