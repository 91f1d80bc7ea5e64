import { Module } from '@nestjs/common';
import type { DynamicModule, Provider } from '@nestjs/common';
import { Clock, SystemClock } from '@entrepot/kernel';
import { CellDirectory } from '@entrepot/platform-config';
import { CatalogDatabase, ShopDatabase, VaultDatabase } from '@entrepot/platform-database';
import { Log, Metrics } from '@entrepot/platform-telemetry';
import type { CellDatabases } from './databases.ts';
import type { ProcessContext } from './process-context.ts';
import { Readiness } from './readiness.ts';

/** What every domain may inject: the cell's databases, clock, directory, log and metrics. */
@Module({})
export class CellModule {
  static forProcess(
    context: ProcessContext,
    parts: { readonly databases: CellDatabases; readonly readiness: Readiness },
  ): DynamicModule {
    const { databases, readiness } = parts;
    const providers: Provider[] = [
      { provide: Clock, useClass: SystemClock },
      { provide: CellDirectory, useValue: context.directory },
      { provide: Log, useValue: context.log },
      { provide: Metrics, useValue: context.metrics },
      { provide: Readiness, useValue: readiness },
      { provide: CatalogDatabase, useValue: databases.catalog },
      { provide: ShopDatabase, useValue: databases.shop },
      { provide: VaultDatabase, useValue: databases.vault },
    ];
    return { module: CellModule, global: true, providers, exports: providers };
  }
}
