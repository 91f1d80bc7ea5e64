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
  /** False where the shop alone was restored, beside the vault that lives. */
  readonly isVaultRestored: boolean;
}

/** Replays a checked journal into restored databases, for the tool that restores. */
export async function replayErasuresInto(
  { shopUrl, vaultUrl, isVaultRestored }: RestoredDatabases,
  entries: readonly JournalEntry[],
): Promise<ReplayReport> {
  const options = { connectionsMax: 1, applicationName: 'entrepot-restore' };
  const shop = new ShopDatabase({ url: shopUrl, ...options });
  const vault = new VaultDatabase({ url: vaultUrl, ...options });
  try {
    const replay = new ReplayErasures(new PgRestoredCell(shop, vault));
    return await replay.execute(entries, { isVaultRestored });
  } finally {
    await Promise.all([shop.close(), vault.close()]);
  }
}
