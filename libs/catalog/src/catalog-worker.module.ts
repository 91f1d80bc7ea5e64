import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { CatalogWorker } from './adapters/catalog-worker.ts';
import { SqlCatalogChanges } from './adapters/sql-catalog-changes.ts';
import { CatalogChanges } from './application/catalog-changes.ts';
import type { CatalogContext } from './application/catalog-context.ts';
import { DrainCatalogChanges } from './application/drain-catalog-changes.ts';
import { KeepPulse } from './application/keep-pulse.ts';
import { MeasureCatalogAge } from './application/measure-catalog-age.ts';
import { contextProvider, pulse } from './catalog-providers.ts';

/** Drain and pulse. Needs `CatalogDatabase`, `SharedCache` and `Log` from a global module. */
@Module({})
export class CatalogWorkerModule {
  static over(context: CatalogContext): DynamicModule {
    return {
      module: CatalogWorkerModule,
      providers: [
        contextProvider(context),
        { provide: CatalogChanges, useClass: SqlCatalogChanges },
        DrainCatalogChanges,
        ...pulse,
        KeepPulse,
        CatalogWorker,
      ],
      exports: [DrainCatalogChanges, MeasureCatalogAge],
    };
  }
}
