import { describe, expect, it } from '@jest/globals';
import { wayOf } from '../src/explain/cell-story.ts';
import { explainUnits } from '../src/explain/explain-units.ts';
import type { CellLook } from '../src/explain/explain-units.ts';
import { pictureOf } from '../src/explain/unit-picture.ts';
import type { PoolSummary, UnitsSummary } from '../src/explain/unit-summary.ts';
import { effects } from '../src/check-stock.ts';

const sku = 'A1';
const pool = 'blr/A1';
const now = Date.parse('2026-01-01T12:00:10Z');
const givenAt = Date.parse('2026-01-01T12:00:03Z');

const balances: PoolSummary['balances'] = {
  ...{ pool, home: 'in-1', minted: 100, applied: 0, free: 30, held: 5, sold: 20, shipped: 0 },
  ...{ granted: 40, writtenOff: 3, transferred: 2, deficit: 0 },
  ...{ safety: 0, quarantine: 0, suspense: 0 },
};
const ofIndia: PoolSummary = {
  balances,
  channels: [{ pool, peer: 'eu-1', granted: 40, applied: 0, acked: 30 }],
  orders: { holding: 2, bought: 9 },
  newestGiven: [
    { peer: 'eu-1', units: 6, at: givenAt + 1000 },
    { peer: 'eu-1', units: 4, at: givenAt },
    { peer: 'eu-1', units: 30, at: givenAt - 60_000 },
  ],
  ...{ movements: 31, breaches: [] },
};
const ofEurope: PoolSummary = {
  ...ofIndia,
  balances: {
    ...{ ...balances, minted: 0, applied: 30, free: 23, held: 0, sold: 7, granted: 0 },
    ...{ writtenOff: 0, transferred: 0 },
  },
  channels: [{ pool, peer: 'in-1', granted: 0, applied: 30, acked: 0 }],
  ...{ orders: { holding: 0, bought: 3 }, newestGiven: [] },
};
const unitsOf = (cell: string, of: PoolSummary): UnitsSummary => ({
  ...{ cell, takenAt: new Date(now).toISOString(), epoch: 1, state: 'ACTIVE', pools: [of] },
});
const lookAt = (cell: string, of: PoolSummary, again = of.channels): CellLook => ({
  ...{ cell, units: unitsOf(cell, of), again },
});
const india = lookAt('in-1', ofIndia);
const europe = lookAt('eu-1', ofEurope);
const explain = (...looks: CellLook[]) => explainUnits(sku, looks);
const picture = (...looks: CellLook[]) => pictureOf(explain(...looks), now).join('\n');

describe('Where all units of an article are', () => {
  it('counts those on their way, from the oldest giving that they can be of', () => {
    expect(explain(india, europe).pools).toMatchObject([
      {
        transits: [{ donor: 'in-1', receiver: 'eu-1', least: 10, most: 10, since: givenAt }],
        breaches: [],
        totals: { free: 53, sold: 27, held: 5 },
      },
    ]);
    expect(picture(india, europe)).toContain(
      '10  in-1 to eu-1, since 2026-01-01 12:00:03.000 (7 s)',
    );
    expect(picture(india, europe)).toContain(
      '100 came in − 3 written off − 2 to other warehouses = 85 here + 10 on their way',
    );
  });

  it('says between what they are where some crossed during the look', () => {
    const moved = lookAt('in-1', ofIndia, [
      { pool, peer: 'eu-1', granted: 47, applied: 0, acked: 30 },
    ]);
    const taken = lookAt('eu-1', ofEurope, [
      { pool, peer: 'in-1', granted: 0, applied: 36, acked: 0 },
    ]);
    expect(explain(moved, taken).pools[0]?.transits).toMatchObject([{ least: 4, most: 17 }]);
    expect(picture(moved, taken)).toContain('4 to 17  in-1 to eu-1');
    expect(picture(moved, taken)).toContain('ask again for an exact sum');
  });

  it('takes a cell that could not be asked for unknown, and not for empty', () => {
    const silent: CellLook = { cell: 'eu-1', unknown: 'It did not answer.' };
    const { unknown, pools } = explain(india, silent);
    expect(unknown).toEqual([{ cell: 'eu-1', why: 'It did not answer.' }]);
    expect(pools[0]?.places[1]).toEqual({ cell: 'eu-1', pool: undefined });
    expect(pools[0]?.transits).toMatchObject([{ least: 0, most: 10, isUnacknowledgedOnly: true }]);
    const text = picture(india, silent);
    expect(text).toContain('eu-1 could not be asked: what it has is UNKNOWN.');
    expect(text).toContain('What exists cannot be added up while a cell is unknown.');
    expect(text).toMatch(/free +30 +\? +30 \+ \?/);
  });

  it('says who took in more than was given, and whose books do not agree', () => {
    const tooMuch = lookAt('eu-1', {
      ...ofEurope,
      channels: [{ pool, peer: 'in-1', granted: 0, applied: 41, acked: 0 }],
      breaches: ['JOURNAL_DIFFERS: account free'],
    });
    expect(explain(india, tooMuch).pools[0]?.breaches).toEqual([
      'eu-1 JOURNAL_DIFFERS: account free',
      'eu-1 TAKEN_MORE_THAN_GIVEN: 1 more than in-1 remembers giving',
    ]);
    expect(picture(india, tooMuch)).toMatch(/books agree +yes +NO/);
  });

  it('names an article that nobody has books of', () => {
    const empty: CellLook = {
      cell: 'in-1',
      units: { ...unitsOf('in-1', ofIndia), pools: [] },
      again: [],
    };
    expect(picture(empty)).toBe('No cell has books of A1.');
  });

  it('draws one unit of a million so that it is seen', () => {
    const one = lookAt('in-1', {
      ...ofIndia,
      balances: { ...balances, minted: 1_000_006, free: 999_960, held: 1, sold: 0 },
    });
    expect(picture(one, europe)).toContain('█▓');
  });
});

it('every movement leads from one account to another', () => {
  for (const movement of Object.keys(effects)) expect(wayOf(movement)).not.toContain('?');
  expect(wayOf('SETTLE')).toEqual(['free', 'owed']);
  expect(wayOf('GRANT_FROM_DEFICIT')).toEqual(['owed', 'to a peer']);
});
