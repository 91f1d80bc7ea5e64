import type { Provider } from '@nestjs/common';
import { SqlCatalogPulse } from './adapters/sql-catalog-pulse.ts';
import { CatalogContext } from './application/catalog-context.ts';
import { CatalogPulse } from './application/catalog-pulse.ts';
import { MeasureCatalogAge } from './application/measure-catalog-age.ts';

/** How old this cell's copy is: both kinds of process tell it. */
export const pulse: readonly Provider[] = [
  { provide: CatalogPulse, useClass: SqlCatalogPulse },
  MeasureCatalogAge,
];

export const contextProvider = (context: CatalogContext): Provider => ({
  provide: CatalogContext,
  useValue: context,
});
