import { join } from 'node:path';

import { seedBenchmark, seedCatalog } from '@entrepot/catalog/seed';
import type { LoadOutcome } from '@entrepot/catalog/seed';
import { CellDirectory } from '@entrepot/platform-config';
import { CatalogDatabase } from '@entrepot/platform-database';
import { requireRunning, SecretStore, StackError, StackPaths } from '@entrepot/stack';
import { Command, InvalidArgumentError } from 'commander';

const progressEvery = 1_000;

/** Puts the demonstration shop into a leader's catalog; running it again adds nothing. */
export async function seedDemonstrationCatalog(catalogUrl: string): Promise<LoadOutcome> {
  return withCatalog(catalogUrl, seedCatalog);
}

async function withCatalog<T>(
  url: string,
  work: (database: CatalogDatabase) => Promise<T>,
): Promise<T> {
  const database = new CatalogDatabase({ url, connectionsMax: 2, applicationName: 'seed' });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** The catalog of the running stack's leader, with the login of its API. */
export function leaderCatalogUrl(): string {
  const { cells, cellsFile } = requireRunning(new StackPaths());
  const leader = CellDirectory.fromFile(cellsFile).catalogLeader.id;
  const cell = cells.find(({ id }) => id === leader);
  const port = cell?.databasePorts['catalog'];
  if (cell === undefined || port === undefined) {
    throw new StackError('The stack that runs does not say where its catalog is.');
  }
  const password = new SecretStore(cell.secrets).read(join('postgres', 'catalog_api'));
  return `postgresql://catalog_api:${password}@127.0.0.1:${port}/catalog`;
}

function report(what: string, { added, present }: LoadOutcome): void {
  console.log(`${what}: ${added} products added, ${present} were there already.`);
}

function count(text: string): number {
  const parsed = Number(text);
  if (Number.isSafeInteger(parsed) && parsed > 0 && parsed <= 1_000_000) return parsed;
  throw new InvalidArgumentError('must be a whole number from 1 to 1,000,000.');
}

const catalog = new Command('catalog')
  .description('add the demonstration shop: 44 products in 12 categories, in three languages')
  .action(async () => {
    report('Shop', await seedDemonstrationCatalog(leaderCatalogUrl()));
  });

const benchmark = new Command('benchmark')
  .description('add many generated products, for measuring')
  .option('--products <count>', 'how many products', count, 10_000)
  .option('--variants <count>', 'how many variants over all of them', count, 20_000)
  .action(async (size: { products: number; variants: number }) => {
    if (size.variants < size.products) {
      throw new StackError('Every product has at least one variant: ask for more variants.');
    }
    const outcome = await withCatalog(leaderCatalogUrl(), (database) =>
      seedBenchmark(database, size, (done) => {
        if (done % progressEvery < 50) console.log(`${done} of ${size.products}`);
      }),
    );
    report('Benchmark', outcome);
  });

export default new Command('seed')
  .description('put products into the catalog of the running stack')
  .addCommand(catalog)
  .addCommand(benchmark);
