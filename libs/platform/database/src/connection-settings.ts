import pg from 'pg';

export interface DatabaseOptions {
  /** With role and password; never logged. */
  readonly url: string;
  readonly connectionsMax: number;
  /** What `pg_stat_activity` shows: `in-1 api`. */
  readonly applicationName: string;
}

const connectTimeoutMs = 2_000;
/** Longer than the server's own limits: only a commit that waits for its standby reaches it. */
const answerTimeoutMs = 4_000;
const idleConnectionMs = 10_000;
const connectionLifetimeSeconds = 300;

const { builtins } = pg.types;
const bigintArrayOid = 1016;
const asIs = (text: string): string => text;

type ParseTexts = (text: string) => (string | null)[];
const parseBigintArray = (text: string): (bigint | null)[] => {
  // the driver's list of types does not name arrays
  const parse = (pg.types.getTypeParser as (oid: number) => ParseTexts)(bigintArrayOid);
  return parse(text).map((item) => (item === null ? null : BigInt(item)));
};

/** The driver's own parsers lose precision (bigint) or invent a time zone (date). */
const parsers = new Map<number, (text: string) => unknown>([
  [builtins.INT8, BigInt],
  [builtins.DATE, asIs],
  [bigintArrayOid, parseBigintArray],
]);

// the driver's list of types names only some of those a server has
const builtinParser = pg.types.getTypeParser as (oid: number, format?: string) => unknown;
const types = {
  getTypeParser: (oid: number, format?: string) => parsers.get(oid) ?? builtinParser(oid, format),
} as pg.CustomTypesConfig;

export function clientConfig(options: DatabaseOptions): pg.ClientConfig {
  return {
    connectionString: options.url,
    application_name: options.applicationName,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: answerTimeoutMs,
    keepAlive: true,
    pipeline: true,
    types,
  };
}

export function poolConfig(options: DatabaseOptions): pg.PoolConfig {
  return {
    ...clientConfig(options),
    max: options.connectionsMax,
    idleTimeoutMillis: idleConnectionMs,
    maxLifetimeSeconds: connectionLifetimeSeconds,
  };
}
