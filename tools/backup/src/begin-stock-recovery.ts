import { withClient } from '@entrepot/stack';

/**
 * What a backup knows of stock is the past: the restored cell sells nothing until it has heard its peers and its
 * witness. The worker goes on from here when the cell starts.
 * @param url of the shop database, with the login of its superuser
 */
export async function beginStockRecovery(url: string): Promise<void> {
  // above what the backup knows, also of one that was taken during a recovery: what that one had heard is in doubt again;
  // the epoch that a witness knows is heard when the cell starts, and the recovery begun again above it
  await withClient(url, (client) =>
    client.query(
      'SELECT inventory.begin_recovery(coalesce((SELECT max(epoch) FROM inventory.cell_epoch), 0))',
    ),
  );
}
