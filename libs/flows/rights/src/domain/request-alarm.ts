import { deadlineOf } from '@entrepot/privacy';
import type { PrivacyClock } from '@entrepot/privacy';

const dayMs = 86_400_000;
/** Days after the receipt; where there is more than a month, the same distances from its last thirty days. */
const firstAlarmDays = 20;
const secondAlarmDays = 25;
const monthDays = 30;
/** More than the longest month, from any hour of its first day. */
const longerThanAMonthMs = 33 * dayMs;

export const alarmLevels = ['in_time', 'day_20', 'day_25', 'overdue'] as const;
export type AlarmLevel = (typeof alarmLevels)[number];

/** How urgent an open request is: it has to be answered in its time, and somebody has to see it before. */
export function alarmOf(clock: PrivacyClock, at: Date): AlarmLevel {
  if (at > deadlineOf(clock)) return 'overdue';
  const [first, second] = alarmInstants(clock);
  if (at >= second) return 'day_25';
  return at >= first ? 'day_20' : 'in_time';
}

function alarmInstants(clock: PrivacyClock): readonly [Date, Date] {
  const { requestedAt } = clock;
  const end = deadlineOf(clock);
  const isLonger = end.getTime() - requestedAt.getTime() > longerThanAMonthMs;
  const begin = isLonger ? daysAfter(end, -monthDays) : requestedAt;
  return [daysAfter(begin, firstAlarmDays), daysAfter(begin, secondAlarmDays)];
}

const daysAfter = (at: Date, days: number): Date => new Date(at.getTime() + days * dayMs);
