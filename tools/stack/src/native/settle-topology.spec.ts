import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { StackPaths } from '../stack-paths.ts';
import { findTopology } from '../topology.ts';
import { settleTopology } from './settle-topology.ts';

const two = ['in-1', 'eu-1'];
const three = ['in-1', 'eu-1', 'eu-2'];

describe('the cells of a stack', () => {
  let paths: StackPaths;

  beforeEach(() => {
    paths = new StackPaths(mkdtempSync(join(tmpdir(), 'entrepot-cells-')));
  });
  afterEach(() => rmSync(paths.home, { recursive: true }));

  /** As a start has left them. */
  function store(cells: readonly object[]): void {
    mkdirSync(paths.data, { recursive: true });
    writeFileSync(paths.cells, JSON.stringify({ cells }));
  }
  const settled = (cells?: readonly string[], isFresh = false) =>
    settleTopology(paths, { cells, isFresh }).topology.map(({ id }) => id);

  it('are two unless others are asked for', () => {
    expect(settled()).toEqual(two);
    expect(settled(three)).toEqual(three);
  });

  it('are those of the data when none are asked for', () => {
    store(findTopology(three));
    expect(settled()).toEqual(three);
    expect(settled(undefined, true)).toEqual(two);
  });

  it('can become more, and it is said whose accounts have to move', () => {
    store(findTopology(two));
    const { topology, notes } = settleTopology(paths, { cells: three, isFresh: false });
    expect(topology).toHaveLength(3);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(/^AT, .*, ES went from eu-1 to eu-2: accounts .* have to be moved\.$/);
  });

  it('do not become fewer while there are data of all, and the refusal says what to do', () => {
    store(findTopology(three));
    expect(() => settled(two)).toThrow(
      'The data here are also of eu-2: start with --cells in-1,eu-1,eu-2, or with --fresh',
    );
    expect(settled(two, true)).toEqual(two);
  });

  it('keep their warehouses', () => {
    const [india, europe] = findTopology(two);
    const milan = { id: 'mil', name: 'Milan', country: 'IT' };
    store([india, { ...europe, warehouses: [milan] }].map((cell) => ({ ...cell })));
    expect(() => settled(three)).toThrow('The warehouse mil would go from eu-1 to eu-2');
  });
});
