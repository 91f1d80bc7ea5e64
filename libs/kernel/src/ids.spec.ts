import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  idPrefixes,
  isCellId,
  isCountryCode,
  isIdOf,
  isRegionCode,
  newCellId,
  newGlobalId,
  parseId,
  randomLocalPart,
  regionOf,
} from './ids.ts';
import type { CellId, IdKind } from './ids.ts';

const kinds = fc.constantFrom(...(Object.keys(idPrefixes) as IdKind[]));
const cells = fc
  .tuple(fc.stringMatching(/^[a-z]{2}$/), fc.integer({ min: 1, max: 999 }))
  .map(([region, number]) => `${region}-${number}` as CellId);

describe('ids', () => {
  it('parse back to the kind and the cell they were made for, and to no other kind', () => {
    fc.assert(
      fc.property(kinds, kinds, cells, (kind, otherKind, cell) => {
        expect(parseId(newCellId(kind, cell))).toEqual({ kind, birthCell: cell });
        expect(parseId(newGlobalId(kind))).toEqual({ kind, birthCell: undefined });
        expect(isIdOf(otherKind, newCellId(kind, cell))).toBe(kind === otherKind);
      }),
    );
  });

  it('reject any text that no maker produces', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (parseId(text) !== undefined) throw new Error(`parsed ${text}`);
      }),
    );
    const good = newCellId('order', 'in-1' as CellId);
    for (const text of [`${good}\n`, ` ${good}`, `${good}0`, `${good}_x`, good.toUpperCase(), '']) {
      expect(parseId(text)).toBeUndefined();
    }
    expect(parseId(good.replace('in-1', 'in-0'))).toBeUndefined();
    expect(parseId(good.replace(/.$/u, 'u'))).toBeUndefined();
    expect(parseId(`toString_${randomLocalPart()}`)).toBeUndefined();
  });

  it('have prefixes that tell the kinds apart', () => {
    expect(new Set(Object.values(idPrefixes)).size).toBe(Object.keys(idPrefixes).length);
  });

  it('draw each character evenly from 32', () => {
    const everyByte = Uint8Array.from({ length: 256 }, (_, index) => index);
    const characters = randomLocalPart(() => everyByte).match(/./g) ?? [];
    const counts = Map.groupBy(characters, (character) => character);
    expect(counts.size).toBe(32);
    expect([...counts.values()].every((group) => group.length === 8)).toBe(true);
  });
});

describe('codes', () => {
  it('accept their form only', () => {
    expect(['in-1', 'eu-999'].every(isCellId)).toBe(true);
    expect(['in', 'in-0', 'in-01', 'IN-1', 'in-1000', 'in-1\n', ''].some(isCellId)).toBe(false);
    expect(isRegionCode('in') && !isRegionCode('IN') && !isRegionCode('in\n')).toBe(true);
    expect(isCountryCode('DE') && !isCountryCode('de') && !isCountryCode('DEU')).toBe(true);
  });

  it('read the region from the cell', () => {
    fc.assert(
      fc.property(cells, (cell) => {
        expect(isRegionCode(regionOf(cell))).toBe(true);
        expect(cell.startsWith(`${regionOf(cell)}-`)).toBe(true);
      }),
    );
  });
});
