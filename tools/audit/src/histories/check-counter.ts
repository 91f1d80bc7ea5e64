import type { Breach } from '../breach.ts';
import { breach } from '../breach.ts';
import { answered } from './history.ts';
import type { Operation } from './history.ts';

/**
 * A counter that is only added to shows at least what was acknowledged before the read began, and at most what had been asked
 * before it ended. (Jepsen's `counter`.) Additions are above zero.
 */
export function checkCounter(
  additions: readonly Operation<number, unknown>[],
  reads: readonly Operation<unknown, number>[],
): Breach[] {
  const sum = (of: readonly Operation<number, unknown>[]) =>
    of.reduce((all, { ask }) => all + ask, 0);
  return answered(reads).flatMap(({ startedAt, endedAt, answer }) => {
    const least = sum(additions.filter((of) => of.outcome === 'done' && of.endedAt <= startedAt));
    const most = sum(additions.filter((of) => of.outcome !== 'refused' && of.startedAt <= endedAt));
    const row = { startedAt, value: answer, least, most };
    if (answer < least) return [breach('COUNTER_LOST_AN_ADDITION', row)];
    return answer > most ? [breach('COUNTER_ADDED_UNASKED', row)] : [];
  });
}
