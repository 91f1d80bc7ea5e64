import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { MakeFiscalCohorts } from '../application/make-fiscal-cohorts.ts';

/** A new cell sells nothing before the first key is there, so its worker makes that before it is ready. */
@Injectable()
export class FiscalCohortsAtStart implements OnApplicationBootstrap {
  private readonly cohorts: MakeFiscalCohorts;

  constructor(cohorts: MakeFiscalCohorts) {
    this.cohorts = cohorts;
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.cohorts.execute();
  }
}
