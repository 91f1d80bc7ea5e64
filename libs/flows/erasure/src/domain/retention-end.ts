import { addMonths } from '@entrepot/privacy';
import type { CalendarDay, RetentionPeriod } from '@entrepot/privacy';

/** The Indian tax year begins in April; its annual return is due on the last day of the year after it ends. */
const taxYearBegins = 4;

/** The day from which a period counts for something of this day. */
function anchorOf({ from }: RetentionPeriod, day: CalendarDay): CalendarDay {
  if (from === 'request') return day;
  if (from === 'end_of_calendar_year') return { year: day.year, month: 12, day: 31 };
  const yearOfEnd = day.month >= taxYearBegins ? day.year + 1 : day.year;
  return { year: yearOfEnd, month: 12, day: 31 };
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');

export const isoDate = ({ year, month, day }: CalendarDay): string =>
  `${year}-${twoDigits(month)}-${twoDigits(day)}`;

/** The last day (ISO date) on which something of this day has to be kept. */
export const lastDayOf = (period: RetentionPeriod, day: CalendarDay): string =>
  isoDate(addMonths(anchorOf(period, day), period.months));
