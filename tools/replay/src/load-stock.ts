import { BorderPeerInventory, openInventory, poolIdOf } from '@entrepot/inventory';
import type { Inventory } from '@entrepot/inventory';
import type { CellId } from '@entrepot/kernel';
import { CellDirectory } from '@entrepot/platform-config';
import { ShopDatabase } from '@entrepot/platform-database';
import { HttpBorderClient } from '@entrepot/platform-http';
import type { CellBooks } from './cell-books.ts';
import type { PlannedStock, TopUp } from './stock-plan.ts';
import { poolsNow, topUp } from './stock-plan.ts';

type Command = Parameters<Inventory['lanes']['submit']>[0][number];

export interface StockDoors {
  readonly cellsFile: string;
  /** The login of a cell's worker. */
  readonly urlOf: (cell: string) => string;
  readonly books: readonly CellBooks[];
  /** Names this delivery. */
  readonly name: string;
}

export interface LoadedStock {
  readonly minted: number;
  /** Units there were already beyond what was planned. */
  readonly surplus: number;
  readonly seconds: number;
}

const commandsMax = 500;
const arrivalSecondsMax = 120;

/** Fills the warehouses and gives each cell its even share by the ordinary protocol; ends when all arrived. */
export async function loadStock(
  planned: readonly PlannedStock[],
  doors: StockDoors,
): Promise<LoadedStock> {
  const startedAt = performance.now();
  const directory = CellDirectory.fromFile(doors.cellsFile);
  const homes = new Map(
    directory.cells.flatMap(({ id, warehouses }) =>
      warehouses.map((of): [string, CellId] => [of.id, id]),
    ),
  );
  const cells = directory.cells.map(({ id }) => id);
  const readings = await Promise.all(
    doors.books.map(async (of) => ({
      ...{ cell: of.cell, free: await of.free(), channels: await of.channels() },
    })),
  );
  const now = poolsNow(readings, (pool) => homes.get(pool.slice(0, pool.indexOf('/'))));
  const changes = planned.map((stock) => {
    const home = homes.get(stock.warehouse);
    if (home === undefined) throw new RangeError(`no cell has the warehouse ${stock.warehouse}`);
    const pool = poolIdOf(stock.warehouse, stock.sku);
    const before = now.get(pool) ?? { freeOf: new Map(), grantedTo: new Map() };
    return { stock, home, pool, before, change: topUp(stock, before, { home, cells }) };
  });
  for (const [home, of] of Map.groupBy(changes, (one) => one.home)) {
    const shop = new ShopDatabase({
      url: doors.urlOf(home),
      connectionsMax: 2,
      applicationName: 'replay',
    });
    // a delivery only gives; it never has to ask another cell
    const border = new HttpBorderClient({ url: 'http://127.0.0.1:9', secret: '' });
    const peers = new BorderPeerInventory(border);
    try {
      await deliver(openInventory({ cell: home, directory, shop, peers }), of, doors.name);
    } finally {
      border.close();
      await shop.close();
    }
  }
  await waitUntilArrived(doors.books);
  const minted = changes.reduce((sum, { change }) => sum + change.mint, 0);
  const free = changes.reduce((sum, { before }) => sum + sumOf(before.freeOf), 0);
  const units = planned.reduce((sum, of) => sum + of.units, 0);
  const seconds = (performance.now() - startedAt) / 1_000;
  return { minted, surplus: free + minted - units, seconds };
}

interface Change {
  readonly stock: PlannedStock;
  readonly pool: ReturnType<typeof poolIdOf>;
  readonly change: TopUp;
}

async function deliver(
  { receiveStock, lanes }: Inventory,
  changes: readonly Change[],
  name: string,
): Promise<void> {
  const arrivals = changes.filter(({ change }) => change.mint > 0);
  for (let from = 0; from < arrivals.length; from += commandsMax) {
    const part = arrivals.slice(from, from + commandsMax);
    await receiveStock.execute(
      `${name} ${from}`,
      part.map(({ stock, change }) => ({
        sku: stock.sku,
        warehouse: stock.warehouse,
        quantity: change.mint,
      })),
    );
  }
  const grants = changes.flatMap(({ pool, change }) =>
    change.grants.map(({ cell, level }): Command => {
      const ceiling = level;
      return { kind: 'grant', pool, peer: cell as CellId, level, ceiling, acked: 0 };
    }),
  );
  for (let from = 0; from < grants.length; from += commandsMax) {
    await lanes.submit(grants.slice(from, from + commandsMax));
  }
}

const sumOf = (units: ReadonlyMap<string, number>): number =>
  [...units.values()].reduce((sum, of) => sum + of, 0);

/** Until every cell has taken in all that the others gave. */
async function waitUntilArrived(books: readonly CellBooks[]): Promise<void> {
  const until = performance.now() + arrivalSecondsMax * 1_000;
  for (;;) {
    const samples = await Promise.all(books.map((of) => of.sample()));
    const granted = samples.reduce((sum, of) => sum + (of?.granted ?? 0), 0);
    const applied = samples.reduce((sum, of) => sum + (of?.applied ?? 0), 0);
    if (granted === applied && samples.every((of) => of !== undefined)) return;
    if (performance.now() > until) {
      throw new Error(`${granted - applied} units did not arrive in ${arrivalSecondsMax} s`);
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
