import { describe, expect, it } from '@jest/globals';
import type { CountryCode, RegionCode } from '@entrepot/kernel';
import type { RetentionLaw, RetentionRule } from '@entrepot/privacy';
import fc from 'fast-check';
import { assess, keepsPersonalFields, needsExtract } from './assess.ts';
import type { Assessment, HeldData } from './assess.ts';

const country = 'ZZ' as CountryCode;
const header = (
  category: 'account' | 'order' | 'invoice',
  version = 1,
  inForceSince = '2020-01-01',
) => ({
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
  ...{ cohort: 'a-year', fields: ['identity.account.full_name', 'identity.account.email'] },
};
const keepInvoices: RetentionRule = {
  ...header('invoice'),
  ...{ action: 'retain-until', period: { months: 96, from: 'end_of_calendar_year' } },
  ...{ cohort: 'entity', fields: [] },
};
const law: RetentionLaw = [shredAccount, keepFacts, keepAYear, keepInvoices];
const held: readonly HeldData[] = [
  { store: 'orders.order', category: 'order' },
  { store: 'identity.account', category: 'account' },
];
const assessment: Assessment = {
  ...{ requestId: 'ers_1', subject: 'sub_1', country, held, law, holds: [], steps: ['fence'] },
  ...{ at: new Date('2026-11-28T20:00:00Z'), timeZone: 'Asia/Kolkata' },
  region: 'zz' as RegionCode,
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
          ...{ cohort: null, fields: [] },
        },
        {
          ...{ category: 'order', stores: ['orders.order'], action: 'shred-now' },
          ...{ leaves: 'facts', law: 'law 1', ruleVersion: 1, until: null },
          ...{ cohort: null, fields: [] },
        },
      ],
    });
    expect(keepsPersonalFields(planOf())).toBe(false);
  });

  it('keeps fields under a law from the day on which it is in force', () => {
    const eve = planOf({ at: new Date('2027-05-12T18:29:59Z') });
    const day = planOf({ at: new Date('2027-05-12T18:30:00Z') });
    expect(keepsPersonalFields(eve)).toBe(false);
    expect(day.entries[0]).toMatchObject({
      ...{ action: 'retain-until', until: '2028-05-31', cohort: 'RETAIN_zz_a-year_2028-05' },
      fields: ['identity.account.email', 'identity.account.full_name'],
    });
    expect(keepsPersonalFields(day)).toBe(true);
    expect([needsExtract(eve), needsExtract(day)]).toEqual([false, true]);
  });

  it('names an invoice that stays under its own key, and moves nothing of it', () => {
    const issuedOn = { year: 2026, month: 2, day: 3 };
    const plan = planOf({
      held: [...held, { store: 'invoices.invoice', category: 'invoice', issuedOn }],
    });
    expect(plan.entries[1]).toMatchObject({
      ...{ action: 'retain-until', leaves: 'fields', until: '2034-12-31' },
      ...{ cohort: 'FISCAL_entity_2026', fields: [] },
    });
    expect([keepsPersonalFields(plan), needsExtract(plan)]).toEqual([true, false]);
  });

  it('lets a hold of a case go before every rule, for its category only', () => {
    const plan = planOf({ holds: [{ category: 'account', caseReference: 'CIV-2026-7' }] });
    expect(plan.entries.map(({ action }) => action)).toEqual(['hold', 'shred-now']);
    expect(plan.entries[0]).toMatchObject({
      ...{ law: 'case CIV-2026-7', leaves: 'fields', until: null, cohort: 'HOLD_CIV-2026-7' },
      fields: ['identity.account.email', 'identity.account.full_name'],
    });
  });

  it('keeps for each of two cases, so that the end of one takes nothing from the other', () => {
    const holds = ['CIV-2026-8', 'CIV-2026-7'].map((caseReference) => ({
      ...{ category: 'account' as const, caseReference },
    }));
    expect(planOf({ holds }).entries.map(({ cohort }) => cohort)).toEqual([
      ...['HOLD_CIV-2026-7', 'HOLD_CIV-2026-8', null],
    ]);
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
