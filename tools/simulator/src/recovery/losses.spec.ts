import { describe, expect, it } from '@jest/globals';
import type { CellId, OrderId } from '@entrepot/kernel';
import { poolIdOf, type ReservationId } from '@entrepot/inventory';
import { emptyStock, type CellStock, type ReservationState } from '@entrepot/inventory/testing';
import { Auditor } from '../checks/auditor.ts';
import { remembranceOf } from './losses.ts';

const pool = poolIdOf('blr', 'mug');
const cell = 'in-1' as CellId;
const order = 's' as OrderId;

function booksWith(states: Readonly<Record<string, ReservationState>>): CellStock {
  const reservations = new Map(
    Object.entries(states).map(([name, state]) => {
      const id = name as ReservationId;
      return [id, { id, pool, order, quantity: 2, state, expiresAt: 0 }];
    }),
  );
  return { ...emptyStock(cell), reservations };
}

const told = (name: string, state: ReservationState, at: { epoch: number; place: number }) => ({
  ...{ incarnation: cell, pool, order, quantity: 2, state, ...at },
  reservation: name as ReservationId,
});

describe('what is left of reservations after a restore', () => {
  it('is the later of what the backup has and what a witness was told last', () => {
    const { states } = remembranceOf(booksWith({}), booksWith({ a: 'CONFIRMED', b: 'HELD' }), [
      told('b', 'EXPIRED', { epoch: 1, place: 9 }),
      told('a', 'HELD', { epoch: 1, place: 8 }),
      told('c', 'SHIPPED', { epoch: 2, place: 1 }),
      told('c', 'HELD', { epoch: 1, place: 20 }),
    ]);
    expect(Object.fromEntries(states)).toEqual({ a: 'CONFIRMED', b: 'EXPIRED', c: 'SHIPPED' });
  });

  it('lacks what neither knows, and nothing else is called a loss', () => {
    const lost = booksWith({ a: 'CONFIRMED', b: 'CONFIRMED', c: 'HELD', d: 'RELEASED' });
    const backup = booksWith({ a: 'CONFIRMED', d: 'HELD' });
    const { losses } = remembranceOf(lost, backup, [told('b', 'HELD', { epoch: 1, place: 3 })]);
    expect(losses.map(({ reservation, left }) => [reservation, left])).toEqual([
      ['b', 'HELD'],
      ['c', undefined],
      ['d', 'HELD'],
    ]);
  });
});

describe('the auditor of what shoppers were told', () => {
  const heardOf = (states: readonly ReservationState[]): Auditor => {
    const auditor = new Auditor();
    const reservation = 'a' as ReservationId;
    auditor.onAsked(reservation, { pool, quantity: 2, isAlone: true });
    auditor.onTransitionAsked(reservation, 'confirm');
    for (const state of states) auditor.onTold(reservation, state);
    return auditor;
  };
  const a = { reservation: 'a' as ReservationId, pool };

  it('counts the units of a sale that nobody remembers, and expects it no longer', () => {
    const auditor = heardOf(['HELD']);
    expect(auditor.freeOf(pool)).toBe(-2);
    expect(auditor.onLost({ ...a, left: undefined })).toBe(0);
    expect(auditor.freeOf(pool)).toBe(0);
    auditor.onTold(a.reservation, 'UNKNOWN_RESERVATION');
  });

  it('holds the cell to what is remembered', () => {
    const auditor = heardOf(['HELD']);
    expect(auditor.onLost({ ...a, left: 'CONFIRMED' })).toBe(0);
    expect(() => auditor.onTold(a.reservation, 'UNKNOWN_RESERVATION')).toThrow('lost');
  });
});
