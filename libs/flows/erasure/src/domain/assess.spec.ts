import { describe, expect, it } from '@jest/globals';
import type { CountryCode } from '@entrepot/kernel';
import type { RetentionLaw, RetentionRule } from '@entrepot/privacy';
import fc from 'fast-check';
import { assess, keepsPersonalFields } from './assess.ts';
import type { Assessment, HeldData } from './assess.ts';
import { lastDayOf } from './retention-end.ts';

const country = 'ZZ' as CountryCode;
const header = (category: 'account' | 'order', version = 1, inForceSince = '2020-01-01') => ({
  ...{ legalEntity: 'entity', country, category, law: `law ${version}`, version, inForceSince },
  ...{ signOff: undefined, spec: 'a spec' },
});
const shredAccount: RetentionRule = {
  ...header('account'),
  ...{ action: 'shred-now', leaves: 'nothing' },
};
const keepFacts: RetentionRule = {
  ...header('order'),
  ...{ action: 'shred-now', leaves: 'facts' },
};
const keepAYear: RetentionRule = {
  ...header('account', 2, '2027-05-13'),
  ...{ action: 'retain-until', period: { months: 12, from: 'request' } },
};
const law: RetentionLaw = [shredAccount, keepFacts, keepAYear];
const held: readonly HeldData[] = [
  { store: 'orders.order', category: 'order' },
  { store: 'identity.account', category: 'account' },
];
const assessment: Assessment = {
  ...{ requestId: 'ers_1', subject: 'sub_1', country, held, law, holds: [], steps: ['fence'] },
  ...{ at: new Date('2026-11-28T20:00:00Z'), timeZone: 'Asia/Kolkata' },
};
const planOf = (changes: Partial<Assessment> = {}) => {
  const assessed = assess({ ...assessment, ...changes });
  if (!('plan' in assessed)) throw new Error('there is no plan');
  return assessed.plan;
};

describe('an assessment', () => {
  it('gives each category its rule of the day in the zone, sorted, with reasons', () => {
    expect(planOf()).toEqual({
      ...{ requestId: 'ers_1', subject: 'sub_1', country, steps: ['fence'] },
      assessedOn: '2026-11-29',
      entries: [
        {
          ...{ category: 'account', stores: ['identity.account'], action: 'shred-now' },
          ...{ leaves: 'nothing', law: 'law 1', ruleVersion: 1, until: null },
        },
        {
          ...{ category: 'order', stores: ['orders.order'], action: 'shred-now' },
          ...{ leaves: 'facts', law: 'law 1', ruleVersion: 1, until: null },
        },
      ],
    });
    expect(keepsPersonalFields(planOf())).toBe(false);
  });

  it('keeps fields under a law from the day on which it is in force', () => {
    const eve = planOf({ at: new Date('2027-05-12T18:29:59Z') });
    const day = planOf({ at: new Date('2027-05-12T18:30:00Z') });
    expect(keepsPersonalFields(eve)).toBe(false);
    expect(day.entries[0]).toMatchObject({ action: 'retain-until', until: '2028-05-13' });
    expect(keepsPersonalFields(day)).toBe(true);
  });

  it('lets a hold of a case go before every rule, for its category only', () => {
    const plan = planOf({ holds: [{ category: 'account', caseReference: 'c-7' }] });
    expect(plan.entries.map(({ action }) => action)).toEqual(['hold', 'shred-now']);
    expect(plan.entries[0]).toMatchObject({ law: 'hold c-7', leaves: 'fields', until: null });
  });

  it('has no plan where the law has no answer, and says for what', () => {
    const cart: HeldData = { store: 'carts.cart', category: 'cart' };
    expect(assess({ ...assessment, held: [...held, cart] })).toEqual({
      categoriesWithoutRule: ['cart'],
    });
  });

  it('is the same whatever the order in which stores were found', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...held], { minLength: 2 }), (shuffled) => {
        expect(planOf({ held: shuffled })).toEqual(planOf());
      }),
    );
  });
});

describe('the end of a retention', () => {
  it('keeps a German invoice to the end of the eighth year after it', () => {
    const period = { months: 96, from: 'end_of_calendar_year' } as const;
    expect(lastDayOf(period, { year: 2026, month: 3, day: 1 })).toBe('2034-12-31');
  });

  it('keeps an Indian invoice for 72 months after the annual return is due', () => {
    const period = { months: 72, from: 'annual_return' } as const;
    expect(lastDayOf(period, { year: 2019, month: 4, day: 1 })).toBe('2026-12-31');
    expect(lastDayOf(period, { year: 2020, month: 3, day: 31 })).toBe('2026-12-31');
  });

  it('counts a year from a leap day to the end of February', () => {
    const period = { months: 12, from: 'request' } as const;
    expect(lastDayOf(period, { year: 2028, month: 2, day: 29 })).toBe('2029-02-28');
  });
});
