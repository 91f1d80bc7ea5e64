import {
  decideBatch,
  emptyBooks,
  type Balances,
  type CellStock,
  type PoolBooks,
  type QuotaChannel,
} from '@entrepot/inventory/testing';
import type { CellId } from '@entrepot/kernel';
import type { PoolId } from '@entrepot/inventory';
import type { Decide, DecideBatch } from '../cell/protocol.ts';

/** What only a planted bug does: balances are moved past the rules, with a line in the journal or none. */
export function tamper(
  stock: CellStock,
  { pool, home }: { readonly pool: PoolId; readonly home: CellId },
  by: Partial<Balances>,
  line?: Omit<CellStock['journal'][number], 'pool'>,
): CellStock {
  const journal = line === undefined ? stock.journal : [...stock.journal, { pool, ...line }];
  return replaceBooks({ ...stock, journal }, { pool, home }, (books) => {
    const balances = { ...books.balances };
    for (const [account, units] of Object.entries(by)) {
      balances[account as keyof Balances] += units;
    }
    return { ...books, balances };
  });
}

/**
 * Units become free as if the peer had given them: books that look sound by themselves, with a line in
 * the journal. Whether the channel notes it is left to the caller.
 */
export function creditAsApplied(
  stock: CellStock,
  of: { readonly pool: PoolId; readonly home: CellId },
  { peer, quantity }: { readonly peer: CellId; readonly quantity: number },
): CellStock {
  const line = { movement: 'APPLY' as const, quantity, reference: peer };
  const credited = tamper(stock, of, { APPLIED: quantity, FREE: quantity }, line);
  return replaceBooks(credited, of, (books) => ({ ...books, credits: books.credits + 1 }));
}

export function replaceChannel(
  stock: CellStock,
  of: { readonly pool: PoolId; readonly home: CellId },
  channel: QuotaChannel,
): CellStock {
  return replaceBooks(stock, of, (books) => ({
    ...books,
    channels: new Map(books.channels).set(channel.peer, channel),
  }));
}

function replaceBooks(
  stock: CellStock,
  { pool, home }: { readonly pool: PoolId; readonly home: CellId },
  change: (books: PoolBooks) => PoolBooks,
): CellStock {
  const books = stock.pools.get(pool) ?? emptyBooks(home);
  return { ...stock, pools: new Map(stock.pools).set(pool, change(books)) };
}

/** The real reducer but for the commands that the planted bug decides itself. */
export const reducerWith =
  (decide: Decide): DecideBatch =>
  (stock, commands, now) => {
    let state = stock;
    const verdicts = commands.flatMap((command) => {
      const decision = decide(state, command, now) ?? decideBatch(state, [command], now);
      state = decision.stock;
      return decision.verdicts;
    });
    return { stock: state, verdicts };
  };
