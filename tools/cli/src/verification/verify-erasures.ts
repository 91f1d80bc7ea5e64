import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { restoreBeside } from '@entrepot/backup';
import { isClean, scanStore, TraceMatcher } from '@entrepot/border-scan';
import type { ScannedStore, StoreScan } from '@entrepot/border-scan';
import { attackRestored, kmsAccessOf, kmsClientOf, newAttackControl } from '@entrepot/drills';
import type { PersonInBackup } from '@entrepot/drills';
import type { CellId } from '@entrepot/kernel';
import { VaultDatabase } from '@entrepot/platform-database';
import { openErasureVerification, readPinnedKeys } from '@entrepot/privacy';
import type { ErasureRequest, ErasureVerification, OperatorPart } from '@entrepot/privacy';
import { readClusterRoles, runtimeOf, SecretStore, StackError } from '@entrepot/stack';
import type { DescribedCell, StackPaths } from '@entrepot/stack';

import { storesOf } from '../residency/scanned-stores.ts';
import { withCellDatabases } from '../shop-of-cell.ts';

export interface VerificationOrder {
  readonly paths: StackPaths;
  readonly cell: DescribedCell;
  /** Folder of one backup from before the erasures; without it no backup is looked into. */
  readonly backup: string | undefined;
  readonly tell: (line: string) => void;
}

/** What came of one part for one request; undefined where it says nothing and nothing was signed. */
export interface VerifiedRequest {
  readonly requestId: string;
  readonly part: OperatorPart;
  readonly tried: number;
  readonly found: number;
  readonly isGiven: boolean;
}

/** What stands on this disk and belongs to another firm, which erases for itself. */
const ofProviders = /\smail$/;

/** Looks for everybody whose erasure awaits it, in every store and in a restored backup, and signs what came of it. */
export async function verifyErasures(order: VerificationOrder): Promise<VerifiedRequest[]> {
  return withVerification(order.cell, async (verification) => {
    const awaited = await verification.awaited();
    const lacking = (part: OperatorPart): ErasureRequest[] =>
      awaited.filter(({ parts }) => parts.includes(part)).map(({ request }) => request);
    order.tell(`${order.cell.id}: ${awaited.length} erasures await evidence.`);
    return [
      ...(await scanFor(lacking('store-scan'), verification, order)),
      ...(await drillFor(lacking('restore-drill'), verification, order)),
    ];
  });
}

async function scanFor(
  requests: readonly ErasureRequest[],
  verification: ErasureVerification,
  { paths, cell, tell }: VerificationOrder,
): Promise<VerifiedRequest[]> {
  const traced: { readonly id: ErasureRequest['id']; readonly forms: number }[] = [];
  const matchers: TraceMatcher[] = [];
  for (const { id } of requests) {
    const traces = await verification.tracesOf(id);
    if (traces === undefined) {
      tell(`${id}: nothing was kept to look for.`);
      continue;
    }
    traced.push({ id, forms: traces.digests.length });
    matchers.push(new TraceMatcher(id, traces));
  }
  if (traced.length === 0) return [];
  const scans = await scanStores(storesOf(paths, cell), matchers, tell);
  const blind = scans.find((scan) => !isClean({ ...scan, finds: [] }));
  if (blind !== undefined) {
    throw new StackError(`${blind.store} cannot be seen through, so that a scan says nothing.`);
  }
  const results: VerifiedRequest[] = [];
  for (const { id, forms } of traced) {
    const findsIn = (scan: StoreScan) =>
      scan.finds.filter(({ label }) => label.startsWith(`${id}/`)).length;
    const found = scans.reduce((sum, scan) => sum + findsIn(scan), 0);
    const facts = { requestId: id, part: 'store-scan', tried: forms, found } as const;
    const stores = scans.map((scan) => ({
      ...{ store: scan.store, bytes: scan.bytes, controls: scan.controls, finds: findsIn(scan) },
    }));
    await verification.give({ ...facts, details: { stores } });
    results.push({ ...facts, isGiven: true });
  }
  return results;
}

async function scanStores(
  stores: readonly ScannedStore[],
  matchers: readonly TraceMatcher[],
  tell: (line: string) => void,
): Promise<StoreScan[]> {
  const scans: StoreScan[] = [];
  for (const store of stores) {
    if (ofProviders.test(store.name)) continue;
    for (const scan of await scanStore(store, [], matchers)) {
      scans.push(scan);
      const controls = `${scan.controls - scan.missedControls.length}/${scan.controls}`;
      tell(`  ${scan.store.padEnd(38)} controls ${controls}  finds ${scan.finds.length}`);
      for (const { label, file, offset } of scan.finds)
        tell(`    FOUND ${label} in ${file} at ${offset}`);
    }
  }
  return scans;
}

async function drillFor(
  requests: readonly ErasureRequest[],
  verification: ErasureVerification,
  order: VerificationOrder,
): Promise<VerifiedRequest[]> {
  const { backup, tell } = order;
  if (backup === undefined || requests.length === 0) {
    if (requests.length > 0) tell('No backup was named by --backup: none is looked into.');
    return [];
  }
  const { backupId, people } = await attackBackup(requests, order, backup);
  const results: VerifiedRequest[] = [];
  for (const request of requests) {
    const { id, subject } = request;
    const person = people.get(subject) ?? { sealed: 0, opened: 0, hasKey: false };
    const { sealed, opened } = person;
    const facts = { requestId: id, part: 'restore-drill', tried: sealed, found: opened } as const;
    const obstacle = await obstacleOf(request, person, verification);
    if (obstacle === undefined) await verification.give({ ...facts, details: { backupId } });
    else tell(`${id}: ${backupId} ${obstacle}.`);
    results.push({ ...facts, isGiven: obstacle === undefined });
  }
  return results;
}

/** Why what was found in a backup is no evidence, neither for nor against; undefined where it is. */
async function obstacleOf(
  request: ErasureRequest,
  { sealed, opened, hasKey }: PersonInBackup,
  verification: ErasureVerification,
): Promise<string | undefined> {
  if (sealed === 0) return 'holds nothing of the person; name one from before the erasure';
  if (opened === 0 && !hasKey) {
    return 'is from after the end of the person’s key, which nothing in it wraps; name an older one';
  }
  if (opened === 0 || !(await verification.opensUntilEpochEnds(request))) return undefined;
  return 'opens until the epochs of the person’s key have ended; look again then';
}

async function attackBackup(
  requests: readonly ErasureRequest[],
  { paths, cell, tell }: VerificationOrder,
  backup: string,
): Promise<{ readonly backupId: string; readonly people: ReadonlyMap<string, PersonInBackup> }> {
  const work = join(paths.verification, cell.id);
  const kms = kmsClientOf(cell, 'administrator');
  try {
    const keyArn = new SecretStore(cell.secrets).read('kms/backup-key-arn');
    const control = await newAttackControl(cell.id as CellId, kms, keyArn);
    return await restoreBeside(
      {
        ...{ cell: cell.id, region: cell.region, set: resolve(backup), kms },
        ...{ keys: await readPinnedKeys(paths.journalOf(cell.id).witness) },
        folder: join(work, 'restored'),
      },
      async ({ backupId, shopUrl, vaultUrl }) => {
        tell(`${backupId} is restored beside ${cell.id}, and attacked with every login.`);
        const people = await attackRestored(
          requests.map(({ subject }) => subject),
          {
            ...{ cell: cell.id, region: cell.region, shopUrl, vaultUrl, control },
            ...{ kms: await kmsAccessOf(cell), folder: join(work, 'bundle') },
          },
        );
        return { backupId, people };
      },
    );
  } finally {
    kms.destroy();
  }
}

/** Reads with the worker's logins, writes as the owner, signs with a person's login. */
const withVerification = <T>(
  { id }: DescribedCell,
  work: (verification: ErasureVerification) => Promise<T>,
): Promise<T> =>
  withCellDatabases(id, async ({ cell, shop, vault }) => {
    const vaultOfOwner = new VaultDatabase({
      url: vaultUrlOfOwner(cell),
      ...{ connectionsMax: 1, applicationName: `${cell.id} cli` },
    });
    const verification = openErasureVerification({
      ...{ cell: cell.id as CellId, shop, vault, vaultOfOwner },
      ...{ kms: kmsOf(cell, 'worker'), operatorKms: kmsOf(cell, 'administrator') },
    });
    try {
      return await work(verification);
    } finally {
      verification.close();
      await vaultOfOwner.close();
    }
  });

function kmsOf(cell: DescribedCell, login: 'worker' | 'administrator') {
  const secrets = new SecretStore(cell.secrets);
  return {
    endpoint: cell.kmsEndpoint,
    awsRegion: runtimeOf(cell.region).awsRegion,
    accessKeyId: secrets.read(`kms/${login}.access-key-id`),
    secretAccessKey: secrets.read(`kms/${login}.secret-access-key`),
  };
}

function vaultUrlOfOwner(cell: DescribedCell): string {
  const { superuser, database } = readClusterRoles('vault');
  const password = readFileSync(join(cell.data, 'vault', 'superuser.password'), 'utf8');
  const login = `${superuser}:${encodeURIComponent(password)}`;
  const port = cell.databasePorts['vault'] ?? 0;
  const role = encodeURIComponent('-c role=vault_owner');
  return `postgresql://${login}@127.0.0.1:${port}/${database}?options=${role}`;
}
