import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import {
  accessOf,
  clusterNames,
  createStandby,
  deployCluster,
  FaultProxy,
  freePort,
  newPasswords,
  readClusterRoles,
  readMigrations,
  repositoryRoot,
  startPostgres,
  startStandby,
  synchronousTo,
  throwawaySettings,
  withStackLock,
} from '@entrepot/stack';
import type { RunningPostgres } from '@entrepot/stack';

import type { LaunchedService } from './service-registry.ts';

const superuser = 'test_superuser';
const everything = { isLeader: true } as const;

/** The migrated database that a suite's own is cloned from. */
export const templateOf = (cluster: string): string => `template_${cluster}`;

/** The test servers hold all three clusters' databases, each under its own roles. */
const testAccess = () =>
  clusterNames.flatMap((cluster) =>
    accessOf(cluster, { ...everything, database: `/^(template|test)_${cluster}(_|$)` }),
  );

function startIn(folder: string): Promise<RunningPostgres> {
  const settings = { ...throwawaySettings, max_connections: 200 };
  const access = testAccess();
  return startPostgres({ name: 'test PostgreSQL', folder, superuser, access, settings });
}

function templateKey(): string {
  const hash = createHash('sha256');
  for (const cluster of clusterNames) {
    hash.update(JSON.stringify(readClusterRoles(cluster)));
    for (const { name, checksum } of readMigrations(cluster)) hash.update(`${name} ${checksum}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

async function buildTemplates(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const server = await startIn(folder);
  try {
    const passwords = clusterNames.map((cluster) => newPasswords(cluster, everything));
    for (const [index, cluster] of clusterNames.entries()) {
      await deployCluster({
        cluster,
        superuserUrl: server.urlFor('postgres'),
        passwords: passwords[index] ?? {},
        database: templateOf(cluster),
        ...everything,
      });
    }
    const file = join(folder, 'passwords.json');
    writeFileSync(file, JSON.stringify(Object.assign({}, ...passwords)), { mode: 0o600 });
  } finally {
    await server.stop();
  }
  rmSync(join(folder, 'server.log'));
}

/** Copies a stopped server with migrated templates, made anew when a migration changes. */
function copyPrepared(target: string): Promise<void> {
  const cache = join(repositoryRoot, '.entrepot', 'cache', 'test-postgres');
  mkdirSync(cache, { recursive: true });
  return withStackLock(join(cache, '..', 'test-postgres.lock'), async () => {
    const prepared = join(cache, templateKey());
    if (!existsSync(prepared)) {
      for (const old of readdirSync(cache)) rmSync(join(cache, old), { recursive: true });
      const unfinished = join(cache, 'unfinished');
      await buildTemplates(unfinished);
      renameSync(unfinished, prepared);
    }
    // cp, because Node's own copy forgets the modes that PostgreSQL insists on
    execFileSync('cp', ['-a', prepared, target]);
  });
}

/** `postgres` is shared by the run; `postgres:<name>` is a server of its own. */
export async function launchPostgres(runFolder: string, name: string): Promise<LaunchedService> {
  const folder = join(runFolder, name.replace(':', '-'));
  await copyPrepared(folder);
  const server = await startIn(folder);
  const passwords = JSON.parse(readFileSync(join(folder, 'passwords.json'), 'utf8')) as unknown;
  return {
    services: [server],
    description: { superuserUrl: server.urlFor('postgres'), passwords },
  };
}

const replication = { role: 'test_standby', password: 'only-in-test-runs' } as const;

/** Memory and log as on a server of its own: small ones read pages again and again, and write them whole every few seconds. */
const roomy = { shared_buffers: '256MB', min_wal_size: '2GB', max_wal_size: '2GB' } as const;

/**
 * `postgres-pair:<name>` is a server of its own with a synchronous standby. Both write as in production: a
 * commit is answered when it is on two disks. In `postgres-pair:<name>:<ms>` the standby's word arrives so much later.
 */
export async function launchPostgresPair(
  runFolder: string,
  name: string,
): Promise<LaunchedService> {
  const folder = join(runFolder, name.replaceAll(':', '-'));
  await copyPrepared(folder);
  const access = [...testAccess(), { role: replication.role, database: 'replication' }];
  const settings = { max_connections: 200, ...roomy };
  const common = { superuser, access, settings };
  const primary = { ...common, name: 'test primary', folder, port: await freePort() };
  const standby = {
    ...{ ...common, name: 'test standby', folder: `${folder}-standby`, port: await freePort() },
    ...{ standbyName: replication.role, primaryPort: primary.port, login: replication },
  };
  await createStandby(primary, standby);
  const awayMs = Number(name.split(':')[2] ?? 0);
  const way = awayMs === 0 ? undefined : await openWay(primary.port, awayMs);
  const synchronous = { ...settings, ...synchronousTo(replication.role) };
  const services = [
    await startPostgres({ ...primary, settings: synchronous }),
    await startStandby({ ...standby, ...(way !== undefined && { primaryPort: way.port }) }),
  ];
  const [server] = services;
  const passwords = JSON.parse(readFileSync(join(folder, 'passwords.json'), 'utf8')) as unknown;
  return { services, description: { superuserUrl: server?.urlFor('postgres'), passwords } };
}

/** It ends with the process, as the servers behind it do. */
async function openWay(to: number, awayMs: number): Promise<FaultProxy> {
  const way = await FaultProxy.start({ name: 'standby', port: 0, targets: [to] });
  way.delay(awayMs, ['sent']);
  return way;
}
