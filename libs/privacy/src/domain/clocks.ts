import { addMonths, dayIn } from './calendar.ts';
import type { CalendarDay } from './calendar.ts';
import type { AnswerPeriod } from './people-law.ts';

/** When a person asked for something that the law gives a time to answer, and until when that is. */
export interface PrivacyClock {
  readonly requestedAt: Date;
  /** The end of the last day on which the person has to be answered. */
  readonly dueAt: Date;
  /** The same after an extension. */
  readonly extendedTo: Date | undefined;
}

const monthsToAnswer = 1;
const monthsOfExtension = 2;

/** How far the wall clock of a zone is ahead of UTC at an instant, in milliseconds. */
function offsetMs(timeZone: string, at: Date): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const of = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((part) => part.type === type)?.value);
  const wall = Date.UTC(
    of('year'),
    of('month') - 1,
    of('day'),
    ...[of('hour'), of('minute'), of('second')],
  );
  return wall - Math.floor(at.getTime() / 1_000) * 1_000;
}

/** The last millisecond of a day in a zone. */
function endOf({ year, month, day }: CalendarDay, timeZone: string): Date {
  const wall = Date.UTC(year, month - 1, day + 1) - 1;
  // the offset of the guess is that of the answer except around a change of the clocks: asked twice
  const guess = wall - offsetMs(timeZone, new Date(wall));
  return new Date(wall - offsetMs(timeZone, new Date(guess)));
}

/**
 * Until when a request has to be answered: one month (GDPR Article 12(3)), counted as Regulation (EEC,
 * Euratom) 1182/71 Article 3(2)(c) counts it, to the end of the same date of the next month or, where it
 * has none, of its last day. That a last day on a weekend moves on is not made use of.
 */
export const dueAtOf = (requestedAt: Date, timeZone: string): Date =>
  endOf(addMonths(dayIn(timeZone, requestedAt), monthsToAnswer), timeZone);

/** The same where the law gives another time; days are counted from the day after the request. */
export function dueAfter(requestedAt: Date, within: AnswerPeriod, timeZone: string): Date {
  const asked = dayIn(timeZone, requestedAt);
  return 'months' in within
    ? endOf(addMonths(asked, within.months), timeZone)
    : endOf({ ...asked, day: asked.day + within.days }, timeZone);
}

/**
 * Until when at the latest after an extension: two further months, of which the person has to be told
 * within the first. Undefined where that has passed, or the time was extended before.
 */
export function extensionOf(
  { requestedAt, dueAt, extendedTo }: PrivacyClock,
  at: Date,
  timeZone: string,
): Date | undefined {
  if (extendedTo !== undefined || at > dueAt) return undefined;
  return endOf(
    addMonths(dayIn(timeZone, requestedAt), monthsToAnswer + monthsOfExtension),
    timeZone,
  );
}

/** When the person has to be answered as things stand. */
export const deadlineOf = ({
  dueAt,
  extendedTo,
}: Pick<PrivacyClock, 'dueAt' | 'extendedTo'>): Date => extendedTo ?? dueAt;
