import { describe, expect, it } from '@jest/globals';
import type { CellId } from '@entrepot/kernel';
import fc from 'fast-check';
import { orderOf, pools, uuidOf } from '../testing/stock-commands.ts';
import type { ReservationId } from './reservation.ts';
import {
  findForgotten,
  HighestTotals,
  isBelow,
  NewestMovements,
  placesInDoubt,
  type JournalEnd,
  type JournalPlace,
  type WitnessedMovement,
  type WitnessedTotals,
} from './witness.ts';

const options = { numRuns: 400, verbose: fc.VerbosityLevel.Verbose };
const places: fc.Arbitrary<JournalPlace> = fc.record({
  epoch: fc.integer({ min: 1, max: 4 }),
  place: fc.integer({ min: 0, max: 50 }),
});
const ends: fc.Arbitrary<JournalEnd> = places.map((place) => ({ ...place, isDeaf: false }));
const nobody = { highest: undefined, recent: [], unknown: [] };

describe('a journal beside its witness', () => {
  it('has forgotten nothing where nothing was told, or all that was told is in it', () => {
    expect(findForgotten({ epoch: 1, place: 0, isDeaf: false }, nobody)).toBeUndefined();
    fc.assert(
      fc.property(ends, fc.array(places), (journal, told) => {
        const recent = told.filter((place) => !isBelow(journal, place));
        const [highest] = recent.toSorted((left, right) => (isBelow(left, right) ? 1 : -1));
        expect(findForgotten(journal, { highest, recent, unknown: [] })).toBeUndefined();
      }),
      options,
    );
  });

  it('has forgotten what lies above its end, and the newest epoch of all that was told is known', () => {
    fc.assert(
      fc.property(ends, places, fc.array(places), (journal, highest, recent) => {
        const isBehind = isBelow(journal, highest);
        const epochs = [highest, ...recent].map(({ epoch }) => epoch);
        const isOutspoken = epochs.some((epoch) => epoch > journal.epoch);
        const found = findForgotten(journal, { highest, recent, unknown: [] });
        expect(found).toBe(isBehind || isOutspoken ? Math.max(...epochs) : undefined);
      }),
      options,
    );
  });

  it('has forgotten a place below its end that was told and is not in it', () => {
    const journal = { epoch: 1, place: 10, isDeaf: false };
    const recent = [{ epoch: 1, place: 9 }];
    expect(findForgotten(journal, { highest: recent[0], recent, unknown: [9] })).toBe(1);
  });

  it('recovers above every epoch that was told, where its recovery was begun without asking', () => {
    fc.assert(
      fc.property(ends, places, (journal, highest) => {
        const found = findForgotten({ ...journal, isDeaf: true }, { ...nobody, highest });
        expect(found).toBe(highest.epoch >= journal.epoch ? highest.epoch : undefined);
      }),
      options,
    );
  });
});

describe('the newest movements of a witness', () => {
  const movement = (place: JournalPlace, number: number): WitnessedMovement => ({
    ...place,
    incarnation: '7-1',
    reservation: uuidOf(2, number) as ReservationId,
    pool: pools[0] as WitnessedMovement['pool'],
    order: orderOf(number),
    quantity: 1,
    state: 'HELD',
  });

  it('are by epoch and then by place, in whatever order they were told', () => {
    const told = fc.array(fc.record({ place: places, number: fc.integer({ min: 1, max: 3 }) }));
    fc.assert(
      fc.property(told, (records) => {
        const newest = new NewestMovements({ epoch: 1, place: 0 });
        for (const { place, number } of records) newest.take(movement(place, number));
        for (const found of newest.all()) {
          const ofIt = records.filter(({ number }) => orderOf(number) === found.order);
          expect(ofIt.some(({ place }) => isBelow(found, place))).toBe(false);
        }
        expect(newest.all()).toHaveLength(new Set(records.map(({ number }) => number)).size);
      }),
      options,
    );
  });

  it('leave out what the books have for certain, and no place that was in doubt at the backup', () => {
    const newest = new NewestMovements({ epoch: 2, place: placesInDoubt + 5 });
    newest.take(movement({ epoch: 1, place: placesInDoubt * 9 }, 1));
    newest.take(movement({ epoch: 2, place: 4 }, 2));
    newest.take(movement({ epoch: 2, place: 5 }, 3));
    newest.take(movement({ epoch: 3, place: 1 }, 4));
    expect(newest.all().map(({ order }) => order)).toEqual([orderOf(3), orderOf(4)]);
  });
});

describe('the highest totals of a witness', () => {
  const total = fc.integer({ min: 0, max: 9 });
  const told: fc.Arbitrary<WitnessedTotals> = fc.record({
    epoch: fc.constant(1),
    place: fc.constant(1),
    incarnation: fc.constant('7-1'),
    pool: fc.constantFrom(...pools),
    peer: fc.constantFrom('eu-1' as CellId, 'eu-2' as CellId),
    granted: total,
    applied: total,
  });

  it('are of each channel the highest, in whatever order they were told', () => {
    fc.assert(
      fc.property(fc.array(told), (records) => {
        const highest = new HighestTotals();
        for (const record of records) highest.take(record);
        const channels = Map.groupBy(records, ({ pool, peer }) => `${pool} ${peer}`);
        expect(highest.all()).toHaveLength(channels.size);
        for (const { pool, peer, granted, applied } of highest.all()) {
          const of = channels.get(`${pool} ${peer}`) ?? [];
          expect(granted).toBe(Math.max(...of.map((record) => record.granted)));
          expect(applied).toBe(Math.max(...of.map((record) => record.applied)));
        }
      }),
      options,
    );
  });
});
