import { Clock } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import { addMonths, dayIn } from '../domain/calendar.ts';
import { invoiceCohortOf } from '../domain/cohort.ts';
import type { Cohort } from '../domain/cohort.ts';
import { MakeCohort } from './make-cohort.ts';
import { StatutorySettings } from './statutory-settings.ts';

/** How far ahead of its first day the cohort of the next year is there. */
const monthsAhead = 3;

/** Sees to it that no sale has to wait for a key: those of this year and, soon enough, of the next. */
@Injectable()
export class MakeFiscalCohorts {
  constructor(
    private readonly make: MakeCohort,
    private readonly settings: StatutorySettings,
    private readonly clock: Clock,
  ) {}

  /** Answers how many were made. */
  async execute(): Promise<number> {
    let made = 0;
    for (const cohort of this.wanted().values()) {
      if (await this.make.execute(cohort)) made += 1;
    }
    return made;
  }

  private wanted(): ReadonlyMap<string, Cohort> {
    const { countries, law, timeZone } = this.settings;
    const today = dayIn(timeZone, this.clock.now());
    const wanted = new Map<string, Cohort>();
    for (const day of [today, addMonths(today, monthsAhead)]) {
      for (const country of countries) {
        const cohort = invoiceCohortOf(law, { country, day });
        if (cohort !== undefined) wanted.set(cohort.name, cohort);
      }
    }
    return wanted;
  }
}
