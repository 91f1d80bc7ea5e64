import { CatalogDatabase, ShopDatabase, VaultDatabase } from '@entrepot/platform-database';
import type { Database } from '@entrepot/platform-database';
import type { DatabaseConfig } from '@entrepot/platform-config';
import { clientName } from './process-context.ts';
import type { ProcessContext } from './process-context.ts';
import type { ReadinessProbe } from './readiness.ts';
import { readMarkers } from './database-markers.ts';
import type { DatabaseMarker } from './wiring.ts';

const connectionsMax = { catalog: 8, shop: 16, vault: 6 } as const;

/** The pools of a process that uses all three clusters. */
export class CellDatabases {
  readonly catalog: CatalogDatabase;
  readonly shop: ShopDatabase;
  readonly vault: VaultDatabase;

  constructor(
    context: ProcessContext,
    config: Readonly<Record<'catalog' | 'shop' | 'vault', DatabaseConfig>>,
  ) {
    const applicationName = clientName(context);
    const options = (name: keyof typeof connectionsMax) => ({
      url: config[name].url,
      connectionsMax: connectionsMax[name],
      applicationName,
    });
    this.catalog = new CatalogDatabase(options('catalog'));
    this.shop = new ShopDatabase(options('shop'));
    this.vault = new VaultDatabase(options('vault'));
  }

  markers(): Promise<DatabaseMarker[]> {
    return readMarkers({ catalog: this.catalog, shop: this.shop, vault: this.vault });
  }

  probes(): ReadinessProbe[] {
    return [
      databaseProbe('catalog', this.catalog),
      databaseProbe('shop', this.shop),
      databaseProbe('vault', this.vault),
    ];
  }

  async close(): Promise<void> {
    await Promise.all([this.catalog.close(), this.shop.close(), this.vault.close()]);
  }
}

/** The one database of a process that uses only the shop. */
export function openShop(context: ProcessContext, config: DatabaseConfig): ShopDatabase {
  return new ShopDatabase({
    url: config.url,
    connectionsMax: connectionsMax.shop,
    applicationName: clientName(context),
  });
}

export const databaseProbe = (name: string, database: Database): ReadinessProbe => ({
  name: `database ${name}`,
  required: true,
  measure: async () => {
    if (!(await database.isHealthy())) throw new Error(`database ${name} is not healthy`);
    return undefined;
  },
});
