import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type pg from 'pg';

import {
  columnsQuery,
  constraintsQuery,
  extensionsQuery,
  functionsQuery,
  grantsQuery,
  indexesQuery,
  ownersQuery,
  publicationsQuery,
  rolesQuery,
  triggersQuery,
  viewsQuery,
} from './catalogue-queries.ts';
import { clusterFolder } from './namespaces.ts';
import type { ClusterName } from './namespaces.ts';
import { readClusterRoles } from './roles.ts';

export interface CatalogueColumn {
  /** As PostgreSQL spells it: `text`, `timestamp(3) with time zone`, `bigint[]`. */
  readonly type: string;
  readonly notNull: boolean;
  readonly default?: string;
  readonly comment?: string;
  /** The labels, if the type is an enumeration. */
  readonly labels?: readonly string[];
}

/** Everything about a database that a migration decides, in words that can be compared and read. */
export interface Catalogue {
  /** By `namespace.table`, in the tables' own order of columns. */
  readonly columns: Readonly<Record<string, Readonly<Record<string, CatalogueColumn>>>>;
  /** The value is a digest of the definition. */
  readonly views: Readonly<Record<string, string>>;
  /** By `namespace.table.constraint`. */
  readonly constraints: Readonly<Record<string, string>>;
  readonly indexes: Readonly<Record<string, string>>;
  readonly triggers: Readonly<Record<string, string>>;
  /** By signature; the value is a digest of the whole definition. */
  readonly functions: Readonly<Record<string, string>>;
  readonly publications: Readonly<Record<string, string>>;
  readonly extensions: readonly string[];
  /** `GRANT SELECT ON TABLE carts.cart TO shop_api`, rights of the owner itself left out. */
  readonly grants: readonly string[];
  /** Objects that the cluster's owner does not own. */
  readonly foreignOwners: readonly string[];
  /** What each role is: attributes, memberships, session settings. */
  readonly roles: Readonly<Record<string, string>>;
}

interface NamedText {
  readonly name: string;
  readonly text: string;
}

async function textsByName(
  client: pg.Client,
  query: string,
  values: unknown[] = [],
): Promise<Record<string, string>> {
  const { rows } = await client.query<NamedText>(query, values);
  // sorted here, so that a server with another collation gives the same
  const byName = rows.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return Object.fromEntries(byName.map(({ name, text }) => [name, text]));
}

async function lines(client: pg.Client, query: string, values: unknown[] = []): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(query, values);
  return rows.map(({ line }) => line).sort();
}

interface ColumnRow {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly notNull: boolean;
  readonly default: string | null;
  readonly comment: string | null;
  readonly labels: readonly string[] | null;
}

async function readColumns(client: pg.Client): Promise<Catalogue['columns']> {
  const { rows } = await client.query<ColumnRow>(columnsQuery);
  const tables: Record<string, Record<string, CatalogueColumn>> = {};
  for (const { table, column, type, notNull, ...rest } of rows) {
    (tables[table] ??= {})[column] = {
      type,
      notNull,
      ...(rest.default === null ? {} : { default: rest.default }),
      ...(rest.comment === null ? {} : { comment: rest.comment }),
      ...(rest.labels === null ? {} : { labels: rest.labels }),
    };
  }
  return tables;
}

/** Reads the catalogue of a database; the login must be a superuser's or the owner's. */
export async function readCatalogue(client: pg.Client, cluster: ClusterName): Promise<Catalogue> {
  const owner = `${cluster}_owner`;
  const { superuser } = readClusterRoles(cluster);
  return {
    columns: await readColumns(client),
    views: await textsByName(client, viewsQuery),
    constraints: await textsByName(client, constraintsQuery),
    indexes: await textsByName(client, indexesQuery),
    triggers: await textsByName(client, triggersQuery),
    functions: await textsByName(client, functionsQuery),
    publications: await textsByName(client, publicationsQuery),
    extensions: await lines(client, extensionsQuery),
    grants: await lines(client, grantsQuery),
    foreignOwners: await lines(client, ownersQuery, [owner]),
    roles: await textsByName(client, rolesQuery, [`${cluster}_%`, superuser]),
  };
}

export const catalogueFile = (cluster: ClusterName): string =>
  join(clusterFolder(cluster), 'catalogue.json');

export const catalogueText = (catalogue: Catalogue): string =>
  `${JSON.stringify(catalogue, undefined, 2)}\n`;

/** The committed catalogue; undefined before the first composition. */
export function readStoredCatalogue(cluster: ClusterName): Catalogue | undefined {
  const file = catalogueFile(cluster);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Catalogue) : undefined;
}

/** Every leaf of a catalogue as `section › name › … : value`. */
function leaves(value: unknown, path: readonly string[] = []): string[] {
  if (typeof value !== 'object' || value === null) {
    return [`${path.join(' › ')}: ${JSON.stringify(value)}`];
  }
  const isList = Array.isArray(value);
  return Object.entries(value).flatMap(([key, item]) =>
    leaves(item, isList ? path : [...path, key]),
  );
}

/**
 * What differs, one line each: `-` is expected and missing, `+` is there and nobody asked for it. A
 * role that only the leader has is not missed elsewhere.
 */
export function compareCatalogues(
  expected: Catalogue,
  found: Catalogue,
  { absentRoles = [] }: { absentRoles?: readonly string[] } = {},
): string[] {
  const isAbout = (line: string): boolean =>
    absentRoles.some((role) => new RegExp(`(TO |roles › )${role}\\b`).test(line));
  const before = new Set(leaves(expected).filter((line) => !isAbout(line)));
  const after = new Set(leaves(found));
  return [
    ...[...before].filter((line) => !after.has(line)).map((line) => `- ${line}`),
    ...[...after].filter((line) => !before.has(line)).map((line) => `+ ${line}`),
  ].sort((a, b) => (a.slice(2) < b.slice(2) ? -1 : 1));
}
