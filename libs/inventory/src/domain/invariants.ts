import type { CellId } from '@entrepot/kernel';
import { emptyBalances, move, type Balances } from './accounts.ts';
import type { CellStock, PoolBooks } from './cell-stock.ts';
import type { PoolId } from './pool.ts';
import type { ReservationState } from './reservation.ts';

/** What is wrong with the books of one cell, one sentence each; empty when every invariant holds. */
export function findBreaches(stock: CellStock): string[] {
  return [...stock.pools].flatMap(([pool, books]) =>
    [
      ...findNegative(books),
      ...findImbalance(books),
      ...findChannelBreaches(books),
      ...findReservationBreaches(stock, pool, books),
      ...findJournalBreaches(stock, pool, books),
      ...(books.balances.SUPPLY > 0 && books.home !== stock.cell ? ['minted away from home'] : []),
    ].map((breach) => `${stock.cell} ${pool}: ${breach}`),
  );
}

/**
 * Across cells: no channel has delivered more than was sent, and all free, held, sold and shipped
 * units plus those in transit are the units minted less those written off.
 */
export function findGlobalBreaches(cells: readonly CellStock[]): string[] {
  const byCell = new Map(cells.map((stock) => [stock.cell, stock]));
  const pools = new Set(cells.flatMap((stock) => [...stock.pools.keys()]));
  return [...pools].flatMap((pool) => {
    const transits = cells.flatMap((donor) => transitsFrom(donor, pool, byCell));
    const overdrawn = transits.filter((units) => units < 0).map(() => `${pool}: applied > granted`);
    const inTransit = transits.reduce((sum, units) => sum + units, 0);
    const balances = cells.map((stock) => stock.pools.get(pool)?.balances ?? emptyBalances);
    const sum = (pick: (of: Balances) => number) =>
      balances.reduce((total, of) => total + pick(of), 0);
    const placed = sum(({ FREE, HELD, SOLD, SHIPPED }) => FREE + HELD + SOLD + SHIPPED);
    const exists = sum(({ SUPPLY, WRITTEN_OFF }) => SUPPLY - WRITTEN_OFF);
    const isConserved = placed + inTransit === exists;
    return isConserved
      ? overdrawn
      : [...overdrawn, `${pool}: ${placed} placed + ${inTransit} in transit ≠ ${exists} existing`];
  });
}

function transitsFrom(
  donor: CellStock,
  pool: PoolId,
  cells: ReadonlyMap<CellId, CellStock>,
): number[] {
  const sent = [...(donor.pools.get(pool)?.channels.values() ?? [])];
  return sent.map(({ peer, granted }) => {
    const receiver = cells.get(peer)?.pools.get(pool)?.channels.get(donor.cell);
    return granted - (receiver?.applied ?? 0);
  });
}

function findNegative({ balances }: PoolBooks): string[] {
  return Object.entries(balances)
    .filter(([, units]) => units < 0)
    .map(([account, units]) => `${account} is ${units}`);
}

function findImbalance({ balances }: PoolBooks): string[] {
  const came = balances.SUPPLY + balances.APPLIED - balances.GRANTED - balances.WRITTEN_OFF;
  const is = balances.FREE + balances.HELD + balances.SOLD + balances.SHIPPED;
  return came === is ? [] : [`${came} came but ${is} are here`];
}

function findChannelBreaches({ balances, channels }: PoolBooks): string[] {
  const all = [...channels.values()];
  const granted = all.reduce((sum, channel) => sum + channel.granted, 0);
  const applied = all.reduce((sum, channel) => sum + channel.applied, 0);
  return [
    ...(granted === balances.GRANTED ? [] : [`channels granted ${granted}`]),
    ...(applied === balances.APPLIED ? [] : [`channels applied ${applied}`]),
    ...all.filter(({ acked, granted: sent }) => acked > sent).map(() => 'acked > granted'),
  ];
}

function findReservationBreaches(
  stock: CellStock,
  pool: PoolId,
  { balances }: PoolBooks,
): string[] {
  const sumOf = (state: ReservationState) =>
    [...stock.reservations.values()]
      .filter((reservation) => reservation.pool === pool && reservation.state === state)
      .reduce((sum, reservation) => sum + reservation.quantity, 0);
  const pairs = [
    ['HELD', balances.HELD, sumOf('HELD')],
    ['SOLD', balances.SOLD, sumOf('CONFIRMED')],
    ['SHIPPED', balances.SHIPPED, sumOf('SHIPPED')],
  ] as const;
  return pairs
    .filter(([, balance, sum]) => balance !== sum)
    .map(([account, balance, sum]) => `${account} is ${balance}, its reservations sum to ${sum}`);
}

function findJournalBreaches(stock: CellStock, pool: PoolId, { balances }: PoolBooks): string[] {
  const replayed = stock.journal
    .filter((entry) => entry.pool === pool)
    .reduce((sum, entry) => move(sum, entry.movement, entry.quantity), emptyBalances);
  const isSame = JSON.stringify(replayed) === JSON.stringify(balances);
  return isSame ? [] : ['the journal does not sum to the balances'];
}
