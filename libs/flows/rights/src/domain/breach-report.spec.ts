import { describe, expect, it } from '@jest/globals';
import { breachReportOf } from './breach-report.ts';
import type { BreachFacts, MappedTable } from './breach-report.ts';

const account: MappedTable = {
  ...{ cluster: 'shop', table: 'identity.account', subject: 'subject_id' },
  columns: [
    { name: 'account_id', class: { kind: 'kept', reason: 'opaque reference' } },
    { name: 'subject_id', class: { kind: 'link' } },
    { name: 'email', class: { kind: 'personal', category: 'contact' } },
    { name: 'full_name', class: { kind: 'personal', category: 'identity' } },
  ],
};
const pool: MappedTable = { ...account, table: 'inventory.pool', subject: null };
const facts: BreachFacts = {
  ...{ cell: 'eu-1', region: 'eu', areKeysSafe: true, tables: [account, pool] },
  ...{ since: new Date('2026-11-01T00:00:00Z'), discoveredAt: new Date('2026-11-27T22:00:00Z') },
  exposed: [{ table: 'identity.account', subjects: ['sub_b', 'sub_a', 'sub_a'] }],
  erasedSince: ['sub_c'],
};

describe('the report of a breach', () => {
  it('says who, by references only, what was encrypted and what could be read', () => {
    const report = breachReportOf(facts);
    expect(report.people).toEqual(['sub_a', 'sub_b']);
    expect(report.erasedSince).toEqual(['sub_c']);
    expect(report.tables).toEqual([
      {
        ...{ table: 'identity.account', people: 2, categories: ['contact', 'identity'] },
        ...{ encrypted: ['email', 'full_name'], inTheClear: ['account_id', 'subject_id'] },
      },
    ]);
  });

  it('counts 72 hours from the discovery, whatever weekend they fall on', () => {
    const [authority] = breachReportOf(facts).duties;
    expect(authority).toEqual({
      ...{ toWhom: 'supervisory authority', law: 'GDPR Article 33(1)' },
      until: '2026-11-30T22:00:00.000Z',
    });
    expect(breachReportOf({ ...facts, region: 'in' }).duties).toHaveLength(3);
  });

  it('does not spare anybody the letter where the keys may be gone', () => {
    expect(breachReportOf(facts).mayNotHaveToTellPeople).toBe(true);
    expect(breachReportOf({ ...facts, areKeysSafe: false }).mayNotHaveToTellPeople).toBe(false);
  });

  it('is refused for a table that names nobody, one that is not there, and a region without rules', () => {
    const of = (table: string) => ({ ...facts, exposed: [{ table, subjects: [] }] });
    expect(() => breachReportOf(of('inventory.pool'))).toThrow(
      'no column of inventory.pool names a person',
    );
    expect(() => breachReportOf(of('a.b'))).toThrow('the data map has no table a.b');
    expect(() => breachReportOf({ ...facts, region: 'xx' })).toThrow('nobody wrote down');
  });
});
