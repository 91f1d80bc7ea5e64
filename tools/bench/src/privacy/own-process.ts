import { regionOf, Clock, SystemClock } from '@entrepot/kernel';
import type { CellId } from '@entrepot/kernel';
import { ShopDatabase, VaultDatabase } from '@entrepot/platform-database';
import { Log, Metrics } from '@entrepot/platform-telemetry';
import { PrivacyModule } from '@entrepot/privacy';
import type { PrivacyOptions } from '@entrepot/privacy';
import { testDatabase } from '@entrepot/testing';
import type { KmsCredentials, TestDatabase } from '@entrepot/testing';
import { Module } from '@nestjs/common';
import type { DynamicModule, INestApplicationContext, Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

export type KeyDriver = NonNullable<PrivacyOptions['subjectKeys']>['driver'];

export const benchCell = 'in-1' as CellId;
const epochDays = 7;
const connectionsMax = 4;

/** What a KMS client needs but its credentials. */
export interface KmsPlace {
  readonly endpoint: string;
  readonly awsRegion: string;
  readonly credentialsFor: (kind: 'api' | 'worker') => KmsCredentials;
}

export interface CellDatabasePair {
  readonly shop: TestDatabase<'shop'>;
  readonly vault: TestDatabase<'vault'>;
}

/** Databases of a cell that holds nobody yet. */
export async function withCellDatabases<T>(
  work: (databases: CellDatabasePair) => Promise<T>,
): Promise<T> {
  const [shop, vault] = await Promise.all([
    testDatabase('shop', { cell: benchCell }),
    testDatabase('vault', { cell: benchCell }),
  ]);
  try {
    return await work({ shop, vault });
  } finally {
    await Promise.all([shop.drop(), vault.drop()]);
  }
}

export interface OwnProcess extends CellDatabasePair {
  readonly kind: 'api' | 'worker';
  readonly driver: KeyDriver;
  readonly kms: KmsPlace;
  /** What it holds beside the keys. */
  readonly imports?: readonly (DynamicModule | (new () => object))[];
  readonly providers?: readonly Provider[];
}

@Module({})
class Surroundings {
  static of(providers: Provider[]): DynamicModule {
    return { module: Surroundings, global: true, providers, exports: providers };
  }
}

@Module({})
class Root {
  static of(imports: DynamicModule['imports']): DynamicModule {
    return { module: Root, imports: imports ?? [] };
  }
}

/** A process of a cell as far as keys go, within this one: pools and caches of its own, and no HTTP. */
export function openProcess(options: OwnProcess): Promise<INestApplicationContext> {
  const { shop, vault, kind, driver, kms, imports = [], providers = [] } = options;
  const { endpoint, awsRegion } = kms;
  const surroundings = Surroundings.of([
    { provide: ShopDatabase, useValue: shop.open(kind, { connectionsMax }) },
    { provide: VaultDatabase, useValue: vault.open(kind, { connectionsMax }) },
    { provide: Clock, useValue: new SystemClock() },
    { provide: Log, useValue: new Log({ level: 'error', bound: { cell: benchCell } }) },
    { provide: Metrics, useValue: new Metrics({ cell: benchCell, process: kind }) },
    ...providers,
  ]);
  const privacy = PrivacyModule.forCell(
    {
      ...{ cell: benchCell, region: regionOf(benchCell), subjectKeys: { driver, epochDays } },
      kms: { endpoint, awsRegion, ...kms.credentialsFor(kind) },
    },
    { upkeep: kind === 'worker' },
  );
  const root = Root.of([surroundings, privacy, ...imports]);
  return NestFactory.createApplicationContext(root, { logger: false, abortOnError: false });
}
