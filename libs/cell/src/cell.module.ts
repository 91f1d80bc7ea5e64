import { Module } from '@nestjs/common';
import type { DynamicModule, Provider } from '@nestjs/common';
import { Clock, SystemClock } from '@entrepot/kernel';
import { SharedCache } from '@entrepot/platform-cache';
import { CellDirectory } from '@entrepot/platform-config';
import { CatalogDatabase, ShopDatabase, VaultDatabase } from '@entrepot/platform-database';
import { Outbox } from '@entrepot/platform-messaging';
import { Log, Metrics } from '@entrepot/platform-telemetry';
import type { CellDatabases } from './databases.ts';
import type { ProcessContext } from './process-context.ts';
import { Readiness } from './readiness.ts';

export interface CellParts {
  readonly databases: CellDatabases;
  readonly cache: SharedCache;
  readonly readiness: Readiness;
}

/** What every domain may inject: databases, cache, outbox, clock, directory, log and metrics. */
@Module({})
export class CellModule {
  static forProcess(context: ProcessContext, parts: CellParts): DynamicModule {
    const { databases, cache, readiness } = parts;
    const providers: Provider[] = [
      { provide: Clock, useClass: SystemClock },
      { provide: CellDirectory, useValue: context.directory },
      { provide: Log, useValue: context.log },
      { provide: Metrics, useValue: context.metrics },
      { provide: Readiness, useValue: readiness },
      { provide: CatalogDatabase, useValue: databases.catalog },
      { provide: ShopDatabase, useValue: databases.shop },
      { provide: VaultDatabase, useValue: databases.vault },
      { provide: SharedCache, useValue: cache },
      { provide: Outbox, useValue: new Outbox(context.cell.id) },
    ];
    return { module: CellModule, global: true, providers, exports: providers };
  }
}
