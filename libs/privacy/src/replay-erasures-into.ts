import { ShopDatabase, VaultDatabase } from '@entrepot/platform-database';
import { PgRestoredCell } from './adapters/pg-restored-cell.ts';
import { ReplayErasures } from './application/replay-erasures.ts';
import type { ReplayReport } from './application/replay-erasures.ts';
import type { JournalEntry } from './domain/erasure-journal.ts';

export interface RestoredDatabases {
  /** With the login of the shop's owner. */
  readonly shopUrl: string;
  /** With the login of the vault's owner. */
  readonly vaultUrl: string;
}

/** Replays a checked journal into restored databases, for the tool that restores. */
export async function replayErasuresInto(
  { shopUrl, vaultUrl }: RestoredDatabases,
  entries: readonly JournalEntry[],
): Promise<ReplayReport> {
  const options = { connectionsMax: 1, applicationName: 'entrepot-restore' };
  const shop = new ShopDatabase({ url: shopUrl, ...options });
  const vault = new VaultDatabase({ url: vaultUrl, ...options });
  try {
    return await new ReplayErasures(new PgRestoredCell(shop, vault)).execute(entries);
  } finally {
    await Promise.all([shop.close(), vault.close()]);
  }
}
