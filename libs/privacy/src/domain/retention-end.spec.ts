import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { calendarDayOf, isoDate } from './calendar.ts';
import { lastDayOf } from './retention-end.ts';

const endOf = (months: number, from: Parameters<typeof lastDayOf>[0]['from'], day: string) =>
  isoDate(lastDayOf({ months, from }, calendarDayOf(day)));

describe('the end of a retention', () => {
  it('keeps a German invoice to the end of the eighth year after it', () => {
    expect(endOf(96, 'end_of_calendar_year', '2026-03-01')).toBe('2034-12-31');
  });

  it('keeps a record of the one-stop shop to the end of the tenth year after it', () => {
    expect(endOf(120, 'end_of_calendar_year', '2026-03-01')).toBe('2036-12-31');
  });

  it('keeps an Indian invoice for 72 months after the annual return is due', () => {
    expect(endOf(72, 'annual_return', '2019-04-01')).toBe('2026-12-31');
    expect(endOf(72, 'annual_return', '2020-03-31')).toBe('2026-12-31');
  });

  it('counts a year from a leap day to the end of February', () => {
    expect(endOf(12, 'request', '2028-02-29')).toBe('2029-02-28');
  });

  it('never ends before the time of the law has passed', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2020-01-01'), max: new Date('2090-12-31'), noInvalidDate: true }),
        fc.integer({ min: 1, max: 130 }),
        fc.constantFrom('request', 'end_of_calendar_year', 'annual_return'),
        (date, months, from) => {
          const day = date.toISOString().slice(0, 10);
          expect(endOf(months, from, day) >= endOf(months, 'request', day)).toBe(true);
        },
      ),
    );
  });
});
