import {
  clustersOfStack,
  copyCatalogAnew,
  findTopology,
  followersOf,
  leaderOf,
  readClusterRoles,
  readPorts,
  requireRunning,
  SecretStore,
  StackError,
  StackPaths,
  StackPorts,
} from '@entrepot/stack';
import type { CatalogCopy, CopiedTable, RunningCluster, Topology } from '@entrepot/stack';
import { Command } from 'commander';

const replicationRole = 'catalog_replication';
const print = (line: string): void => void process.stdout.write(`${line}\n`);

function followerAmong(followers: Topology, asked: string | undefined): string {
  const ids: readonly string[] = followers.map(({ id }) => id);
  const chosen = ids.length === 1 ? (asked ?? ids[0]) : asked;
  if (chosen !== undefined && ids.includes(chosen)) return chosen;
  throw new StackError(`Name a cell that follows the catalog with --cell: ${ids.join(', ')}.`);
}

function copyOf(paths: StackPaths, asked: string | undefined): CatalogCopy {
  const { cells } = requireRunning(paths);
  const topology = findTopology(cells.map(({ id }) => id));
  const leader = leaderOf(topology).id;
  const cell = followerAmong(followersOf(topology), asked);
  const catalogOf = ({ cell: of, cluster }: RunningCluster) => of === cell && cluster === 'catalog';
  const followerUrl = clustersOfStack(paths).find(catalogOf)?.superuserUrl;
  if (followerUrl === undefined) throw new StackError(`${cell} has no catalog here.`);
  return {
    subscription: {
      cell,
      leader: {
        host: '127.0.0.1',
        port: new StackPorts(readPorts(paths.ports)).crossing({
          kind: 'catalog-replication',
          into: leader,
          from: cell,
        }),
        database: readClusterRoles('catalog').database,
      },
      login: {
        role: replicationRole,
        password: new SecretStore(paths.secrets).read(`${leader}/postgres/${replicationRole}`),
      },
    },
    followerUrl,
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
