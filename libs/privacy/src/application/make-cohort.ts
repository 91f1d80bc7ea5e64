import { Injectable } from '@nestjs/common';
import type { Cohort } from '../domain/cohort.ts';
import { CohortStore } from './cohort-store.ts';
import { cohortContext } from './key-places.ts';
import { KeyService } from './key-service.ts';

/**
 * Makes the key of a cohort unless there is one. Two processes may do so at once: the first row counts, and
 * the KMS key of the other wraps nothing, as one that a crash leaves behind.
 */
@Injectable()
export class MakeCohort {
  constructor(
    private readonly store: CohortStore,
    private readonly service: KeyService,
  ) {}

  /** Answers whether a key was made. */
  async execute(cohort: Cohort): Promise<boolean> {
    if ((await this.store.find(cohort.name)) !== undefined) return false;
    const keyArn = await this.service.createCohortKey();
    const wrapped = await this.service.newWrappedKey(keyArn, cohortContext(cohort.name));
    await this.store.keep(cohort, { keyArn, wrapped });
    return true;
  }
}
