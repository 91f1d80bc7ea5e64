import { ShopDatabase, VaultDatabase } from '@entrepot/platform-database';
import type { KMSClient } from '@aws-sdk/client-kms';
import { AwsKeySearch } from './adapters/aws-key-search.ts';
import { PgRestoredCell } from './adapters/pg-restored-cell.ts';
import { PgRestoredKeys } from './adapters/pg-restored-keys.ts';
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
  /** With a login that may list the keys of the cell. */
  readonly kms: KMSClient;
}

/** Replays a checked journal into restored databases, for the tool that restores. */
export async function replayErasuresInto(
  { shopUrl, vaultUrl, isVaultRestored, kms }: RestoredDatabases,
  entries: readonly JournalEntry[],
): Promise<ReplayReport> {
  const options = { connectionsMax: 1, applicationName: 'entrepot-restore' };
  const shop = new ShopDatabase({ url: shopUrl, ...options });
  const vault = new VaultDatabase({ url: vaultUrl, ...options });
  const search = new AwsKeySearch(kms);
  try {
    const replay = new ReplayErasures({
      cell: new PgRestoredCell({ shop, vault, search }),
      keys: isVaultRestored ? new PgRestoredKeys(vault, search) : undefined,
    });
    return await replay.execute(entries);
  } finally {
    await Promise.all([shop.close(), vault.close()]);
  }
}
