import { Clock, SystemClock } from '@entrepot/kernel';
import type { CellId, RegionCode } from '@entrepot/kernel';
import { ShopDatabase, VaultDatabase } from '@entrepot/platform-database';
import { Log, Metrics } from '@entrepot/platform-telemetry';
import { testDatabase, testKms } from '@entrepot/testing';
import type { KmsPrincipal, TestDatabase, TestKms } from '@entrepot/testing';
import { Module } from '@nestjs/common';
import type { DynamicModule, ValueProvider } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import { PrivacyModule } from '../src/privacy.module.ts';

const cell = 'in-1' as CellId;

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

/** One process of a cell, as far as privacy is concerned, against real databases and a real KMS. */
export class PrivacyFixture {
  readonly clock = new MovableClock();
  readonly #modules: TestingModule[] = [];

  private constructor(
    readonly shop: TestDatabase<'shop'>,
    readonly vault: TestDatabase<'vault'>,
    readonly kms: TestKms,
  ) {}

  static async start(): Promise<PrivacyFixture> {
    const [shop, vault, kms] = await Promise.all([
      testDatabase('shop', { cell }),
      testDatabase('vault', { cell }),
      testKms({ cell }),
    ]);
    return new PrivacyFixture(shop, vault, kms);
  }

  /** Starts another process of its own: own pools, own caches. */
  async startProcess(
    kind: Extract<KmsPrincipal, 'api' | 'worker'>,
    endpoint = this.kms.endpoint,
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
          },
          { upkeep: kind === 'worker' },
        ),
      ],
    }).compile();
    this.#modules.push(module);
    return module.init();
  }

  async end(): Promise<void> {
    for (const module of this.#modules) await module.close();
    await this.shop.drop();
    await this.vault.drop();
  }
}
