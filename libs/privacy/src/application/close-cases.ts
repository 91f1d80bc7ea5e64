import { Injectable } from '@nestjs/common';
import { dayIn } from '../domain/calendar.ts';
import { endOfCase, holdCohortOf } from '../domain/cohort.ts';
import { CohortStore } from './cohort-store.ts';
import { LegalHolds } from './legal-holds.ts';
import { RetainedFields } from './retained-fields.ts';
import { StatutorySettings } from './statutory-settings.ts';

/** Gives what a closed case has kept its end, in the vault and on the rows. Doing it again changes nothing. */
@Injectable()
export class CloseCases {
  constructor(
    private readonly holds: LegalHolds,
    private readonly cohorts: CohortStore,
    private readonly fields: RetainedFields,
    private readonly settings: StatutorySettings,
  ) {}

  async execute(): Promise<void> {
    for (const { caseReference, closedAt } of await this.holds.closedCases()) {
      const { name } = holdCohortOf(caseReference);
      const endsOn = endOfCase(dayIn(this.settings.timeZone, closedAt));
      await this.cohorts.setEnd(name, endsOn);
      await this.fields.setEnd(name, endsOn);
    }
  }
}
