import { describe, expect, it } from '@jest/globals';
import type { CountryCode, RegionCode } from '@entrepot/kernel';
import { isCohortName } from '@entrepot/platform-crypto';
import fc from 'fast-check';
import { calendarDayOf, isoDate } from './calendar.ts';
import {
  endOfCase,
  fiscalCohortOf,
  holdCohortOf,
  invoiceCohortOf,
  retainCohortOf,
} from './cohort.ts';
import { lastDayOf } from './retention-end.ts';
import type { RetainRule } from './retention-rule.ts';

const country = 'ZZ' as CountryCode;
const region = 'zz' as RegionCode;
const ruleOf = (
  from: RetainRule['period']['from'],
  months: number,
  category: RetainRule['category'] = 'invoice',
): RetainRule => ({
  ...{ legalEntity: 'entity', country, category, law: 'a law', version: 1 },
  ...{ action: 'retain-until', period: { months, from }, cohort: 'entity', fields: [] },
  ...{ inForceSince: '2020-01-01', signOff: undefined, spec: 'a spec' },
});
const anyDay = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2090-12-31'), noInvalidDate: true })
  .map((date) => calendarDayOf(date.toISOString().slice(0, 10)));

describe('a fiscal cohort', () => {
  it('is a calendar year or, where the return decides, a tax year that begins in April', () => {
    const nameOn = (from: RetainRule['period']['from'], day: string) =>
      fiscalCohortOf(ruleOf(from, 96), calendarDayOf(day)).name;
    expect(nameOn('end_of_calendar_year', '2027-03-31')).toBe('FISCAL_entity_2027');
    expect(nameOn('annual_return', '2027-03-31')).toBe('FISCAL_entity_2026');
    expect(nameOn('annual_return', '2027-04-01')).toBe('FISCAL_entity_2027');
  });

  it('has one end for everything that is in it', () => {
    const ends = new Map<string, string | undefined>();
    fc.assert(
      fc.property(anyDay, fc.constantFrom('end_of_calendar_year', 'annual_return'), (day, from) => {
        const { name, endsOn } = fiscalCohortOf(ruleOf(from, 72), day);
        const key = `${from} ${name}`;
        expect(ends.get(key) ?? endsOn).toBe(endsOn);
        ends.set(key, endsOn);
      }),
    );
  });

  it('is nowhere where no law has invoices kept', () => {
    const day = calendarDayOf('2026-11-28');
    expect(invoiceCohortOf([ruleOf('request', 1, 'order')], { country, day })).toBeUndefined();
    expect(invoiceCohortOf([ruleOf('request', 1)], { country, day })).toBeDefined();
  });
});

describe('a cohort of kept fields', () => {
  it('ends with the month in which the time of the law does, and never before it', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 1, max: 40 }), (day, months) => {
        const rule = ruleOf('request', months);
        const { name, endsOn = '' } = retainCohortOf(region, rule, day);
        const end = isoDate(lastDayOf(rule.period, day));
        expect(endsOn >= end && endsOn.slice(0, 7) === end.slice(0, 7)).toBe(true);
        expect(name).toBe(`RETAIN_zz_entity_${end.slice(0, 7)}`);
      }),
    );
  });
});

describe('a cohort of a case', () => {
  it('has no end while the case is open, and one a year after', () => {
    expect(holdCohortOf('CIV-2026-7')).toMatchObject({
      ...{ name: 'HOLD_CIV-2026-7', endsOn: undefined },
    });
    expect(endOfCase(calendarDayOf('2026-11-28'))).toBe('2027-11-28');
  });
});

describe('the name of a cohort', () => {
  it('is one that ciphertexts may carry', () => {
    const day = calendarDayOf('2026-11-28');
    const rule = ruleOf('request', 12);
    for (const { name } of [
      ...[fiscalCohortOf(rule, day), retainCohortOf(region, rule, day), holdCohortOf('CIV-2026-7')],
    ]) {
      expect(isCohortName(name)).toBe(true);
    }
    expect(isCohortName('HOLD_Asha Rao')).toBe(false);
  });
});
