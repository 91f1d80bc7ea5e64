import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { findTopology, parseTopology } from './topology.ts';

const cellOf = (id: string, countries: readonly string[], warehouse: string) => ({
  ...{ id, region: id.slice(0, 2), currency: 'EUR', countries },
  warehouses: [{ id: warehouse, name: 'Somewhere', country: countries[0] }],
  catalogLeader: id === 'in-1',
});
const india = cellOf('in-1', ['IN'], 'blr');
const europe = cellOf('eu-1', ['DE', 'FR'], 'rtm');
const south = cellOf('eu-2', ['IT'], 'mil');
const parse = (...cells: readonly object[]) => parseTopology('set.json', JSON.stringify({ cells }));

describe('The sets of cells that come with the product', () => {
  it('are found by their ids in any order', () => {
    const ids = (topology: readonly { id: string }[]) => topology.map(({ id }) => id);
    expect(ids(findTopology(['eu-1', 'in-1']))).toEqual(['in-1', 'eu-1']);
    expect(ids(findTopology(['eu-2', 'in-1', 'eu-1']))).toEqual(['in-1', 'eu-1', 'eu-2']);
  });

  it('serve the same countries, however many cells share them', () => {
    const served = (ids: readonly string[]) =>
      findTopology(ids)
        .flatMap(({ countries }) => countries)
        .toSorted();
    expect(served(['in-1', 'eu-1', 'eu-2'])).toEqual(served(['in-1', 'eu-1']));
  });

  it.each([[['in-1']], [['in-1', 'eu-9']], [['']], [['in-1', 'in-1', 'eu-1']]])(
    'are named where there is none of %j',
    (ids) => {
      expect(() => findTopology(ids)).toThrow(
        `There is no set of cells ${ids.join(',')}; known: in-1,eu-1,eu-2 or in-1,eu-1.`,
      );
    },
  );
});

describe('A set of cells', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'entrepot-sets-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is a file, and no two files have the same', () => {
    const text = JSON.stringify({ cells: [india, europe, south] });
    writeFileSync(join(folder, 'one.json'), text);
    expect(findTopology(['in-1', 'eu-1', 'eu-2'], folder)).toHaveLength(3);
    writeFileSync(join(folder, 'other.json'), text);
    expect(() => findTopology(['in-1', 'eu-1', 'eu-2'], folder)).toThrow('Two files describe');
  });

  it.each<[string, readonly object[], string]>([
    ['one cell alone', [india], 'cells: '],
    ['a country in two cells', [india, europe, cellOf('eu-2', ['FR'], 'mil')], 'country FR'],
    ['a warehouse in two cells', [india, europe, cellOf('eu-2', ['IT'], 'rtm')], 'warehouse rtm'],
    ['a cell twice', [india, europe, cellOf('eu-1', ['IT'], 'mil')], 'cell eu-1'],
    ['nobody who leads the catalog', [europe, south], 'exactly one cell leads the catalog'],
    ['two who do', [india, { ...europe, catalogLeader: true }], 'exactly one cell leads'],
    ['a cell of another region', [india, { ...europe, region: 'in' }], 'eu-1 is not a cell of in'],
    ['a cell of no country', [india, { ...europe, countries: [] }], 'cells/1/countries'],
    ['a country by its name', [india, { ...europe, countries: ['Malta'] }], 'cells/1/countries/0'],
    ['a member that nobody reads', [india, { ...europe, port: 1 }], 'cells/1'],
  ])('with %s is refused, and says where', (_, cells, said) => {
    expect(() => parse(...cells)).toThrow(said);
    expect(() => parse(...cells)).toThrow('set.json describes no set of cells: ');
  });

  it('that is not JSON is refused', () => {
    expect(() => parseTopology('set.json', '{')).toThrow('set.json is not JSON.');
  });
});
