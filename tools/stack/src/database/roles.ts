import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import pg from 'pg';

import type { PostgresAccess } from '../services/postgres-files.ts';
import { clusterFolder } from './namespaces.ts';
import type { ClusterName } from './namespaces.ts';

const scramIterations = 4096;

export interface RoleDeclaration {
  readonly name: string;
  readonly purpose: string;
  /** May stream the cluster's changes; see the class of connection it is admitted to. */
  readonly replication?: boolean;
  /** Exists only in the cell that leads the catalog. */
  readonly leaderOnly?: boolean;
  readonly memberOf?: readonly string[];
  /** Run-time settings of every session of the role. */
  readonly settings: Readonly<Record<string, string>>;
}

/** What `prisma/<cluster>/roles.json` declares. */
export interface ClusterRoles {
  readonly database: string;
  readonly superuser: string;
  /** The role of the physical standby; absent where the cluster has none. */
  readonly standby?: { readonly role: string; readonly purpose: string };
  readonly roles: readonly RoleDeclaration[];
}

export type RolePasswords = Readonly<Record<string, string>>;

export function readClusterRoles(cluster: ClusterName): ClusterRoles {
  const text = readFileSync(join(clusterFolder(cluster), 'roles.json'), 'utf8');
  return JSON.parse(text) as ClusterRoles;
}

/** The roles a cell's cluster has, the standby's among them. */
export function rolesOf(cluster: ClusterName, { isLeader }: { isLeader: boolean }) {
  const { roles, standby } = readClusterRoles(cluster);
  const physical = standby === undefined ? [] : [asRole(standby)];
  return [...roles.filter(({ leaderOnly }) => isLeader || leaderOnly !== true), ...physical];
}

/** The roles that open the cluster's database: all but the standby's. */
export function loginRolesOf(cluster: ClusterName, leader: { isLeader: boolean }): string[] {
  const { standby } = readClusterRoles(cluster);
  const names = rolesOf(cluster, leader).map(({ name }) => name);
  return names.filter((name) => name !== standby?.role);
}

const asRole = (standby: { role: string; purpose: string }): RoleDeclaration => ({
  name: standby.role,
  purpose: standby.purpose,
  replication: true,
  settings: {},
});

/** Each role may open its own database and nothing else; only the standby speaks the physical protocol. */
export function accessOf(
  cluster: ClusterName,
  { isLeader, database }: { isLeader: boolean; database?: string },
): PostgresAccess[] {
  const declared = readClusterRoles(cluster);
  return rolesOf(cluster, { isLeader }).map(({ name }) => ({
    role: name,
    database: name === declared.standby?.role ? 'replication' : (database ?? declared.database),
  }));
}

/** A new random password for every role of the cluster. */
export function newPasswords(cluster: ClusterName, leader: { isLeader: boolean }): RolePasswords {
  return Object.fromEntries(
    rolesOf(cluster, leader).map(({ name }) => [name, randomBytes(24).toString('base64url')]),
  );
}

/**
 * What PostgreSQL stores of a password (RFC 5803). Made here, so that the password itself is in no
 * statement and in no log of the server. ASCII passwords only: SASLprep would change others.
 */
export function scramVerifier(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, scramIterations, 32, 'sha256');
  const hmac = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(hmac('Client Key')).digest('base64');
  const serverKey = hmac('Server Key').toString('base64');
  const prefix = `SCRAM-SHA-256$${scramIterations}:${salt.toString('base64')}`;
  return `${prefix}$${storedKey}:${serverKey}`;
}

function roleStatements(role: RoleDeclaration, password: string, exists: boolean): string[] {
  const name = pg.escapeIdentifier(role.name);
  const replication = role.replication === true ? 'REPLICATION' : 'NOREPLICATION';
  const attributes = `LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS ${replication}`;
  const verifier = pg.escapeLiteral(scramVerifier(password));
  return [
    `${exists ? 'ALTER' : 'CREATE'} ROLE ${name} ${attributes} PASSWORD ${verifier}`,
    `ALTER ROLE ${name} RESET ALL`,
    ...Object.entries(role.settings).map(
      ([key, value]) =>
        `ALTER ROLE ${name} SET ${pg.escapeIdentifier(key)} = ${pg.escapeLiteral(value)}`,
    ),
    ...(role.memberOf ?? []).map((group) => `GRANT ${pg.escapeIdentifier(group)} TO ${name}`),
  ];
}

/** Creates the roles or brings them to what is declared; `admin` is a superuser's connection. */
export async function ensureRoles(
  admin: pg.Client,
  roles: readonly RoleDeclaration[],
  passwords: RolePasswords,
): Promise<void> {
  const known = await admin.query<{ rolname: string }>('SELECT rolname FROM pg_roles');
  const names = new Set(known.rows.map(({ rolname }) => rolname));
  for (const role of roles) {
    const password = passwords[role.name];
    if (password === undefined) throw new TypeError(`no password was given for ${role.name}`);
    for (const statement of roleStatements(role, password, names.has(role.name))) {
      await admin.query(statement);
    }
  }
}
