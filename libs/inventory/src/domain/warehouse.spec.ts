import { describe, expect, it } from '@jest/globals';
import type { CellId } from '@entrepot/kernel';
import fc from 'fast-check';
import { livedStock, newDocument } from '../testing/lived-stock.ts';
import { homeCell, homeOf, orderOf, uuidOf } from '../testing/stock-commands.ts';
import type { Balances } from './accounts.ts';
import { emptyBooks, emptyStock, shelfOf, type CellStock } from './cell-stock.ts';
import type { Command, DocumentCommand, DocumentId, Outcome } from './commands.ts';
import { decideBatch } from './escrow.ts';
import { findBreaches, findGlobalBreaches } from './invariants.ts';
import { poolIdOf, type PoolId } from './pool.ts';
import type { ReservationId } from './reservation.ts';

const pool = poolIdOf('blr', 'mug');
const act = { pool, home: homeCell, document: newDocument };
const options = { numRuns: 400, verbose: fc.VerbosityLevel.Verbose };
const quantity = fc.integer({ min: 1, max: 8 });
const active = livedStock('ACTIVE');

const booksOf = (stock: CellStock, of: PoolId = pool) =>
  stock.pools.get(of) ?? emptyBooks(homeCell);
const balancesOf = (stock: CellStock): Balances => booksOf(stock).balances;

function decideOne(stock: CellStock, command: Command): { stock: CellStock; outcome: Outcome } {
  const { stock: after, verdicts } = decideBatch(stock, [command], 0);
  expect(findBreaches(after)).toEqual([]);
  return { stock: after, outcome: verdicts[0]?.outcome ?? 'UNKNOWN_POOL' };
}

const document = (number: number) => uuidOf(8, number) as DocumentId;
const minted = (units: number): CellStock =>
  decideOne(emptyStock(homeCell), {
    ...act,
    document: document(0),
    kind: 'mint',
    quantity: units,
    into: 'FREE',
  }).stock;

/** Sells that many units of the pool, one by one. */
const sold = (stock: CellStock, units: number): CellStock =>
  Array.from({ length: units }, (_, at) => {
    const of = {
      pool,
      reservation: uuidOf(7, at) as ReservationId,
      order: orderOf(at),
      quantity: 1,
    };
    const reserve = { ...of, kind: 'reserve', group: `group-${at}`, holdSeconds: 60 } as const;
    return [reserve, { ...of, kind: 'confirm' } as const];
  }).reduce((now, commands) => decideBatch(now, commands, 0).stock, stock);

const documents: fc.Arbitrary<DocumentCommand> = fc.oneof(
  quantity.map((units) => ({ ...act, kind: 'mint', quantity: units, into: 'FREE' }) as const),
  quantity.map((units) => ({ ...act, kind: 'mint', quantity: units, into: 'QUARANTINE' }) as const),
  quantity.map((units) => ({ ...act, kind: 'writeOff', quantity: units, from: 'FREE' }) as const),
  fc
    .record({
      kind: fc.constantFrom('setAside', 'clear', 'transfer', 'dispatch', 'resolve' as const),
      quantity,
    })
    .map((of) => ({ ...act, ...of })),
  quantity.map((level) => ({ ...act, kind: 'keepSafe', level }) as const),
);

describe('a document of the warehouse', () => {
  it('is carried out once, raises the position by one, and is refused with another content', () => {
    fc.assert(
      fc.property(active, documents, documents, (stock, told, other) => {
        const once = decideBatch(stock, [told], 0);
        const [first] = once.verdicts;
        const again = decideBatch(once.stock, [told, other], 0);
        if (first?.changed !== true) return;
        expect(booksOf(once.stock).documents).toBe(booksOf(stock).documents + 1);
        expect(first.total).toBe(booksOf(once.stock).documents);
        expect(again.stock).toEqual(once.stock);
        expect(again.verdicts[0]).toMatchObject({ outcome: first.outcome, changed: false });
        const isSame = JSON.stringify(told) === JSON.stringify(other);
        expect(again.verdicts[1]?.outcome).toBe(isSame ? first.outcome : 'CONFLICT');
      }),
      options,
    );
  });

  it('leaves no trace where it is refused, so that it may be told again', () => {
    fc.assert(
      fc.property(active, documents, (stock, told) => {
        const { stock: after, verdicts } = decideBatch(stock, [told], 0);
        if (verdicts[0]?.changed === false) expect(after).toEqual(stock);
      }),
      options,
    );
  });

  it('is for the home of the warehouse alone, but for what resolves a doubt', () => {
    const foreign = poolIdOf('rtm', 'mug');
    const home = homeOf(foreign);
    fc.assert(
      fc.property(active, documents, (stock, told) => {
        const { outcome } = decideOne(stock, { ...told, pool: foreign, home });
        if (told.kind === 'resolve') expect(['RESOLVED', 'SHORT']).toContain(outcome);
        else expect(outcome).toBe('NOT_HOME');
      }),
      options,
    );
  });
});

describe('a write-off', () => {
  it('takes what is free, then the buffer, and owes the rest, which nothing sold pays', () => {
    fc.assert(
      fc.property(active, quantity, (stock, units) => {
        const before = balancesOf(stock);
        const told = { ...act, kind: 'writeOff', quantity: units, from: 'FREE' } as const;
        const { stock: after, outcome } = decideOne(stock, told);
        if (shelfOf(booksOf(stock)) < units) {
          expect(outcome).toBe('SHORT');
          return;
        }
        const { FREE, SAFETY, DEFICIT, HELD, SOLD, WRITTEN_OFF } = balancesOf(after);
        expect(FREE).toBe(Math.max(0, before.FREE - units));
        expect(SAFETY).toBe(Math.max(0, before.SAFETY - Math.max(0, units - before.FREE)));
        const owed = Math.max(0, units - before.FREE - before.SAFETY);
        expect(DEFICIT).toBe(before.DEFICIT + owed);
        expect([HELD, SOLD]).toEqual([before.HELD, before.SOLD]);
        expect(WRITTEN_OFF).toBe(before.WRITTEN_OFF + units);
      }),
      options,
    );
  });

  it('is owed until a mint or a release pays, and until then nothing is for sale', () => {
    fc.assert(
      fc.property(quantity, quantity, quantity, (free, promised, arriving) => {
        const stock = sold(minted(free + promised), promised);
        const lost = { ...act, kind: 'writeOff', from: 'FREE', quantity: free + promised } as const;
        const owing = decideOne(stock, lost).stock;
        expect(balancesOf(owing)).toMatchObject({ FREE: 0, DEFICIT: promised });
        const mint = { ...act, document: document(1), kind: 'mint', into: 'FREE' } as const;
        const paid = decideOne(owing, { ...mint, quantity: arriving }).stock;
        expect(balancesOf(paid)).toMatchObject({
          DEFICIT: Math.max(0, promised - arriving),
          FREE: Math.max(0, arriving - promised),
        });
        const back = { pool, reservation: uuidOf(7, 0) as ReservationId, order: orderOf(0) };
        const cancelled = decideOne(owing, { ...back, kind: 'cancel', quantity: 1 }).stock;
        expect(balancesOf(cancelled)).toMatchObject({ FREE: 0, DEFICIT: promised - 1 });
      }),
      options,
    );
  });

  it('is short where the shelf or the quarantine has fewer', () => {
    const stock = minted(3);
    const told = { ...act, kind: 'writeOff', quantity: 4 } as const;
    expect(decideOne(stock, { ...told, from: 'FREE' }).outcome).toBe('SHORT');
    expect(decideOne(stock, { ...told, from: 'QUARANTINE' }).outcome).toBe('SHORT');
  });
});

describe('what is set aside', () => {
  it('is not for sale until it is cleared, and then pays what was owed for it', () => {
    fc.assert(
      fc.property(quantity, quantity, quantity, (free, promised, units) => {
        const aside = Math.min(units, free + promised);
        const stock = sold(minted(free + promised), promised);
        const kept = decideOne(stock, { ...act, kind: 'setAside', quantity: aside }).stock;
        const owed = Math.max(0, aside - free);
        expect(balancesOf(kept)).toMatchObject({
          QUARANTINE: aside,
          FREE: Math.max(0, free - aside),
          DEFICIT: owed,
        });
        const clear = { ...act, document: document(1), kind: 'clear' } as const;
        expect(decideOne(kept, { ...clear, quantity: aside + 1 }).outcome).toBe('SHORT');
        const cleared = decideOne(kept, { ...clear, quantity: aside }).stock;
        expect(balancesOf(cleared)).toEqual({ ...balancesOf(stock) });
      }),
      options,
    );
  });
});

describe('the buffer', () => {
  it('comes to its level, up as far as there is free stock and down always', () => {
    fc.assert(
      fc.property(active, fc.integer({ min: 0, max: 8 }), (stock, level) => {
        const before = balancesOf(stock);
        const { stock: after, outcome } = decideOne(stock, { ...act, kind: 'keepSafe', level });
        if (before.SUPPLY === 0) {
          expect(outcome).toBe('UNKNOWN_POOL');
          return;
        }
        const reached = Math.min(level, before.SAFETY + before.FREE);
        expect(balancesOf(after).SAFETY).toBe(reached);
      }),
      options,
    );
  });
});

describe('a transfer', () => {
  it('conserves the units of both pools together, when it has arrived', () => {
    const there = poolIdOf('rtm', 'mug');
    const other = homeOf(there);
    fc.assert(
      fc.property(active, quantity, (stock, units) => {
        const { stock: after, outcome } = decideOne(stock, {
          ...act,
          kind: 'transfer',
          quantity: units,
        });
        expect(outcome).toBe(balancesOf(stock).FREE < units ? 'SHORT' : 'TRANSFERRED');
        if (outcome === 'SHORT') return;
        const arrived = decideOne(emptyStock(other), {
          kind: 'mint',
          pool: there,
          home: other,
          document: newDocument,
          quantity: units,
          into: 'FREE',
        }).stock;
        const net = (cell: CellStock, of: PoolId) => {
          const { SUPPLY, WRITTEN_OFF, TRANSFERRED } = booksOf(cell, of).balances;
          return SUPPLY - WRITTEN_OFF - TRANSFERRED;
        };
        expect(net(after, pool) + net(arrived, there)).toBe(net(stock, pool));
        expect(findGlobalBreaches([arrived])).toEqual([]);
      }),
      options,
    );
  });
});

describe('a count of the shelf', () => {
  it('makes the books say what was counted, unless the warehouse has moved since', () => {
    fc.assert(
      fc.property(active, fc.integer({ min: 0, max: 30 }), fc.nat({ max: 20 }), (...told) => {
        const [stock, counted, position] = told;
        const { documents: at } = booksOf(stock);
        const command = { ...act, kind: 'count', counted, position } as const;
        const { stock: after, outcome } = decideOne(stock, command);
        expect(outcome).toBe(position === at ? 'COUNTED' : 'STALE_POSITION');
        if (outcome === 'STALE_POSITION') expect(after).toEqual(stock);
        const counting = decideOne(stock, { ...command, position: at }).stock;
        expect(shelfOf(booksOf(counting))).toBe(counted);
      }),
      options,
    );
  });

  it('is stale once a parcel has left, though no rights have moved', () => {
    const stock = sold(minted(5), 2);
    const gone = decideOne(stock, { ...act, kind: 'dispatch', quantity: 2 }).stock;
    const count = { ...act, document: document(1), kind: 'count', counted: 3 } as const;
    expect(balancesOf(gone)).toEqual(balancesOf(stock));
    expect(decideOne(gone, { ...count, position: 1 }).outcome).toBe('STALE_POSITION');
    const counted = decideOne(gone, { ...count, position: 2 });
    expect(counted.outcome).toBe('COUNTED');
    expect(balancesOf(counted.stock)).toEqual(balancesOf(gone));
  });
});

describe('units that other cells have', () => {
  it('are owed where they are lost, and the cells together still balance', () => {
    const peer = 'eu-1' as CellId;
    const given = decideBatch(
      minted(6),
      [{ kind: 'grant', pool, peer, level: 4, ceiling: 4, acked: 0 }],
      0,
    ).stock;
    const theirs = decideBatch(
      emptyStock(peer),
      [{ kind: 'apply', pool, home: homeCell, peer: homeCell, total: 4, epoch: 1 }],
      0,
    ).stock;
    const lost = decideOne(given, { ...act, kind: 'writeOff', quantity: 5, from: 'FREE' }).stock;
    expect(balancesOf(lost)).toMatchObject({ FREE: 0, DEFICIT: 3, WRITTEN_OFF: 5 });
    expect(findGlobalBreaches([lost, theirs])).toEqual([]);
  });
});
