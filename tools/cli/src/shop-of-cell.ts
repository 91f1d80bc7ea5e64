import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ShopDatabase, VaultDatabase } from '@entrepot/platform-database';
import { StackPaths } from '@entrepot/stack';
import type { DescribedCell } from '@entrepot/stack';
import { runningCell } from './running-cell.ts';

const optionsOf = (cell: DescribedCell, cluster: 'shop' | 'vault') => {
  const role = `${cluster}_worker`;
  const password = readFileSync(join(cell.secrets, 'postgres', role), 'utf8');
  return {
    url: `postgres://${role}:${password}@127.0.0.1:${cell.databasePorts[cluster] ?? 0}/${cluster}`,
    connectionsMax: 1,
    applicationName: `${cell.id} cli`,
  };
};

/** The databases of a running cell about people, under the worker's roles, for the length of some work. */
export async function withCellDatabases<T>(
  id: string,
  work: (of: {
    readonly cell: DescribedCell;
    readonly shop: ShopDatabase;
    readonly vault: VaultDatabase;
  }) => Promise<T>,
): Promise<T> {
  const cell = runningCell(new StackPaths(), id);
  const shop = new ShopDatabase(optionsOf(cell, 'shop'));
  const vault = new VaultDatabase(optionsOf(cell, 'vault'));
  try {
    return await work({ cell, shop, vault });
  } finally {
    await Promise.all([shop.close(), vault.close()]);
  }
}
