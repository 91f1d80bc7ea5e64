import { Injectable } from '@nestjs/common';

import { CatalogPulse } from './catalog-pulse.ts';

/** How old this cell's copy of the catalog is, for readiness and for the age shown to shoppers. */
@Injectable()
export class MeasureCatalogAge {
  constructor(private readonly pulse: CatalogPulse) {}

  execute(): Promise<number | undefined> {
    return this.pulse.ageMs();
  }
}
