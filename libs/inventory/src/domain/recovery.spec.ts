import { describe, expect, it } from '@jest/globals';
import type { CellId } from '@entrepot/kernel';
import fc from 'fast-check';
import { livedStock, newDocument } from '../testing/lived-stock.ts';
import { homeCell, homeOf, orderOf, peerCells, pools, uuidOf } from '../testing/stock-commands.ts';
import { emptyBalances } from './accounts.ts';
import { channelOf, emptyStock, peerEpochOf, type CellStock } from './cell-stock.ts';
import type { Command, Readopt, Repair } from './commands.ts';
import { decideBatch } from './escrow.ts';
import { findBreaches, findGlobalBreaches } from './invariants.ts';
import type { PoolId } from './pool.ts';
import { beginRecovery, endRecovery, hearEpoch, readoptedHoldSeconds } from './recovery.ts';
import {
  hasUnits,
  reservationStates,
  type ReservationId,
  type ReservationState,
} from './reservation.ts';

const options = { numRuns: 400, verbose: fc.VerbosityLevel.Verbose };
const total = fc.integer({ min: 0, max: 25 });
const repairs: fc.Arbitrary<Repair> = fc
  .record({
    pool: fc.constantFrom(...pools),
    peer: fc.constantFrom(...peerCells),
    granted: total,
    applied: total,
  })
  .map((of) => ({ ...of, kind: 'repair', home: homeOf(of.pool) }));
/** Numbers beyond those of random commands are of reservations that the books do not know. */
const readopts: fc.Arbitrary<Readopt> = fc
  .record({
    pool: fc.constantFrom(...pools),
    number: fc.integer({ min: 1, max: 24 }),
    state: fc.constantFrom(...reservationStates),
    quantity: fc.constantFrom(1, 2, 5),
  })
  .map(({ number, ...of }) => ({
    ...of,
    kind: 'readopt',
    home: homeOf(of.pool),
    reservation: uuidOf(2, number) as ReservationId,
    order: orderOf(number),
  }));

const later: Readonly<Record<ReservationState, readonly ReservationState[]>> = {
  HELD: ['CONFIRMED', 'RELEASED', 'EXPIRED', 'CANCELLED', 'SHIPPED'],
  CONFIRMED: ['CANCELLED', 'SHIPPED'],
  RELEASED: [],
  EXPIRED: [],
  CANCELLED: [],
  SHIPPED: [],
};

const balancesOf = (stock: CellStock, pool: PoolId) =>
  stock.pools.get(pool)?.balances ?? emptyBalances;
const fold = (stock: CellStock, ...commands: readonly Command[]): CellStock =>
  decideBatch(stock, commands, 0).stock;

describe('a repair', () => {
  it('lowers no total, credits FREE with nothing and holds every invariant', () => {
    fc.assert(
      fc.property(livedStock('RECOVERING'), repairs, (stock, command) => {
        const { pool, peer } = command;
        const after = fold(stock, command);
        expect(findBreaches(after)).toEqual([]);
        const before = channelOf(stock, pool, peer);
        const channel = channelOf(after, pool, peer);
        expect(channel.granted).toBe(Math.max(before.granted, command.applied));
        expect(channel.applied).toBe(Math.max(before.applied, command.granted));
        expect(balancesOf(after, pool).FREE).toBeLessThanOrEqual(balancesOf(stock, pool).FREE);
        const fresh = after.journal.slice(stock.journal.length);
        expect(fresh.map(({ movement }) => movement)).not.toContain('APPLY');
        expect(fold(after, command)).toEqual(after);
      }),
      options,
    );
  });

  it('pays what was given and forgotten from FREE, then SUSPENSE, and owes the rest', () => {
    fc.assert(
      fc.property(livedStock('RECOVERING'), repairs, (stock, command) => {
        const { pool, peer } = command;
        const given = Math.max(0, command.applied - channelOf(stock, pool, peer).granted);
        const before = balancesOf(stock, pool);
        const after = balancesOf(fold(stock, { ...command, granted: 0 }), pool);
        expect(after.FREE).toBe(Math.max(0, before.FREE - given));
        const beyondFree = Math.max(0, given - before.FREE);
        expect(after.SUSPENSE).toBe(Math.max(0, before.SUSPENSE - beyondFree));
        const owed = Math.max(0, beyondFree - before.SUSPENSE);
        expect(after.DEFICIT).toBe(before.DEFICIT + owed);
      }),
      options,
    );
  });

  it('brings a donor and a receiver that lost their memory together again', () => {
    const pool = pools[0];
    const peer = 'eu-1' as CellId;
    const home = homeCell;
    if (pool === undefined) throw new TypeError('the small world has a pool');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), (level, kept) => {
        const backup = fold(emptyStock(home), {
          ...{ pool, home, document: newDocument, quantity: 9, into: 'FREE' },
          kind: 'mint',
        });
        const theirs = fold(emptyStock(peer), {
          ...{ pool, home, peer: home, total: level, epoch: 1 },
          kind: 'apply',
        });
        const restored: CellStock = { ...backup, state: 'RECOVERING' };
        expect(findGlobalBreaches([restored, theirs])).not.toEqual([]);
        const mended = fold(restored, {
          ...{ pool, home, peer, granted: 0, applied: level },
          kind: 'repair',
        });
        expect(findGlobalBreaches([mended, theirs])).toEqual([]);
        const blank: CellStock = { ...emptyStock(peer), state: 'RECOVERING' };
        const granted = Math.max(level, kept);
        const receiver = fold(blank, {
          ...{ pool, home, peer: home, granted, applied: 0 },
          kind: 'repair',
        });
        expect(balancesOf(receiver, pool)).toMatchObject({ FREE: 0, SUSPENSE: granted });
      }),
      options,
    );
  });
});

describe('a reservation that a witness brings back', () => {
  it('is taken from SUSPENSE, then FREE, and else owed; twice is once', () => {
    fc.assert(
      fc.property(livedStock('RECOVERING'), readopts, (stock, command) => {
        const { pool, quantity } = command;
        const before = balancesOf(stock, pool);
        const isNew = !stock.reservations.has(command.reservation);
        const after = fold(stock, command);
        expect(findBreaches(after)).toEqual([]);
        expect(fold(after, command)).toEqual(after);
        if (!isNew) return;
        expect(after.reservations.get(command.reservation)?.state).toBe(command.state);
        const balances = balancesOf(after, pool);
        if (!hasUnits(command.state)) {
          expect(balances).toEqual(before);
          return;
        }
        expect(balances.SUSPENSE).toBe(Math.max(0, before.SUSPENSE - quantity));
        const beyond = Math.max(0, quantity - before.SUSPENSE);
        expect(balances.FREE).toBe(Math.max(0, before.FREE - beyond));
        expect(balances.DEFICIT).toBe(before.DEFICIT + Math.max(0, beyond - before.FREE));
      }),
      options,
    );
  });

  it('goes on from where the books know it, and keeps an ending that they know', () => {
    fc.assert(
      fc.property(livedStock('RECOVERING'), readopts, (stock, asked) => {
        for (const seen of stock.reservations.values()) {
          const { id: reservation, pool, order, quantity } = seen;
          const home = homeOf(pool);
          const command: Readopt = { ...asked, pool, home, reservation, order, quantity };
          for (const state of reservationStates) {
            const after = fold(stock, { ...command, state });
            const isLater = later[seen.state].includes(state);
            expect(after.reservations.get(reservation)?.state).toBe(isLater ? state : seen.state);
            expect(findBreaches(after)).toEqual([]);
          }
        }
      }),
      options,
    );
  });

  it('gives its order time to go on', () => {
    const [pool] = pools;
    const reservation = uuidOf(2, 1) as ReservationId;
    if (pool === undefined) throw new TypeError('the small world has a pool');
    const ask = { pool, reservation, order: orderOf(1), quantity: 1 };
    const held = fold(
      { ...emptyStock(homeCell), state: 'RECOVERING' },
      { ...ask, kind: 'readopt', home: homeCell, state: 'HELD' },
    );
    const expire = { ...ask, kind: 'expire' } as const;
    const mended = endRecovery(held, held.epoch);
    const at = (now: number) => decideBatch(mended, [expire], now).verdicts[0]?.outcome;
    expect(at(readoptedHoldSeconds * 1000 - 1)).toBe('NOT_DUE');
    expect(at(readoptedHoldSeconds * 1000)).toBe('EXPIRED');
  });
});

describe('the epochs of a cell and its peers', () => {
  const peer = 'eu-1' as CellId;

  it('rise above every witness when a recovery begins, once for each witness', () => {
    fc.assert(
      fc.property(livedStock('ACTIVE'), fc.integer({ min: 0, max: 9 }), (stock, witnessed) => {
        const begun = beginRecovery(stock, witnessed);
        expect(begun.state).toBe('RECOVERING');
        expect(begun.epoch).toBeGreaterThan(Math.max(stock.epoch, witnessed));
        expect(beginRecovery(begun, witnessed)).toBe(begun);
        expect(beginRecovery(begun, begun.epoch).epoch).toBe(begun.epoch + 1);
        expect(endRecovery(begun, begun.epoch - 1)).toBe(begun);
        expect(endRecovery(begun, begun.epoch).state).toBe('ACTIVE');
        expect(endRecovery(stock, stock.epoch)).toBe(stock);
      }),
      options,
    );
  });

  it('once heard, end what an older one says of any pool, also of one never heard of', () => {
    fc.assert(
      fc.property(livedStock('ACTIVE'), fc.constantFrom(...pools), total, (stock, pool, units) => {
        const heard = hearEpoch(stock, peer, 7);
        expect(peerEpochOf(heard, peer)).toBe(7);
        expect(hearEpoch(heard, peer, 6)).toBe(heard);
        const home = homeOf(pool);
        const late = { kind: 'apply', pool, home, peer, total: 100 + units, epoch: 6 } as const;
        const { stock: after, verdicts } = decideBatch(heard, [late], 0);
        expect(verdicts[0]).toMatchObject({ outcome: 'STALE_EPOCH', changed: false });
        expect(after).toBe(heard);
        const fresh = decideBatch(heard, [{ ...late, epoch: 8 }], 0);
        expect(fresh.verdicts[0]?.outcome).toBe('APPLIED');
        expect(peerEpochOf(fresh.stock, peer)).toBe(8);
      }),
      options,
    );
  });
});

describe('an ask to a cell that recovers', () => {
  it('is not answered, whatever its books say: they may have forgotten goods, and what a peer took in', () => {
    const [peer] = peerCells;
    if (peer === undefined) throw new TypeError('the small world has another cell');
    fc.assert(
      fc.property(
        livedStock('RECOVERING'),
        fc.record({ pool: fc.constantFrom(...pools), level: total, ceiling: total, acked: total }),
        (stock, ask) => {
          const { stock: after, verdicts } = decideBatch(
            stock,
            [{ kind: 'grant', peer, ...ask }],
            0,
          );
          expect(verdicts.map(({ outcome }) => outcome)).toEqual(['NOT_ACTIVE']);
          expect(after).toBe(stock);
        },
      ),
      options,
    );
  });
});

describe('a reservation in a cell that recovers', () => {
  it('is answered for only if it has ended: the witness may know more of any other', () => {
    fc.assert(
      fc.property(livedStock('RECOVERING'), fc.integer({ min: 1, max: 24 }), (stock, number) => {
        const [pool] = pools;
        if (pool === undefined) throw new TypeError('the small world has a pool');
        const reservation = uuidOf(2, number) as ReservationId;
        const seen = stock.reservations.get(reservation);
        const ask = seen ?? { pool, order: orderOf(number), quantity: 2 };
        const of = { pool: ask.pool, order: ask.order, quantity: ask.quantity, reservation };
        const outcome =
          seen === undefined || later[seen.state].length > 0 ? 'NOT_ACTIVE' : seen.state;
        const asks = (['confirm', 'release', 'expire', 'cancel', 'ship'] as const).map(
          (kind): Command => ({ ...of, kind }),
        );
        const again: Command = { ...of, kind: 'reserve', group: 'one', holdSeconds: 60 };
        const { stock: after, verdicts } = decideBatch(stock, [...asks, again], 1e15);
        expect(verdicts.map(({ outcome: told }) => told)).toEqual(Array(6).fill(outcome));
        expect(after).toBe(stock);
      }),
      options,
    );
  });
});
