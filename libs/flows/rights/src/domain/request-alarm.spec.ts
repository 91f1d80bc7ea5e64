import { describe, expect, it } from '@jest/globals';
import { dueAfter, dueAtOf, extensionOf } from '@entrepot/privacy';
import fc from 'fast-check';
import { alarmLevels, alarmOf } from './request-alarm.ts';

const zone = 'Europe/Brussels';
const clockOf = (received: string) => {
  const requestedAt = new Date(received);
  return { requestedAt, dueAt: dueAtOf(requestedAt, zone), extendedTo: undefined };
};

describe('T44 the alarm of a request', () => {
  it.each([
    ['2026-02-04T10:00:00Z', 'in_time'],
    ['2026-02-04T10:00:01Z', 'day_20'],
    ['2026-02-09T10:00:01Z', 'day_25'],
    ['2026-02-15T22:59:59.999Z', 'day_25'],
    ['2026-02-15T23:00:00Z', 'overdue'],
  ])('at %s is %s for what came on 15 January', (at, level) => {
    expect(alarmOf(clockOf('2026-01-15T10:00:01Z'), new Date(at))).toBe(level);
  });

  it('waits for the last month of an extended request', () => {
    const clock = clockOf('2026-11-30T10:00:00Z');
    const extended = { ...clock, extendedTo: extensionOf(clock, clock.requestedAt, zone) };
    expect(alarmOf(extended, new Date('2027-01-10T10:00:00Z'))).toBe('in_time');
    expect(alarmOf(extended, new Date('2027-02-19T10:00:00Z'))).toBe('day_20');
    expect(alarmOf(extended, new Date('2027-02-24T10:00:00Z'))).toBe('day_25');
    expect(alarmOf(extended, new Date('2027-03-01T10:00:00Z'))).toBe('overdue');
  });

  it('waits for the last month of a complaint that may take ninety days', () => {
    const requestedAt = new Date('2027-06-01T10:00:00Z');
    const dueAt = dueAfter(requestedAt, { days: 90 }, zone);
    const clock = { requestedAt, dueAt, extendedTo: undefined };
    expect(alarmOf(clock, new Date('2027-07-01T10:00:00Z'))).toBe('in_time');
    expect(alarmOf(clock, new Date('2027-08-21T10:00:00Z'))).toBe('day_20');
    expect(alarmOf(clock, new Date('2027-08-26T10:00:00Z'))).toBe('day_25');
    expect(alarmOf(clock, new Date('2027-08-31T10:00:00Z'))).toBe('overdue');
  });

  it('only rises, and is raised before the time is over, whenever the request came', () => {
    const seconds = fc.integer({ min: 1_700_000_000, max: 2_000_000_000 });
    fc.assert(
      fc.property(seconds, fc.array(fc.integer({ min: 0, max: 40 * 86_400 })), (second, ages) => {
        const clock = clockOf(new Date(second * 1_000).toISOString());
        const levels = ages
          .toSorted((a, b) => a - b)
          .map((age) => alarmOf(clock, new Date((second + age) * 1_000)));
        const ranks = levels.map((level) => alarmLevels.indexOf(level));
        expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
        expect(alarmOf(clock, clock.dueAt)).toBe('day_25');
      }),
    );
  });
});
