import { CohortRecords } from '@entrepot/platform-crypto';
import { CloseCases, CohortStore, MakeFiscalCohorts } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';

/**
 * What statutory records need by themselves: keys ahead of time, an end for what a closed case has kept, and
 * no row without a key. Each run finds in the databases what is to be done.
 */
@Injectable()
export class KeepStatutoryRecords {
  constructor(
    private readonly fiscal: MakeFiscalCohorts,
    private readonly cases: CloseCases,
    private readonly cohorts: CohortStore,
    private readonly discovery: DiscoveryService,
  ) {}

  /** Answers how many rows went after their keys. */
  async execute(): Promise<number> {
    await this.fiscal.execute();
    await this.cases.execute();
    const ended = await this.cohorts.ended();
    if (ended.length === 0) return 0;
    let purged = 0;
    for (const records of this.keepers()) purged += await records.purge(ended);
    return purged;
  }

  /** Found by what they are, so that none is forgotten. */
  private keepers(): ReadonlySet<CohortRecords> {
    const found = this.discovery.getProviders().map(({ instance }): unknown => instance);
    return new Set(found.filter((instance) => instance instanceof CohortRecords));
  }
}
