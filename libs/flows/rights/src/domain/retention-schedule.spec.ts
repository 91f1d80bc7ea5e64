import { describe, expect, it } from '@jest/globals';
import type { CountryCode } from '@entrepot/kernel';
import type { RetentionLaw } from '@entrepot/privacy';
import { cutoffOf, daysUnder, retentionSchedule } from './retention-schedule.ts';

const law: RetentionLaw = [
  {
    ...{
      legalEntity: 'entity',
      country: 'IN' as CountryCode,
      category: 'session',
      law: 'Rule 8(3)',
    },
    ...{ action: 'retain-until', period: { months: 12, from: 'request' }, version: 2 },
    ...{ cohort: 'dpdp', fields: [] },
    ...{ inForceSince: '2027-05-13', signOff: undefined, spec: 'a spec' },
  },
];
const sessions = { category: 'session', days: 90 } as const;

describe('the schedule of retention', () => {
  it('waits for a law that wants something kept for longer, from the day it binds', () => {
    expect(daysUnder(sessions, law, '2027-05-12')).toBe(90);
    expect(daysUnder(sessions, law, '2027-05-13')).toBe(372);
    expect(daysUnder({ category: 'cart', days: 60 }, law, '2027-05-13')).toBe(60);
  });

  it('counts whole days back', () => {
    const at = new Date('2026-11-28T10:00:00Z');
    expect(cutoffOf(sessions, at).toISOString()).toBe('2026-08-30T10:00:00.000Z');
  });

  it('says once for each entry what goes, when and why', () => {
    const names = retentionSchedule.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { reason, since } of retentionSchedule) {
      expect(reason.length * since.length).toBeGreaterThan(0);
    }
  });
});
