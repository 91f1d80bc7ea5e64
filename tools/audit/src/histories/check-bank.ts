import type { Breach } from '../breach.ts';
import { breach } from '../breach.ts';
import { answered } from './history.ts';
import type { Operation } from './history.ts';

type Balances = Readonly<Record<string, number>>;

/**
 * Moving units between accounts neither makes nor loses any: every read of all accounts in one transaction adds up to the same
 * total, and none is below zero. (Jepsen's `bank`.)
 */
export function checkBank(reads: readonly Operation<unknown, Balances>[], total: number): Breach[] {
  return answered(reads).flatMap(({ startedAt, answer }) => {
    const sum = Object.values(answer).reduce((all, units) => all + units, 0);
    const negative = Object.entries(answer).filter(([, units]) => units < 0);
    return [
      ...(sum === total ? [] : [breach('BANK_TOTAL_WRONG', { startedAt, sum, total })]),
      ...negative.map(([account, units]) =>
        breach('BANK_ACCOUNT_NEGATIVE', { startedAt, account, units }),
      ),
    ];
  });
}
