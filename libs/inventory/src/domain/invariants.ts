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
      ...findDocumentBreaches(stock, pool, books),
      ...findForeignActs(stock, books),
    ].map((breach) => `${stock.cell} ${pool}: ${breach}`),
  );
}

/**
 * Across cells: no channel has delivered more than was sent, and all units in the cells' accounts plus
 * those in transit are the units minted less those written off and transferred, plus those owed.
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
    const placed = sum(placedIn);
    const exists = sum(
      ({ SUPPLY, DEFICIT, WRITTEN_OFF, TRANSFERRED }) =>
        SUPPLY + DEFICIT - WRITTEN_OFF - TRANSFERRED,
    );
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
  const { SUPPLY, APPLIED, DEFICIT, FREE, GRANTED, WRITTEN_OFF, TRANSFERRED } = balances;
  const came = SUPPLY + APPLIED + DEFICIT - GRANTED - WRITTEN_OFF - TRANSFERRED;
  const is = placedIn(balances);
  return [
    ...(came === is ? [] : [`${came} came but ${is} are here`]),
    ...(DEFICIT > 0 && FREE > 0 ? [`${FREE} are free while ${DEFICIT} are owed`] : []),
  ];
}

const placedIn = ({ FREE, HELD, SOLD, SHIPPED, SAFETY, QUARANTINE, SUSPENSE }: Balances): number =>
  FREE + HELD + SOLD + SHIPPED + SAFETY + QUARANTINE + SUSPENSE;

/** Only the home of a warehouse speaks for its shelf. */
function findForeignActs(stock: CellStock, { home, balances, dispatched }: PoolBooks): string[] {
  const { SUPPLY, SAFETY, QUARANTINE, WRITTEN_OFF, TRANSFERRED } = balances;
  const acts = SUPPLY + SAFETY + QUARANTINE + WRITTEN_OFF + TRANSFERRED + dispatched;
  return acts > 0 && home !== stock.cell ? ['a shelf is spoken for away from home'] : [];
}

/** The counters of the warehouse are those of its documents. */
function findDocumentBreaches(stock: CellStock, pool: PoolId, books: PoolBooks): string[] {
  const documents = [...stock.documents.values()].filter((document) => document.pool === pool);
  const dispatched = documents
    .filter(({ kind }) => kind === 'dispatch')
    .reduce((sum, { quantity }) => sum + quantity, 0);
  return [
    ...(documents.length === books.documents ? [] : [`${documents.length} documents exist`]),
    ...(dispatched === books.dispatched ? [] : [`documents dispatched ${dispatched}`]),
  ];
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
