import { deadlineOf } from '@entrepot/privacy';
import type { PrivacyClock } from '@entrepot/privacy';

const dayMs = 86_400_000;
/** Days after the receipt; after an extension the same distances from the end of a month of thirty days. */
const firstAlarmDays = 20;
const secondAlarmDays = 25;
const monthDays = 30;

export const alarmLevels = ['in_time', 'day_20', 'day_25', 'overdue'] as const;
export type AlarmLevel = (typeof alarmLevels)[number];

/** How urgent an open request is: it has to be answered within a month, and somebody has to see it before. */
export function alarmOf(clock: PrivacyClock, at: Date): AlarmLevel {
  if (at > deadlineOf(clock)) return 'overdue';
  const [first, second] = alarmInstants(clock);
  if (at >= second) return 'day_25';
  return at >= first ? 'day_20' : 'in_time';
}

function alarmInstants({ requestedAt, extendedTo }: PrivacyClock): readonly [Date, Date] {
  const begin = extendedTo === undefined ? requestedAt : daysAfter(extendedTo, -monthDays);
  return [daysAfter(begin, firstAlarmDays), daysAfter(begin, secondAlarmDays)];
}

const daysAfter = (at: Date, days: number): Date => new Date(at.getTime() + days * dayMs);
