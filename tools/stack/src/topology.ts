import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { StackError } from './stack-error.ts';
import { repositoryRoot } from './stack-paths.ts';

export interface Warehouse {
  readonly id: string;
  readonly name: string;
  readonly country: string;
}

/** One row of `infra/cells/*.json`: what is decided about a cell before it has an address. */
export interface CellTopology {
  readonly id: string;
  readonly region: string;
  /** ISO 4217. */
  readonly currency: string;
  readonly countries: readonly string[];
  readonly warehouses: readonly Warehouse[];
  readonly catalogLeader: boolean;
}

export type Topology = readonly CellTopology[];

/** The one cell that writes the catalog. */
export function leaderOf(topology: Topology): CellTopology {
  const leader = topology.find(({ catalogLeader }) => catalogLeader);
  if (leader === undefined) throw new StackError('The topology names no catalog leader.');
  return leader;
}

export const followersOf = (topology: Topology): Topology =>
  topology.filter(({ catalogLeader }) => !catalogLeader);

const idsOf = (topology: Topology): string =>
  topology
    .map(({ id }) => id)
    .toSorted()
    .join(',');

/** The set of cells under `infra/cells` whose ids are exactly the given ones, in any order. */
export function findTopology(cellIds: readonly string[]): Topology {
  const folder = join(repositoryRoot, 'infra', 'cells');
  const sets = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as { cells: Topology });
  const wanted = cellIds.toSorted().join(',');
  const found = sets.find(({ cells }) => idsOf(cells) === wanted);
  if (found !== undefined) return found.cells;
  const known = sets.map(({ cells }) => idsOf(cells)).join(' or ');
  throw new StackError(`There is no set of cells ${wanted}; known: ${known}.`);
}
