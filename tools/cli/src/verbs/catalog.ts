import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  asRole,
  copyCatalogAnew,
  findTopology,
  leaderOf,
  readClusterRoles,
  readPorts,
  requireRunning,
  StackError,
  StackPaths,
} from '@entrepot/stack';
import type { CatalogCopy, CopiedTable, DescribedCell } from '@entrepot/stack';
import { Command } from 'commander';

const replicationRole = 'catalog_replication';
const print = (line: string): void => void process.stdout.write(`${line}\n`);

function followerAmong(
  cells: readonly DescribedCell[],
  leaderId: string,
  asked: string | undefined,
): DescribedCell {
  const followers = cells.filter(({ id }) => id !== leaderId);
  const [only] = followers;
  if (asked === undefined && followers.length === 1 && only !== undefined) return only;
  const chosen = followers.find(({ id }) => id === asked);
  if (chosen !== undefined) return chosen;
  const known = followers.map(({ id }) => id).join(', ');
  throw new StackError(`Name a cell that follows the catalog with --cell: ${known}.`);
}

function copyOf(paths: StackPaths, asked: string | undefined): CatalogCopy {
  const { cells } = requireRunning(paths);
  const leader = leaderOf(findTopology(cells.map(({ id }) => id)));
  const follower = followerAmong(cells, leader.id, asked);
  const { superuser, database } = readClusterRoles('catalog');
  const superuserPassword = readFileSync(
    join(follower.data, 'catalog', 'superuser.password'),
    'utf8',
  );
  const followerPort = String(follower.databasePorts['catalog']);
  return {
    subscription: {
      cell: follower.id,
      leader: {
        host: '127.0.0.1',
        port: readPorts(paths.ports)[`${leader.id} catalog-replication`] ?? 0,
        database,
      },
      login: {
        role: replicationRole,
        password: readFileSync(join(paths.secrets, leader.id, 'postgres', replicationRole), 'utf8'),
      },
    },
    followerUrl: asRole(
      `postgresql://127.0.0.1:${followerPort}/${database}`,
      superuser,
      superuserPassword,
    ),
    onTable: ({ table, removed, added }) =>
      print(
        `  ${table.padEnd(32)} ${String(removed).padStart(7)} out ${String(added).padStart(7)} in`,
      ),
  };
}

async function copyAnew({ cell }: { readonly cell?: string }): Promise<void> {
  const copy = copyOf(new StackPaths(), cell);
  print(`The catalog of ${copy.subscription.cell} is brought to its leader's …`);
  const copied = await copyCatalogAnew(copy);
  const total = (side: 'removed' | 'added') =>
    copied.reduce((sum: number, table: CopiedTable) => sum + table[side], 0);
  print(
    `Done: ${total('removed')} rows out, ${total('added')} in; replication goes on from there.`,
  );
}

export default new Command('catalog')
  .description("look after a cell's copy of the catalog")
  .addCommand(
    new Command('copy-anew')
      .description(
        'for a cell whose replication slot was lost: take over what differs, then replicate on',
      )
      .option('--cell <cell>', 'a cell that follows; the only one when left out')
      .action(copyAnew),
  );
