import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { newestBefore, restoreBeside } from '@entrepot/backup';
import type { ScannedStore } from '@entrepot/border-scan';
import { attackRestored, kmsAccessOf, kmsClientOf, newAttackControl } from '@entrepot/drills';
import type { PersonInBackup } from '@entrepot/drills';
import type { CellId } from '@entrepot/kernel';
import { VaultDatabase } from '@entrepot/platform-database';
import { openErasureVerification, readPinnedKeys } from '@entrepot/privacy';
import type { ErasureRequest, ErasureVerification, OperatorPart } from '@entrepot/privacy';
import { readClusterRoles, runtimeOf, SecretStore } from '@entrepot/stack';
import type { ClusterName, DescribedCell, StackPaths } from '@entrepot/stack';

import { storesOf } from '../residency/scanned-stores.ts';
import { withCellDatabases } from '../shop-of-cell.ts';
import { labelsInCatalogue } from './public-rows.ts';
import { withRunFolder } from './run-folder.ts';
import { openTraces, scanFor } from './scan-stores.ts';

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

/** What stands on this disk and belongs to another firm, which erases for itself, is not. */
const isOwn = ({ name }: ScannedStore): boolean => !/\smail$/.test(name);

/** Looks for everybody whose erasure awaits it, in every store and in a restored backup, and signs what came of it. */
export async function verifyErasures(order: VerificationOrder): Promise<VerifiedRequest[]> {
  return withRunFolder(order.paths.verification, (folder) => verifyIn(folder, order));
}

function verifyIn(folder: string, order: VerificationOrder): Promise<VerifiedRequest[]> {
  return withVerification(order.cell, async (verification) => {
    const awaited = await verification.awaited();
    const lacking = (part: OperatorPart): ErasureRequest[] =>
      awaited.filter(({ parts }) => parts.includes(part)).map(({ request }) => request);
    order.tell(`${order.cell.id}: ${awaited.length} erasures await evidence.`);
    return [
      ...(await scan(lacking('store-scan'), verification, order)),
      ...(await drillFor(lacking('restore-drill'), verification, { ...order, folder })),
    ];
  });
}

async function scan(
  requests: readonly ErasureRequest[],
  verification: ErasureVerification,
  { paths, cell, tell }: VerificationOrder,
): Promise<VerifiedRequest[]> {
  const { traced, unopened } = await openTraces(requests, (id) => verification.tracesOf(id), tell);
  const scanned = await scanFor(traced, {
    stores: traced.length === 0 ? [] : storesOf(paths, cell).filter(isOwn),
    inPublicRows: (matchers) => labelsInCatalogue(superuserUrlOf(cell, 'catalog'), matchers),
    tell,
  });
  const part = 'store-scan';
  const results: VerifiedRequest[] = unopened.map((requestId) => ({
    ...{ requestId, part, tried: 0, found: 0, isGiven: false },
  }));
  for (const { id, tried, found, details } of scanned) {
    const facts = { requestId: id, part, tried, found } as const;
    for (const { table, forms } of details.setAside) {
      tell(`${id}: ${forms} forms stand in ${table} as well, and are set aside.`);
    }
    await verification.give({ ...facts, details });
    results.push({ ...facts, isGiven: true });
  }
  return results;
}

const nobody: PersonInBackup = { sealed: 0, opened: 0, hasKey: false, isKnown: false };

async function drillFor(
  requests: readonly ErasureRequest[],
  verification: ErasureVerification,
  order: VerificationOrder & { readonly folder: string },
): Promise<VerifiedRequest[]> {
  const { backup, tell } = order;
  if (backup === undefined || requests.length === 0) {
    if (requests.length > 0) tell('No backup was named by --backup: none is looked into.');
    return [];
  }
  const { backupId, people } = await attackBackup(requests, order, backup);
  const keys = await readPinnedKeys(order.paths.journalOf(order.cell.id).witness);
  const results: VerifiedRequest[] = [];
  for (const request of requests) {
    const { id, subject, purgedAt } = request;
    const person = people.get(subject) ?? nobody;
    const { sealed, opened, isKnown } = person;
    const facts = { requestId: id, part: 'restore-drill', tried: sealed, found: opened } as const;
    // whoever was still there is in the newest backup of that time, if they are in any
    const newest =
      isKnown || purgedAt === undefined ? undefined : newestBefore(backup, purgedAt, keys);
    const obstacle =
      newest === undefined ? await obstacleOf(request, person, verification) : undefined;
    if (obstacle !== undefined) tell(`${id}: ${backupId} ${obstacle}.`);
    else if (newest === undefined) await verification.give({ ...facts, details: { backupId } });
    else {
      const { startedAt, finishedAt } = newest;
      tell(`${id}: no backup was made while the person was there.`);
      const details = { backupId, inNoBackup: { startedAt, finishedAt } };
      await verification.give({ ...facts, details });
    }
    results.push({ ...facts, isGiven: obstacle === undefined });
  }
  return results;
}

const holdsNothing =
  'holds nothing of the person; name one from before the erasure, or where none does the newest from before it';

/** Why what was found in a backup is no evidence, neither for nor against; undefined where it is. */
async function obstacleOf(
  request: ErasureRequest,
  { sealed, opened, hasKey }: PersonInBackup,
  verification: ErasureVerification,
): Promise<string | undefined> {
  if (sealed === 0) return holdsNothing;
  if (opened === 0 && !hasKey) {
    return 'is from after the end of the person’s key, which nothing in it wraps; name an older one';
  }
  if (opened === 0 || !(await verification.opensUntilEpochEnds(request))) return undefined;
  return 'opens until the epochs of the person’s key have ended; look again then';
}

async function attackBackup(
  requests: readonly ErasureRequest[],
  { paths, cell, folder, tell }: VerificationOrder & { readonly folder: string },
  backup: string,
): Promise<{ readonly backupId: string; readonly people: ReadonlyMap<string, PersonInBackup> }> {
  const kms = kmsClientOf(cell, 'administrator');
  try {
    const keyArn = new SecretStore(cell.secrets).read('kms/backup-key-arn');
    const control = await newAttackControl(cell.id as CellId, kms, keyArn);
    return await restoreBeside(
      {
        ...{ cell: cell.id, region: cell.region, set: resolve(backup), kms },
        ...{ keys: await readPinnedKeys(paths.journalOf(cell.id).witness) },
        folder: join(folder, 'restored'),
      },
      async ({ backupId, shopUrl, vaultUrl }) => {
        tell(`${backupId} is restored beside ${cell.id}, and attacked with every login.`);
        const people = await attackRestored(
          requests.map(({ subject }) => subject),
          {
            ...{ cell: cell.id, region: cell.region, shopUrl, vaultUrl, control },
            ...{ kms: await kmsAccessOf(cell), folder: join(folder, 'bundle') },
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
      url: `${superuserUrlOf(cell, 'vault')}?options=${encodeURIComponent('-c role=vault_owner')}`,
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

function superuserUrlOf(cell: DescribedCell, cluster: ClusterName): string {
  const { superuser, database } = readClusterRoles(cluster);
  const password = readFileSync(join(cell.data, cluster, 'superuser.password'), 'utf8');
  const login = `${superuser}:${encodeURIComponent(password)}`;
  const port = cell.databasePorts[cluster] ?? 0;
  return `postgresql://${login}@127.0.0.1:${port}/${database}`;
}
