import { detailPath, ShopCounters, skuOf } from '@entrepot/bench';
import type { BenchmarkExtent, MeasuredCell } from '@entrepot/bench';
import { seedBenchmark } from '@entrepot/catalog/seed';
import type { CellId } from '@entrepot/kernel';
import { CellDirectory } from '@entrepot/platform-config';
import { CatalogDatabase } from '@entrepot/platform-database';
import type { StackDescription } from '@entrepot/stack';
import { StackError } from '@entrepot/stack';

import { orderAtProvider } from './stack-faults.ts';
import { seedStock, shopUrl } from './stock-seeding.ts';
import { leaderCatalogUrl } from './verbs/seed.ts';

const unitsPerSku = 2_000;
const arrivalSecondsMax = 300;

/** What the bench has to know of a cell; the first of the stack where none is named. */
export function measuredCell(
  description: StackDescription,
  wanted: string | undefined,
): MeasuredCell {
  const cell = description.cells.find(({ id }) => wanted === undefined || id === wanted);
  if (cell === undefined) throw new StackError(`There is no cell ${wanted ?? ''} in this stack.`);
  const directory = CellDirectory.fromFile(description.cellsFile);
  const [country] = directory.cells.find(({ id }) => id === cell.id)?.countries ?? [];
  if (country === undefined) throw new StackError(`Nobody is at home in ${cell.id}.`);
  return {
    cell: cell.id as CellId,
    // asked on loopback directly: not every resolver knows `*.localhost`
    url: `http://127.0.0.1:${new URL(cell.origin).port}`,
    country,
    approveAtOnce: (isOn) => orderAtProvider(description, isOn && { kind: 'no_action', share: 1 }),
    shopUrl: (role) => shopUrl(description, cell.id, role),
    supervisorPid: description.supervisorPid,
  };
}

/** Products, and stock of every variant in every cell; what is there already is left alone. */
export async function prepareBenchmark(
  description: StackDescription,
  target: MeasuredCell,
  { extent, print }: { readonly extent: BenchmarkExtent; readonly print: (line: string) => void },
): Promise<void> {
  print('Benchmark catalog and stock …');
  const catalog = new CatalogDatabase({
    url: leaderCatalogUrl(),
    connectionsMax: 2,
    applicationName: 'bench',
  });
  try {
    await seedBenchmark(catalog, extent, () => undefined);
  } finally {
    await catalog.close();
  }
  const deliveries = Array.from({ length: extent.variants }, (_, n) => ({
    ...skuOf(n),
    quantity: unitsPerSku,
  }));
  await seedStock(description, extent.name, deliveries);
  await arrival(target, extent);
}

/** The catalog follows its leader and shares of stock travel; neither is there at once. */
async function arrival(
  { url, shopUrl: urlOf }: MeasuredCell,
  { products, variants }: BenchmarkExtent,
): Promise<void> {
  const counters = new ShopCounters(urlOf('shop_audit'));
  const last = `${url}${detailPath(products - 1)}`;
  try {
    for (let waited = 0; waited < arrivalSecondsMax; waited += 1) {
      const isShown = (await fetch(last)).ok;
      if (isShown && (await counters.poolsWithStock()) >= variants) return;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    throw new StackError(`The benchmark’s stock did not arrive in ${arrivalSecondsMax} s.`);
  } finally {
    await counters.close();
  }
}
