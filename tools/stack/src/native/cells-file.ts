import { randomBytes } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';

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

/** Others reach a cell's border process only through the link that can be cut. */
export const cellOriginOf = (context: StackContext, cell: string): string =>
  `https://127.0.0.1:${context.ports.of(cell, 'cell-http')}`;

async function entryOf(context: StackContext, cell: CellTopology) {
  return {
    ...cell,
    origin: originOf(context, cell.id),
    apiOrigins: apiOriginsOf(context, cell.id),
    cellOrigin: cellOriginOf(context, cell.id),
    kafkaClusterId: kafkaClusterIdOf(context, cell.id),
    ...(await ensureCellIdentity(cell.id, context.secrets)),
    sealingKeys: [sealingKeyOf(cell.id, context.secrets)],
  };
}

/** Writes what every process may know of every cell: topology, addresses and public keys, once all of these are made. */
export async function writeCellsFile(context: StackContext): Promise<void> {
  const cells = await Promise.all(context.topology.map((cell) => entryOf(context, cell)));
  const file = context.paths.cells;
  writeFileSync(`${file}.new`, `${JSON.stringify({ cells }, undefined, 2)}\n`);
  renameSync(`${file}.new`, file);
}
