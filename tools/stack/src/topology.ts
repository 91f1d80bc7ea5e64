import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { isCellId, isCountryCode, isCurrencyCode, isRegionCode } from '@entrepot/kernel';
import { z } from 'zod';

import { StackError } from './stack-error.ts';
import { repositoryRoot } from './stack-paths.ts';

const country = z.string().refine(isCountryCode, 'must be an ISO 3166-1 alpha-2 code');

const cell = z.strictObject({
  id: z.string().refine(isCellId, 'must be a cell id such as in-1'),
  region: z.string().refine(isRegionCode, 'must be a region code such as in'),
  /** ISO 4217. */
  currency: z.string().refine(isCurrencyCode, 'must be an ISO 4217 code'),
  countries: z.array(country).min(1),
  warehouses: z.array(z.strictObject({ id: z.string(), name: z.string(), country })),
  catalogLeader: z.boolean(),
});
const cellSet = z.strictObject({ cells: z.array(cell).min(2) }).superRefine(refuseContradictions);

/** One row of `infra/cells/*.json`: what is decided about a cell before it has an address. */
export type CellTopology = Readonly<z.output<typeof cell>>;
export type Warehouse = CellTopology['warehouses'][number];
export type Topology = readonly CellTopology[];

/** The one cell that writes the catalog. */
export function leaderOf(topology: Topology): CellTopology {
  const leader = topology.find(({ catalogLeader }) => catalogLeader);
  if (leader === undefined) throw new StackError('The topology names no catalog leader.');
  return leader;
}

export const followersOf = (topology: Topology): Topology =>
  topology.filter(({ catalogLeader }) => !catalogLeader);

/** The ids of the other cells. */
export const peersOf = (topology: Topology, id: string): readonly string[] =>
  topology.map((of) => of.id).filter((of) => of !== id);

/** A file of a set of cells, as JSON. Throws a `StackError` with every problem. */
export function parseTopology(name: string, text: string): Topology {
  const parsed = cellSet.safeParse(jsonIn(name, text));
  if (parsed.success) return parsed.data.cells;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('/')}: ${message}`);
  throw new StackError(`${name} describes no set of cells: ${problems.join('; ')}.`);
}

function jsonIn(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new StackError(`${name} is not JSON.`, { cause });
  }
}

const idsOf = (topology: Topology): readonly string[] => topology.map(({ id }) => id);

/** Where the sets of cells are that a stack can be started with. */
const setsFolder = join(repositoryRoot, 'infra', 'cells');

/** The set of cells whose ids are exactly the given ones, in any order. */
export function findTopology(cellIds: readonly string[], folder: string = setsFolder): Topology {
  const sets = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .map((name) => parseTopology(name, readFileSync(join(folder, name), 'utf8')));
  const wanted = cellIds.toSorted().join(',');
  const [found, other] = sets.filter((of) => idsOf(of).toSorted().join(',') === wanted);
  if (other !== undefined) throw new StackError(`Two files describe the cells ${wanted}.`);
  if (found !== undefined) return found;
  const known = sets.map((of) => idsOf(of).join(',')).join(' or ');
  throw new StackError(`There is no set of cells ${cellIds.join(',')}; known: ${known}.`);
}

function refuseContradictions(
  { cells }: { readonly cells: Topology },
  context: z.RefinementCtx,
): void {
  const refuse = (message: string) =>
    context.addIssue({ code: 'custom', message, path: ['cells'] });
  if (cells.filter(({ catalogLeader }) => catalogLeader).length !== 1) {
    refuse('exactly one cell leads the catalog');
  }
  for (const { id, region } of cells) {
    if (!id.startsWith(`${region}-`)) refuse(`${id} is not a cell of ${region}`);
  }
  const unique: readonly (readonly [string, readonly string[]])[] = [
    ['cell', cells.map(({ id }) => id)],
    ['country', cells.flatMap(({ countries }) => countries)],
    ['warehouse', cells.flatMap(({ warehouses }) => warehouses.map(({ id }) => id))],
  ];
  for (const [what, values] of unique) {
    for (const repeated of new Set(values.filter((value, at) => values.indexOf(value) !== at))) {
      refuse(`the ${what} ${repeated} is there more than once`);
    }
  }
}
