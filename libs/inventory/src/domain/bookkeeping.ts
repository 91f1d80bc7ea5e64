import { emptyBalances, isCredit, move, movements, type Movement } from './accounts.ts';
import {
  emptyBooks,
  freeOf,
  type CellStock,
  type JournalEntry,
  type PoolBooks,
} from './cell-stock.ts';
import type { Command, Verdict } from './commands.ts';
import type { PoolId, QuotaChannel } from './pool.ts';
import type { Reservation } from './reservation.ts';

/** What a command leads to: the next state and what its caller is told. */
export interface Decision {
  readonly stock: CellStock;
  readonly verdict: Verdict;
}

export function accept(
  stock: CellStock,
  command: Command,
  outcome: Verdict['outcome'],
  total = 0,
): Decision {
  const settled = settle(stock, command);
  const free = freeOf(settled, command.pool);
  return { stock: settled, verdict: { outcome, changed: true, free, total } };
}

export function refuse(
  stock: CellStock,
  { pool }: Command,
  outcome: Verdict['outcome'],
  total = 0,
): Decision {
  return { stock, verdict: { outcome, changed: false, free: freeOf(stock, pool), total } };
}

/** A cell opens books for a pool when its first units arrive. */
export function open(
  stock: CellStock,
  { pool, home }: { pool: PoolId; home: PoolBooks['home'] },
): CellStock {
  return stock.pools.has(pool) ? stock : withBooks(stock, pool, emptyBooks(home));
}

export function withBooks(stock: CellStock, pool: PoolId, books: PoolBooks): CellStock {
  return { ...stock, pools: new Map(stock.pools).set(pool, books) };
}

export function connect(stock: CellStock, pool: PoolId, channel: QuotaChannel): CellStock {
  const books = stock.pools.get(pool);
  if (books === undefined) return stock;
  return withBooks(stock, pool, {
    ...books,
    channels: new Map(books.channels).set(channel.peer, channel),
  });
}

/** The one place where units move: balances and journal change together. */
export function book(stock: CellStock, entry: JournalEntry): CellStock {
  const books = booksOf(stock, entry.pool);
  const { pool, movement, quantity, reference } = entry;
  const moved = withBooks(stock, pool, {
    ...books,
    balances: move(books.balances, movement, quantity),
    credits: books.credits + (isCredit(movement) ? 1 : 0),
  });
  return { ...moved, journal: [...stock.journal, { pool, movement, quantity, reference }] };
}

/**
 * Moves a quantity along several ways in turn, each as far as the account it starts from goes. A way
 * from DEFICIT goes as far as it must.
 */
export function bookInTurn(
  stock: CellStock,
  { pool, quantity, reference }: Omit<JournalEntry, 'movement'>,
  ways: readonly Movement[],
): CellStock {
  let rest = quantity;
  return ways.reduce((current, movement) => {
    const { from } = movements[movement];
    const there = from === 'DEFICIT' ? rest : booksOf(current, pool).balances[from];
    const part = Math.min(rest, there);
    rest -= part;
    return part > 0 ? book(current, { pool, movement, quantity: part, reference }) : current;
  }, stock);
}

export function keep(stock: CellStock, reservation: Reservation): CellStock {
  return {
    ...stock,
    reservations: new Map(stock.reservations).set(reservation.id, reservation),
  };
}

/** A cell that owes sells nothing: what has come free pays first. */
function settle(stock: CellStock, command: Command): CellStock {
  const { pool } = command;
  const { FREE, DEFICIT } = stock.pools.get(pool)?.balances ?? emptyBalances;
  const quantity = Math.min(FREE, DEFICIT);
  if (quantity === 0) return stock;
  return book(stock, { pool, movement: 'SETTLE', quantity, reference: referenceOf(command) });
}

function referenceOf(command: Command): string {
  if ('reservation' in command) return command.reservation;
  return 'document' in command ? command.document : command.peer;
}

export function booksOf(stock: CellStock, pool: PoolId): PoolBooks {
  const books = stock.pools.get(pool);
  if (books === undefined) throw new RangeError(`no books are open for ${pool}`);
  return books;
}
