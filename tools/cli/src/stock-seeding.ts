import { join } from 'node:path';

import { BorderPeerInventory, openingShares, openInventory } from '@entrepot/inventory/seed';
import type { DemandForecast, StockToSeed } from '@entrepot/inventory/seed';
import type { CellId } from '@entrepot/kernel';
import { CellDirectory } from '@entrepot/platform-config';
import { ShopDatabase } from '@entrepot/platform-database';
import { HttpBorderClient } from '@entrepot/platform-http/border';
import type { StackDescription } from '@entrepot/stack';
import { SecretStore, StackError } from '@entrepot/stack';

/** Units of one SKU as they lie in a warehouse, before any are given to other cells. */
export interface Delivery {
  readonly sku: string;
  readonly warehouse: string;
  readonly quantity: number;
  /** Without it every cell begins with an even part. */
  readonly forecast?: DemandForecast;
}

/** The login of one role at a cell's shop database. */
export function shopUrl(description: StackDescription, cellId: string, role: string): string {
  const cell = description.cells.find(({ id }) => id === cellId);
  const port = cell?.databasePorts['shop'];
  if (cell === undefined || port === undefined) {
    throw new StackError(`The stack that runs has no shop database of ${cellId}.`);
  }
  const password = new SecretStore(cell.secrets).read(join('postgres', role));
  return `postgresql://${role}:${password}@127.0.0.1:${port}/shop`;
}

/** What the home of each warehouse takes in, and what other cells begin with of it. */
export function splitBetweenCells(
  deliveries: readonly Delivery[],
  directory: CellDirectory,
): ReadonlyMap<CellId, readonly StockToSeed[]> {
  const homes = new Map(
    directory.cells.flatMap(({ id, warehouses }) =>
      warehouses.map((of): [string, CellId] => [of.id, id]),
    ),
  );
  const toSeed = deliveries.map(({ sku, warehouse, quantity, forecast }) => {
    const home = homes.get(warehouse);
    if (home === undefined) throw new StackError(`No cell has the warehouse ${warehouse}.`);
    const others = directory.cells.map(({ id }) => id).filter((id) => id !== home);
    const shares = openingShares(quantity, { home, others }, forecast);
    return { home, stock: { sku, warehouse, quantity, shares } };
  });
  const byHome = Map.groupBy(toSeed, ({ home }) => home);
  return new Map([...byHome].map(([home, seeds]) => [home, seeds.map(({ stock }) => stock)]));
}

/**
 * Receives the deliveries at the homes of their warehouses and gives the other cells their shares
 * through the ordinary protocol. The same name again changes nothing.
 */
export async function seedStock(
  description: StackDescription,
  name: string,
  deliveries: readonly Delivery[],
): Promise<void> {
  const directory = CellDirectory.fromFile(description.cellsFile);
  for (const [cell, stock] of splitBetweenCells(deliveries, directory)) {
    const url = shopUrl(description, cell, 'shop_worker');
    const shop = new ShopDatabase({ url, connectionsMax: 2, applicationName: 'seed' });
    // a seed only gives; it never has to ask another cell
    const border = new HttpBorderClient({ url: 'http://127.0.0.1:9', secret: '' });
    try {
      const peers = new BorderPeerInventory(border);
      await openInventory({ cell, directory, shop, peers }).seedStock.execute(name, stock);
    } finally {
      border.close();
      await shop.close();
    }
  }
}
