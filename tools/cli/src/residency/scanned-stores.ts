import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { ExpositionStore, FolderStore, RedisStore } from '@entrepot/border-scan';
import type { ScannedStore } from '@entrepot/border-scan';
import { clusterNames, SecretStore } from '@entrepot/stack';
import type { DescribedCell, StackPaths } from '@entrepot/stack';

import { kafkaStoreOf, postgresStoreOf } from '../cell-stores.ts';

const standbyOf = (cluster: string): string => `${cluster}-standby`;
/** Folders of a cell's data that a store with a server of its own answers for. */
const servedFolders: ReadonlySet<string> = new Set([
  ...clusterNames.flatMap((cluster) => [cluster, standbyOf(cluster)]),
  ...['redis', 'kafka'],
]);

const foldersIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();

/**
 * Everything that a cell stores, tells or logs. Folders are found, not listed: keys, journals, mail,
 * exports and whatever comes next are looked through because they are there.
 */
export function storesOf(paths: StackPaths, cell: DescribedCell): ScannedStore[] {
  const redisPassword = new SecretStore(cell.secrets).read(join('redis', 'operator'));
  const metrics = Object.entries(cell.metricsOrigins).flatMap(([process, origin]) => [
    [process, `${origin}/metrics`],
    [`${process}-ready`, `${origin}/health/ready`],
  ]);
  return [
    ...clusterNames.map((cluster) => postgresStoreOf(cell, cluster)),
    new RedisStore({
      name: `${cell.id} redis`,
      url: `redis://operator:${redisPassword}@127.0.0.1:${cell.redisPort}`,
      folder: join(cell.data, 'redis'),
    }),
    kafkaStoreOf(cell),
    ...foldersIn(cell.data)
      .filter((name) => !servedFolders.has(name))
      .map(
        (name) => new FolderStore({ name: `${cell.id} ${name}`, folder: join(cell.data, name) }),
      ),
    new FolderStore({ name: `${cell.id} logs`, folder: cell.logs }),
    new ExpositionStore({
      name: `${cell.id} metrics`,
      urls: Object.fromEntries(metrics) as Record<string, string>,
      folder: join(paths.scan, `${cell.id}.metrics`),
    }),
  ];
}

/** What belongs to no cell must hold nobody's data: the provider's sandbox, and the logs of shared processes. */
export function sharedStores(paths: StackPaths, cells: readonly DescribedCell[]): ScannedStore[] {
  const ofCells = new Set(cells.map(({ id }) => id));
  const shared = (root: string, what: string) =>
    foldersIn(root)
      .filter((name) => !ofCells.has(name))
      .map((name) => new FolderStore({ name: `shared ${name}${what}`, folder: join(root, name) }));
  return [...shared(paths.data, ''), ...shared(paths.logs, ' logs')];
}
