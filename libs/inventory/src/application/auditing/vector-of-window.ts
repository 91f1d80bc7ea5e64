import { accounts } from '../../domain/accounts.ts';
import type { JournalWindow } from './audit-ledger.ts';
import { noVector, type ConservationVector } from './conservation-vector.ts';

/** The vector that comes after another one, from a window that ends with the journal. */
export function vectorOfWindow(
  cell: string,
  { from, to, isCaughtUp, isLastSlice, pools, snapshot }: JournalWindow,
  before: { readonly number: number; readonly digest: string } = { number: 0, digest: noVector },
): ConservationVector {
  return {
    format: 'entrepot-conservation-vector/1',
    ...{ cell, number: before.number + 1, previous: before.digest },
    notBefore: snapshot.notBefore.toISOString(),
    notAfter: snapshot.notAfter.toISOString(),
    ...{ epoch: snapshot.epoch, state: snapshot.state, position: to.reached.toString() },
    slice: { after: from.cursor, through: isLastSlice ? null : to.cursor },
    isComplete: isCaughtUp,
    pools: pools
      .flatMap(({ pool, found }) => (found === undefined ? [] : [{ pool, ...found }]))
      .map(({ pool, home, balances, channels }) => ({
        ...{ pool, home },
        balances: Object.fromEntries(
          accounts
            .map((account) => [account, balances[account]] as const)
            .filter(([, units]) => units !== 0),
        ),
        channels: Object.entries(channels).map(([peer, totals]) => ({ peer, ...totals })),
      }))
      .toSorted((left, right) => (left.pool < right.pool ? -1 : 1)),
  };
}
