import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dueAfter, dueAtOf, extensionOf } from './clocks.ts';

const due = (at: string, zone: string) => dueAtOf(new Date(at), zone).toISOString();
const brussels = 'Europe/Brussels';

describe('T44 the clock of a request', () => {
  it.each([
    ['the same date of the next month', '2026-01-15T10:00:00Z', '2026-02-15T22:59:59.999Z'],
    ['the last day of a shorter month', '2026-01-31T10:00:00Z', '2026-02-28T22:59:59.999Z'],
    ['the leap day', '2028-01-31T10:00:00Z', '2028-02-29T22:59:59.999Z'],
    ['the next year', '2026-12-31T10:00:00Z', '2027-01-31T22:59:59.999Z'],
    ['a day in summer time', '2026-03-15T22:30:00Z', '2026-04-15T21:59:59.999Z'],
    ['the day the clocks go forward', '2026-02-28T23:30:00Z', '2026-04-01T21:59:59.999Z'],
  ])('ends with %s', (_what, at, end) => {
    expect(due(at, brussels)).toBe(end);
  });

  it('counts the day on which the zone received it, not the day in Greenwich', () => {
    expect(due('2026-01-31T19:00:00Z', 'Asia/Kolkata')).toBe('2026-03-01T18:29:59.999Z');
    expect(due('2026-01-31T18:00:00Z', 'Asia/Kolkata')).toBe('2026-02-28T18:29:59.999Z');
    expect(due('2026-03-01T02:00:00Z', 'America/Martinique')).toBe('2026-03-29T03:59:59.999Z');
  });

  it('counts months or days, as the law of the country has it', () => {
    const at = new Date('2027-05-31T19:00:00Z');
    const due = (within: Parameters<typeof dueAfter>[1]) =>
      dueAfter(at, within, 'Asia/Kolkata').toISOString();
    expect(due({ months: 1 })).toBe(dueAtOf(at, 'Asia/Kolkata').toISOString());
    expect(due({ days: 90 })).toBe('2027-08-30T18:29:59.999Z');
  });

  it('T44 is at least 28 and at most 32 days long, and ends at midnight of the zone', () => {
    const seconds = fc.integer({ min: 1_700_000_000, max: 2_000_000_000 });
    const zones = fc.constantFrom(brussels, 'Asia/Kolkata', 'America/Martinique', 'UTC');
    fc.assert(
      fc.property(seconds, zones, (second, timeZone) => {
        const at = new Date(second * 1_000);
        const end = dueAtOf(at, timeZone);
        const days = (end.getTime() - at.getTime()) / 86_400_000;
        expect(days).toBeGreaterThanOrEqual(28 - 1 / 24);
        expect(days).toBeLessThanOrEqual(32 + 1 / 24);
        const time = { timeZone, hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;
        expect(new Intl.DateTimeFormat('en-GB', time).format(end)).toBe('23:59:59');
      }),
    );
  });

  it('T44 may be extended once, by two months, and only within the first', () => {
    const requestedAt = new Date('2026-11-30T10:00:00Z');
    const request = { requestedAt, dueAt: dueAtOf(requestedAt, brussels), extendedTo: undefined };
    const extendedTo = extensionOf(request, request.dueAt, brussels);
    expect(extendedTo?.toISOString()).toBe('2027-02-28T22:59:59.999Z');
    const late = new Date(request.dueAt.getTime() + 1);
    expect(extensionOf(request, late, brussels)).toBeUndefined();
    expect(extensionOf({ ...request, extendedTo }, requestedAt, brussels)).toBeUndefined();
  });
});
