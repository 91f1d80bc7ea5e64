#!/usr/bin/env node
// Stands in for Prisma's native schema engine, which the CLI would download from a host of its own.
// Speaks the CLI's JSON-RPC over stdio, runs the same engine as WebAssembly and reaches PostgreSQL
// through pg. Where Prisma's host can be reached, leave PRISMA_SCHEMA_ENGINE_BINARY unset: the native
// engine reads the same folders and the same `_prisma_migrations` table.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import * as glue from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';

const provider = { provider: 'postgres', adapterName: '@prisma/adapter-pg' };
const maintenanceDatabase = 'postgres';

await loadEngine();
if (process.argv[2] === '--version') {
  process.stdout.write(`schema-engine-wasm ${glue.version()}\n`);
  process.exit(0);
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: { datamodels: { type: 'string', multiple: true }, datasource: { type: 'string' } },
});
const datasource = options.datasource ? JSON.parse(options.datasource) : {};
if (positionals[0] === 'cli') await runDatabaseCommand(positionals[1]);
serve();

async function loadEngine() {
  const wasmFile = createRequire(import.meta.url)
    .resolve('@prisma/schema-engine-wasm/schema_engine_bg')
    .replace(/js$/, 'wasm');
  const { instance } = await WebAssembly.instantiate(readFileSync(wasmFile), {
    './schema_engine_bg.js': glue,
  });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  // the engine aborts without this global when it panics
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => log('ERROR', message) };
}

function log(level, message, errorCode) {
  const fields = { message, error_code: errorCode };
  const line = { level, target: 'schema_engine::logger', fields };
  process.stderr.write(`${JSON.stringify(line)}\n`);
}

/** Splits Prisma's own URL parameters from what the server understands. */
function parseUrl(url, otherDatabase) {
  const parsed = new URL(url);
  const schema = parsed.searchParams.get('schema') ?? undefined;
  for (const key of ['schema', 'connection_limit', 'pool_timeout', 'pgbouncer']) {
    parsed.searchParams.delete(key);
  }
  const database = decodeURIComponent(parsed.pathname.slice(1));
  if (otherDatabase) parsed.pathname = `/${otherDatabase}`;
  return { url: String(parsed), schema, database };
}

async function runSql(connectionString, text) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    if (text) await client.query(text);
  } finally {
    await client.end();
  }
}

async function runDatabaseCommand(command) {
  const { url, database } = parseUrl(datasource.url);
  const admin = parseUrl(datasource.url, maintenanceDatabase).url;
  const name = pg.escapeIdentifier(database);
  const commands = {
    'can-connect-to-database': () => runSql(url),
    'create-database': () => runSql(admin, `CREATE DATABASE ${name}`),
    'drop-database': () => runSql(admin, `DROP DATABASE ${name} WITH (FORCE)`),
  };
  try {
    await commands[command]();
    process.exit(0);
  } catch (error) {
    const prismaCodes = { '3D000': 'P1003', '28P01': 'P1000', '42P04': 'P1009' };
    log('INFO', 'the CLI skips the first line');
    log('ERROR', error.message, prismaCodes[error.code] ?? 'P1001');
    process.exit(1);
  }
}

const charOid = 18;
const textOids = { [charOid]: 25, 24: 25, 2205: 25, 1002: 1009 };

/** The engine's catalogue queries return "char" and reg* columns, which the adapter refuses. */
function asText(result) {
  for (const part of [result].flat()) {
    for (const field of part?.fields ?? []) {
      if (field.dataTypeID === charOid) field.isChar = true;
      field.dataTypeID = textOids[field.dataTypeID] ?? field.dataTypeID;
    }
  }
  return result;
}

class TextClient extends pg.Client {
  query(...parameters) {
    const callback = parameters.at(-1);
    if (typeof callback === 'function') {
      const rest = parameters.slice(0, -1);
      return super.query(...rest, (error, result) => callback(error, asText(result)));
    }
    const result = super.query(...parameters);
    return typeof result?.then === 'function' ? result.then(asText) : result;
  }
}

/** Gives "char" columns their own type back once the adapter has read them as text. */
function withCharColumns(queryable) {
  const performIo = queryable.performIO.bind(queryable);
  const queryRaw = queryable.queryRaw.bind(queryable);
  let last;
  queryable.performIO = async (query) => (last = await performIo(query));
  queryable.queryRaw = async (query) => {
    const rows = await queryRaw(query);
    last.fields.forEach((field, index) => {
      if (field.isChar) rows.columnTypes[index] = ColumnTypeEnum.Character;
    });
    return rows;
  };
  return queryable;
}

async function open({ url, schema }) {
  const factory = new PrismaPg({ connectionString: url, max: 1, Client: TextClient }, { schema });
  const adapter = withCharColumns(await factory.connect());
  const startTransaction = adapter.startTransaction.bind(adapter);
  adapter.startTransaction = async (level) => withCharColumns(await startTransaction(level));
  adapter.executeScript = (script) => executeWhole(adapter, script);
  return adapter;
}

/** The adapter's own version splits at every semicolon and so breaks function bodies. */
async function executeWhole(adapter, script) {
  try {
    await adapter.underlyingDriver().query(script);
  } catch (error) {
    throw Object.assign(new Error(error.message), {
      name: 'DriverAdapterError',
      cause: {
        kind: 'postgres',
        code: error.code ?? 'N/A',
        severity: error.severity ?? 'ERROR',
        message: error.message,
        detail: error.detail,
        column: error.column,
        hint: error.hint,
      },
    });
  }
}

const emptyDatabase = `DO $$
DECLARE namespace name;
BEGIN
  FOR namespace IN
    SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)'
  LOOP
    EXECUTE format('DROP SCHEMA %I CASCADE', namespace);
  END LOOP;
  CREATE SCHEMA public;
END$$`;

async function openShadow() {
  if (datasource.shadowDatabaseUrl) {
    const adapter = await open(parseUrl(datasource.shadowDatabaseUrl));
    await adapter.executeScript(emptyDatabase);
    return adapter;
  }
  const name = `prisma_migrate_shadow_db_${crypto.randomUUID()}`;
  const admin = parseUrl(datasource.url).url;
  await runSql(admin, `CREATE DATABASE "${name}"`);
  const adapter = await open(parseUrl(datasource.url, name));
  const dispose = adapter.dispose.bind(adapter);
  adapter.dispose = async () => {
    await dispose();
    await runSql(admin, `DROP DATABASE "${name}" WITH (FORCE)`);
  };
  return adapter;
}

/** What the engine asks of a server when it only compares schema files. */
async function openOffline() {
  const version = {
    columnNames: ['version', 'numeric_version'],
    columnTypes: [ColumnTypeEnum.Text, ColumnTypeEnum.Int32],
    rows: [['PostgreSQL 18.4', 180004]],
  };
  return {
    ...provider,
    queryRaw: async () => version,
    executeRaw: async () => 0,
    executeScript: async () => {},
    startTransaction: async () => {
      throw new Error('offline');
    },
    dispose: async () => {},
    getConnectionInfo: () => ({ schemaName: 'public', supportsRelationJoins: true }),
  };
}

let engine;
function engineFor({ method, params }) {
  const offlineTags = ['empty', 'schemaDatamodel'];
  const isOffline =
    method === 'diff' && [params.from.tag, params.to.tag].every((tag) => offlineTags.includes(tag));
  engine ??= glue.SchemaEngine.new(
    { datamodels: options.datamodels?.map((path) => [path, readFileSync(path, 'utf8')]) },
    () => {},
    bindMigrationAwareSqlAdapterFactory({
      ...provider,
      connect: isOffline ? openOffline : () => open(parseUrl(datasource.url)),
      connectToShadowDb: isOffline ? openOffline : openShadow,
    }),
  );
  return engine;
}

function send(message) {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
}

async function answer(line) {
  const request = JSON.parse(line);
  if (!request.method) return;
  try {
    const method = request.method === 'getDatabaseVersion' ? 'version' : request.method;
    const started = await engineFor(request);
    let result = (await started[method](request.params ?? {})) ?? {};
    if (method === 'diff' && result.stdout) {
      send({ id: 'print', method: 'print', params: { content: result.stdout } });
      result = { ...result, stdout: null };
    }
    send({ id: request.id, result });
  } catch (error) {
    send({ id: request.id, error: asRpcError(error) });
  }
}

function asRpcError(error) {
  const detail = parseDetail(error);
  return {
    code: 4466,
    message: 'engine error',
    data: {
      is_panic: false,
      message: detail?.message ?? error?.message ?? String(error),
      error_code: detail?.error_code ?? error?.code,
      meta: detail?.meta,
    },
  };
}

/** The engine wraps its own errors as JSON in the message; anything else stays plain text. */
function parseDetail(error) {
  const text = String(error?.message ?? error);
  return text.startsWith('{') ? JSON.parse(text) : undefined;
}

function serve() {
  let queue = Promise.resolve();
  createInterface({ input: process.stdin })
    .on('line', (line) => {
      queue = queue.then(() => answer(line));
    })
    .on('close', () => queue.finally(() => process.exit(0)));
}
