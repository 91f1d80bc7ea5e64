export interface CalendarDay {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

/** One for each zone that was asked for: making one takes longer than all that is done with it. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatIn(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
  formats.set(timeZone, format);
  return format;
}

/** The day of an instant as the calendar of a zone has it. */
export function dayIn(timeZone: string, at: Date): CalendarDay {
  const [year = 0, month = 0, day = 0] = formatIn(timeZone).format(at).split('-').map(Number);
  return { year, month, day };
}

const daysIn = (year: number, month: number): number =>
  new Date(Date.UTC(year, month, 0)).getUTCDate();

/** The same date some months on; where the month has no such date, its last one. */
export function addMonths({ year, month, day }: CalendarDay, months: number): CalendarDay {
  const first = new Date(Date.UTC(year, month - 1 + months, 1));
  const next = { year: first.getUTCFullYear(), month: first.getUTCMonth() + 1 };
  return { ...next, day: Math.min(day, daysIn(next.year, next.month)) };
}

export const lastDayOfMonth = ({ year, month }: CalendarDay): CalendarDay => ({
  ...{ year, month },
  day: daysIn(year, month),
});

/** Of an ISO date. */
export function calendarDayOf(date: string): CalendarDay {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  return { year, month, day };
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');

export const isoDate = ({ year, month, day }: CalendarDay): string =>
  `${year}-${twoDigits(month)}-${twoDigits(day)}`;

/** Year and month, as ISO 8601 has them: `2027-05`. */
export const isoMonth = (day: CalendarDay): string => isoDate(day).slice(0, 7);
