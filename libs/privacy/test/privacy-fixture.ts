import { Clock, SystemClock } from '@entrepot/kernel';
import type { CellId, RegionCode } from '@entrepot/kernel';
import { ShopDatabase, VaultDatabase } from '@entrepot/platform-database';
import { Log, Metrics } from '@entrepot/platform-telemetry';
import { testDatabase, testKms } from '@entrepot/testing';
import type { KmsPrincipal, TestDatabase, TestKms, TestKmsOptions } from '@entrepot/testing';
import { Module } from '@nestjs/common';
import type { DynamicModule, ValueProvider } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import { PrivacyUpkeep } from '../src/adapters/privacy-upkeep.ts';
import { openEraser } from '../src/open-eraser.ts';
import type { Eraser } from '../src/open-eraser.ts';
import { PrivacyModule } from '../src/privacy.module.ts';
import type { SubjectKeyDriverName } from '../src/application/subject-key-driver.ts';
import { RememberedErasures } from '../src/testing/index.ts';

const cell = 'in-1' as CellId;
export const epochDays = 7;
const dayMs = 86_400_000;
/** One more than the shortest window of a deletion. */
const kmsWindowDays = 8;

class MovableClock extends Clock {
  offsetMs = 0;

  override now(): Date {
    return new Date(Date.now() + this.offsetMs);
  }
}

@Module({})
class Surroundings {
  static of(providers: ValueProvider[]): DynamicModule {
    return { module: Surroundings, global: true, providers, exports: providers };
  }
}

/** Processes of a cell, as far as privacy is concerned, against real databases and a real KMS. */
export class PrivacyFixture {
  readonly clock = new MovableClock();
  /** What the eraser wrote down outside of the databases. */
  readonly journal = new RememberedErasures();
  readonly eraser: Eraser;
  readonly #modules: TestingModule[] = [];

  private constructor(
    readonly shop: TestDatabase<'shop'>,
    readonly vault: TestDatabase<'vault'>,
    readonly kms: TestKms,
    readonly driver: SubjectKeyDriverName,
  ) {
    this.eraser = openEraser({
      cell,
      // no officer signs here: what a signature is worth is shown where officers are
      passkeys: { find: () => Promise.resolve(undefined) },
      relyingParty: { id: '', origins: [] },
      shop: shop.open('audit'),
      vault: vault.open('eraser'),
      kms: { endpoint: kms.endpoint, awsRegion: kms.awsRegion, ...kms.credentialsFor('eraser') },
      journal: this.journal,
      log: new Log({ level: 'error', bound: { cell } }),
      requiresEvidence: false,
    });
  }

  static async start(
    driver: SubjectKeyDriverName = 'kms-per-user',
    kmsOptions: TestKmsOptions = {},
  ): Promise<PrivacyFixture> {
    const [shop, vault, kms] = await Promise.all([
      testDatabase('shop', { cell }),
      testDatabase('vault', { cell }),
      testKms({ cell, ...kmsOptions }),
    ]);
    return new PrivacyFixture(shop, vault, kms, driver);
  }

  /** Starts another process of its own: own pools, own caches. */
  async startProcess(
    kind: Extract<KmsPrincipal, 'api' | 'worker'>,
    { endpoint = this.kms.endpoint, driver = this.driver } = {},
  ): Promise<TestingModule> {
    const module = await Test.createTestingModule({
      imports: [
        Surroundings.of([
          { provide: ShopDatabase, useValue: this.shop.open(kind) },
          { provide: VaultDatabase, useValue: this.vault.open(kind) },
          { provide: Clock, useValue: kind === 'worker' ? this.clock : new SystemClock() },
          { provide: Log, useValue: new Log({ level: 'error', bound: { cell } }) },
          { provide: Metrics, useValue: new Metrics({ cell, process: kind }) },
        ]),
        PrivacyModule.forCell(
          {
            cell,
            region: 'in' as RegionCode,
            kms: {
              endpoint,
              awsRegion: this.kms.awsRegion,
              ...this.kms.credentialsFor(kind),
            },
            subjectKeys: { driver, epochDays },
          },
          { upkeep: kind === 'worker' },
        ),
      ],
    }).compile();
    this.#modules.push(module);
    return module.init();
  }

  /** A worker that does nothing by itself, so that a spec sees each step. */
  async startIdleWorker(): Promise<TestingModule> {
    const worker = await this.startProcess('worker');
    await worker.get(PrivacyUpkeep).onApplicationShutdown();
    return worker;
  }

  /** Runs work on a day to come, by the worker's clock. */
  async daysLater<T>(days: number, work: () => Promise<T>): Promise<T> {
    this.clock.offsetMs += days * dayMs;
    try {
      return await work();
    } finally {
      this.clock.offsetMs -= days * dayMs;
    }
  }

  /** The clock of the KMS, by which keys that wait for their end come to it. */
  async passKmsWindow(): Promise<void> {
    const answer = await fetch(`${this.kms.endpoint}/emulator/clock`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.kms.adminSecret}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ advanceSeconds: kmsWindowDays * 86_400 }),
    });
    if (!answer.ok) throw new Error(`the clock of the KMS stays: ${answer.status}`);
  }

  async end(): Promise<void> {
    this.eraser.close();
    for (const module of this.#modules) await module.close();
    await this.shop.drop();
    await this.vault.drop();
  }
}
