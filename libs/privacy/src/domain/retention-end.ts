import { addMonths } from './calendar.ts';
import type { CalendarDay } from './calendar.ts';
import type { RetentionAnchor, RetentionPeriod } from './retention-rule.ts';

/** The Indian tax year begins in April; its annual return is due on the last day of the year after it ends. */
const taxYearBegins = 4;

/** The year of the books that something of this day belongs to, by the year in which it begins. */
export const booksYearOf = (from: RetentionAnchor, { year, month }: CalendarDay): number =>
  from === 'annual_return' && month < taxYearBegins ? year - 1 : year;

/** The day from which a period counts for something of this day. */
function anchorOf({ from }: RetentionPeriod, day: CalendarDay): CalendarDay {
  if (from === 'request') return day;
  if (from === 'end_of_calendar_year') return { year: day.year, month: 12, day: 31 };
  return { year: booksYearOf(from, day) + 1, month: 12, day: 31 };
}

/** The last day on which something of this day has to be kept. */
export const lastDayOf = (period: RetentionPeriod, day: CalendarDay): CalendarDay =>
  addMonths(anchorOf(period, day), period.months);
