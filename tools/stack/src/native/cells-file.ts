import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { ensureCellIdentity } from '../cell-identity.ts';
import type { CellTopology } from '../topology.ts';
import { sealingKeyOf } from './sealing-key.ts';
import type { StackContext } from './stack-context.ts';

/** A Kafka cluster id: 16 random bytes in 22 characters, the first not a dash (an option, to the tools). */
function newClusterId(): string {
  for (;;) {
    const id = randomBytes(16).toString('base64url');
    if (!id.startsWith('-')) return id;
  }
}

export const kafkaClusterIdOf = (context: StackContext, cell: string): string =>
  context.secrets.orMake(`${cell}/kafka/cluster-id`, newClusterId);

export const originOf = (context: StackContext, cell: string): string =>
  `http://${cell}.localhost:${context.ports.of(cell, 'origin')}`;

export const apiOriginsOf = (context: StackContext, cell: string): readonly string[] =>
  context.ports
    .apisOf(cell, context.apiProcesses)
    .map((port) => `http://${cell}.localhost:${port}`);

/** Another cell reaches a border process only through its own link, which can be cut; nobody else looks from a cell. */
function cellOriginOf(context: StackContext, cell: string, seenBy: string | undefined): string {
  const port =
    seenBy === undefined || seenBy === cell
      ? context.ports.of(cell, 'border')
      : context.ports.crossing({ kind: 'cell-http', into: cell, from: seenBy });
  return `https://127.0.0.1:${port}`;
}

async function entryOf(context: StackContext, cell: CellTopology) {
  return {
    ...cell,
    origin: originOf(context, cell.id),
    apiOrigins: apiOriginsOf(context, cell.id),
    kafkaClusterId: kafkaClusterIdOf(context, cell.id),
    ...(await ensureCellIdentity(cell.id, context.secrets)),
    sealingKeys: [sealingKeyOf(cell.id, context.secrets)],
  };
}

/**
 * Writes what every process may know of every cell: topology, addresses and public keys, once all of these are made.
 * A file for each cell and one for whoever is in none; they differ in the doors of the cells alone.
 */
export async function writeCellsFiles(context: StackContext): Promise<void> {
  const { paths, topology } = context;
  const entries = await Promise.all(topology.map((cell) => entryOf(context, cell)));
  const seenBy = (viewer: string | undefined) => ({
    cells: entries.map((entry) => ({
      ...entry,
      cellOrigin: cellOriginOf(context, entry.id, viewer),
    })),
  });
  writeWhole(paths.cells, seenBy(undefined));
  for (const { id } of topology) writeWhole(paths.cellsSeenBy(id), seenBy(id));
}

function writeWhole(file: string, content: object): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(content, undefined, 2)}\n`);
  renameSync(`${file}.new`, file);
}
