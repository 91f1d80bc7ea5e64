import { Module } from '@nestjs/common';
import type { DynamicModule, Provider } from '@nestjs/common';
import { CatalogWorker } from './adapters/catalog-worker.ts';
import { SqlCatalogChanges } from './adapters/sql-catalog-changes.ts';
import { SqlCatalogPulse } from './adapters/sql-catalog-pulse.ts';
import { CatalogChanges } from './application/catalog-changes.ts';
import { CatalogContext } from './application/catalog-context.ts';
import { CatalogPulse } from './application/catalog-pulse.ts';
import { DrainCatalogChanges } from './application/drain-catalog-changes.ts';
import { KeepPulse } from './application/keep-pulse.ts';
import { MeasureCatalogAge } from './application/measure-catalog-age.ts';

export const pulse: readonly Provider[] = [
  { provide: CatalogPulse, useClass: SqlCatalogPulse },
  MeasureCatalogAge,
];

export const contextProvider = (context: CatalogContext): Provider => ({
  provide: CatalogContext,
  useValue: context,
});

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
