import { describe, expect, it } from '@jest/globals';
import type { CellId } from '@entrepot/kernel';
import fc from 'fast-check';
import { live } from '../testing/lived-stock.ts';
import { homeCell, spells } from '../testing/stock-commands.ts';
import type { Account } from './accounts.ts';
import { addJournal, auditPool, emptySums, type PoolBooksFound } from './book-audit.ts';
import type { CellStock, JournalEntry } from './cell-stock.ts';
import type { PoolId } from './pool.ts';

const crossing = [
  'GRANT',
  'GRANT_FROM_SUSPENSE',
  'GRANT_FROM_DEFICIT',
  'APPLY',
  'APPLY_TO_SUSPENSE',
];
const partOf = ({ movement, quantity, reference }: JournalEntry) => ({
  movement,
  peer: crossing.includes(movement) ? (reference as CellId) : null,
  units: quantity,
});

function booksOf(stock: CellStock, pool: PoolId): PoolBooksFound {
  const books = stock.pools.get(pool);
  if (books === undefined) throw new RangeError(`no books of ${pool}`);
  return { ...books, channels: Object.fromEntries(books.channels) };
}

const journalOf = (stock: CellStock, pool: PoolId) =>
  stock.journal.filter((entry) => entry.pool === pool);

/** A life in which units moved, and one of its pools. */
const lives = spells
  .map((lived) => live(lived))
  .filter((stock) => stock.journal.length > 0)
  .chain((stock) =>
    fc.record({ stock: fc.constant(stock), pool: fc.constantFrom(...stock.pools.keys()) }),
  );

const auditOf = (stock: CellStock, pool: PoolId, found = booksOf(stock, pool)) =>
  auditPool(homeCell, pool, {
    before: emptySums,
    sums: addJournal(emptySums, journalOf(stock, pool).map(partOf)),
    found,
  });

describe('the audit of a pool', () => {
  it('finds nothing after any life, wherever the journal was cut into windows', () => {
    fc.assert(
      fc.property(lives, fc.nat(), ({ stock, pool }, cut) => {
        const parts = journalOf(stock, pool).map(partOf);
        const at = cut % (parts.length + 1);
        const first = addJournal(emptySums, parts.slice(0, at));
        const sums = addJournal(first, parts.slice(at));
        const found = booksOf(stock, pool);
        expect(auditPool(homeCell, pool, { before: first, sums, found })).toEqual([]);
      }),
    );
  });

  it('finds any balance that differs by any number of units', () => {
    const change = fc.record({
      account: fc.constantFrom<Account>('SUPPLY', 'APPLIED', 'FREE', 'HELD', 'SOLD', 'GRANTED'),
      by: fc.integer({ min: -9, max: 9 }).filter((units) => units !== 0),
    });
    fc.assert(
      fc.property(lives, change, ({ stock, pool }, { account, by }) => {
        const found = booksOf(stock, pool);
        const balances = { ...found.balances, [account]: found.balances[account] + by };
        const faults = auditOf(stock, pool, { ...found, balances }).map(({ fault }) => fault);
        expect(faults).toContain('JOURNAL_DIFFERS');
      }),
    );
  });

  it('finds a journal of which any entry is lost', () => {
    fc.assert(
      fc.property(lives, fc.nat(), ({ stock, pool }, which) => {
        const parts = journalOf(stock, pool).map(partOf);
        fc.pre(parts.length > 0);
        const sums = addJournal(emptySums, parts.toSpliced(which % parts.length, 1));
        const found = booksOf(stock, pool);
        expect(auditPool(homeCell, pool, { before: emptySums, sums, found })).not.toEqual([]);
      }),
    );
  });

  it('finds a total that has fallen, and one that was acknowledged beyond what was given', () => {
    const pool = 'blr/A1' as PoolId;
    const channel = { granted: 5, applied: 3, acked: 5 };
    const balances = { ...emptySums.balances, GRANTED: 5, APPLIED: 3, SUPPLY: 9, FREE: 7 };
    const found: PoolBooksFound = {
      home: homeCell,
      balances,
      channels: { ['eu-1' as CellId]: channel },
    };
    const sums = { balances, channels: { ['eu-1' as CellId]: { granted: 5, applied: 3 } } };
    const faultsOf = (before: typeof sums, of: PoolBooksFound) =>
      auditPool(homeCell, pool, { before, sums, found: of }).map(({ fault }) => fault);
    expect(faultsOf(sums, found)).toEqual([]);
    const more = { balances, channels: { ['eu-1' as CellId]: { granted: 6, applied: 3 } } };
    expect(faultsOf(more, found)).toEqual(['CHANNEL_REGRESSED']);
    const eager = { ...found, channels: { ['eu-1' as CellId]: { ...channel, acked: 6 } } };
    expect(faultsOf(sums, eager)).toEqual(['ACKED_MORE_THAN_GRANTED']);
  });
});
