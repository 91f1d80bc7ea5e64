import { existsSync, readFileSync } from 'node:fs';

import { StackError } from '../stack-error.ts';
import type { StackPaths } from '../stack-paths.ts';
import { findTopology } from '../topology.ts';
import type { CellTopology, Topology } from '../topology.ts';

const firstCells = ['in-1', 'eu-1'];

export interface SettledTopology {
  readonly topology: Topology;
  /** What whoever starts should know, a sentence each. */
  readonly notes: readonly string[];
}

export interface CellsAsked {
  /** Left out: those that the data have. */
  readonly cells?: readonly string[] | undefined;
  /** The data are thrown away before anything starts. */
  readonly isFresh: boolean;
}

/**
 * The cells to start: those asked for, else those that the data have, else `in-1,eu-1`. A cell can be added to data;
 * throws a `StackError` where one would be left out, since the others count on its books, and where a warehouse would
 * change its home.
 */
export function settleTopology(paths: StackPaths, { cells, isFresh }: CellsAsked): SettledTopology {
  const before = isFresh ? [] : cellsOfData(paths);
  const known = before.map(({ id }) => id);
  const topology = findTopology(cells ?? (known.length > 0 ? known : firstCells));
  const start = `start with --cells ${known.join(',')}, or with --fresh, which throws the data away`;
  const gone = known.find((id) => !topology.some((cell) => cell.id === id));
  if (gone !== undefined) throw new StackError(`The data here are also of ${gone}: ${start}.`);
  const movedWarehouse = movesOf(before, topology, (cell) =>
    cell.warehouses.map(({ id }) => id),
  )[0];
  if (movedWarehouse !== undefined) {
    const { what, from, to } = movedWarehouse;
    throw new StackError(`The warehouse ${what} would go from ${from} to ${to}: ${start}.`);
  }
  const moves = movesOf(before, topology, ({ countries }) => countries);
  const notes = [...Map.groupBy(moves, ({ from, to }) => `from ${from} to ${to}`)].map(
    ([way, of]) =>
      `${of.map(({ what }) => what).join(', ')} went ${way}: accounts that are there already have to be moved.`,
  );
  return { topology, notes };
}

/** Of the last start; none where nothing was stored since. */
function cellsOfData(paths: StackPaths): Topology {
  if (!existsSync(paths.cells) || !existsSync(paths.data)) return [];
  return (JSON.parse(readFileSync(paths.cells, 'utf8')) as { cells: Topology }).cells;
}

interface Move {
  readonly what: string;
  readonly from: string;
  readonly to: string;
}

function movesOf(
  before: Topology,
  after: Topology,
  of: (cell: CellTopology) => readonly string[],
): readonly Move[] {
  const homeOf = new Map(after.flatMap((cell) => of(cell).map((what) => [what, cell.id])));
  return before.flatMap((cell) =>
    of(cell).flatMap((what) => {
      const to = homeOf.get(what);
      return to === undefined || to === cell.id ? [] : [{ what, from: cell.id, to }];
    }),
  );
}
