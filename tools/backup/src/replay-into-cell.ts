import type { KMSClient } from '@aws-sdk/client-kms';
import { readErasureJournal, replayErasuresInto } from '@entrepot/privacy';
import type { JournalHead, ReplayReport } from '@entrepot/privacy';
import type { CellId } from '@entrepot/kernel';
import { readClusterRoles, StackError } from '@entrepot/stack';
import type { RunningPostgres, StackPaths } from '@entrepot/stack';
import { closeQuarantine, quarantineOf } from './quarantine.ts';
import { withServerOn } from './stage-cluster.ts';

export interface ReplayOutcome extends ReplayReport {
  /** Up to where the journal was replayed. */
  readonly head: JournalHead;
  /** The backup that the databases came from. */
  readonly backupId: string;
}

export interface ReplayRequest {
  readonly paths: StackPaths;
  readonly cell: CellId;
  /** With a login that may list the keys of the cell. */
  readonly kms: KMSClient;
}

/**
 * Tells a restored, stopped cell again whom it has erased, and then ends its quarantine. A journal that is missing, or
 * not the one that was witnessed, leaves it in quarantine.
 *
 * @throws BrokenJournalError
 */
export async function replayIntoCell({ paths, cell, kms }: ReplayRequest): Promise<ReplayOutcome> {
  return withServerOn(paths.dataOf(cell, 'shop'), 'shop', (shop) =>
    withServerOn(paths.dataOf(cell, 'vault'), 'vault', async (vault) => {
      const [shopUrl, vaultUrl] = [databaseUrl(shop, 'shop'), databaseUrl(vault, 'vault')];
      const [ofShop, ofVault] = [await quarantineOf(shopUrl), await quarantineOf(vaultUrl)];
      const quarantine = ofShop ?? ofVault;
      if (quarantine === undefined) throw new StackError(`${cell} is not in quarantine.`);
      const heads = [ofShop, ofVault].flatMap((open) => (open ? [open.backupHead] : []));
      const { entries, head } = await readErasureJournal({
        ...paths.journalOf(cell),
        ...{ cell, heads },
      });
      const report = await replayErasuresInto(
        {
          shopUrl: asOwner(shopUrl, 'shop'),
          vaultUrl: asOwner(vaultUrl, 'vault'),
          isVaultRestored: ofVault !== undefined,
          kms,
        },
        entries,
      );
      // a shop that is still closed keeps the cell closed, so it comes last
      for (const url of [vaultUrl, shopUrl]) await closeQuarantine(url, head);
      return { ...report, head, backupId: quarantine.backupId };
    }),
  );
}

const databaseUrl = (server: RunningPostgres, cluster: 'shop' | 'vault'): string =>
  server.urlFor(readClusterRoles(cluster).database);

/** The superuser with the rights of the owner: the passwords of a restored database may be old. */
function asOwner(superuserUrl: string, cluster: 'shop' | 'vault'): string {
  const url = new URL(superuserUrl);
  url.searchParams.set('options', `-c role=${cluster}_owner`);
  return String(url);
}
