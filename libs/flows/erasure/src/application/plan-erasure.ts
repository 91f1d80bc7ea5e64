import { createHash } from 'node:crypto';
import { PeopleRegister } from '@entrepot/identity';
import { DomainError, regionOf } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import { calendarDayOf, LegalHolds } from '@entrepot/privacy';
import type { ErasureRequest, PlanFacts } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import canonicalize from 'canonicalize';
import { assess, keepsPersonalFields, needsExtract } from '../domain/assess.ts';
import type { ErasurePlan, HeldData } from '../domain/assess.ts';
import { categoryOfTable } from '../domain/data-stores.ts';
import { drivenActions } from '../domain/next-action.ts';
import { ErasureSettings } from './erasure-settings.ts';
import { invoiceStore, StatutoryRecords } from './statutory-records.ts';
import { SubjectTables } from './subject-tables.ts';

/** Works out what would happen to a person: every store that exists, by the law of the day. */
@Injectable()
export class PlanErasure {
  constructor(
    private readonly people: PeopleRegister,
    private readonly tables: SubjectTables,
    private readonly holds: LegalHolds,
    private readonly records: StatutoryRecords,
    private readonly settings: ErasureSettings,
  ) {}

  /** Throws ERASURE_STORE_UNKNOWN and ERASURE_RULE_MISSING: nothing is erased by guessing. */
  async execute({ id, subject }: ErasureRequest, at: Date): Promise<PlanFacts> {
    const { cell, countries, timeZone, law } = this.settings;
    const country = (await this.people.residenceOf(subject)) ?? countries[0];
    if (country === undefined) throw new TypeError('this cell serves no country');
    const assessed = assess({
      ...{ requestId: id, subject, country, at, timeZone, law, region: regionOf(cell) },
      holds: await this.holds.openAbout(subject),
      held: await this.heldOf(subject),
      steps: drivenActions,
    });
    if ('plan' in assessed) return planFactsOf(assessed.plan);
    const missing = assessed.categoriesWithoutRule.join(', ');
    throw new DomainError('ERASURE_RULE_MISSING', `${country} has no rule for ${missing}`, {
      details: { country, categories: assessed.categoriesWithoutRule },
    });
  }

  private async heldOf(subject: SubjectId): Promise<HeldData[]> {
    const tables = await this.tables.survey();
    const issuedOn = await this.records.newestInvoiceNaming(subject);
    const invoices: HeldData[] =
      issuedOn === undefined
        ? []
        : [{ store: invoiceStore, category: 'invoice', issuedOn: calendarDayOf(issuedOn) }];
    return [...tables.map((store) => ({ store, category: categoryOf(store) })), ...invoices];
  }
}

function categoryOf(store: string) {
  const category = categoryOfTable(store);
  if (category !== undefined) return category;
  throw new DomainError('ERASURE_STORE_UNKNOWN', `${store} belongs to no category`, {
    details: { store },
  });
}

function planFactsOf(plan: ErasurePlan): PlanFacts {
  const text = canonicalize(plan);
  if (text === undefined) throw new TypeError('a plan has a canonical form');
  return {
    text,
    digest: createHash('sha256').update(text).digest('hex'),
    keepsSomething: keepsPersonalFields(plan),
    needsExtract: needsExtract(plan),
  };
}

/** What two plans say is done, whatever the day on which they were made. */
export const isSameWork = (a: PlanFacts, b: PlanFacts): boolean => workOf(a) === workOf(b);

const workOf = ({ text }: PlanFacts): string | undefined => {
  const { entries, steps, country } = JSON.parse(text) as ErasurePlan;
  return canonicalize({ entries, steps, country });
};
