import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { CellId, SalesChannelId, SessionId, StaffId } from '@entrepot/kernel';
import { DomainError } from '@entrepot/kernel';
import type { CellDirectory } from '@entrepot/platform-config';
import { RedisSharedCache, SharedCache } from '@entrepot/platform-cache';
import { CatalogDatabase } from '@entrepot/platform-database';
import {
  AccessGuard,
  createHttpApp,
  graphqlModule,
  HomeCellGuard,
  TokenVerifier,
} from '@entrepot/platform-http';
import type { Principal } from '@entrepot/platform-http';
import { Log, Metrics } from '@entrepot/platform-telemetry';
import { testDatabase, testRedis } from '@entrepot/testing';

import { SqlCatalogChanges } from '../src/adapters/sql-catalog-changes.ts';
import { CatalogModule } from '../src/catalog.module.ts';
import type { CatalogContext } from '../src/index.ts';
import { DrainCatalogChanges } from '../src/index.ts';

const leader = { cell: 'in-1' as CellId, origin: 'http://in-1.localhost:4000' };
/** Nothing here asks where a shopper lives. */
const noCells = { cellFor: () => undefined, find: () => undefined } as unknown as CellDirectory;

class WordVerifier extends TokenVerifier {
  verify(token: string): Promise<Principal> {
    if (token !== 'merchandiser') {
      return Promise.reject(new DomainError('UNAUTHENTICATED', 'unknown'));
    }
    return Promise.resolve({
      kind: 'staff',
      sessionId: 'ses_in-1_one' as SessionId,
      staffId: 'stf_in-1_one' as StaffId,
      roles: ['merchandiser'],
    });
  }
}

export const contextOf = (cell: string): CatalogContext => ({
  cell: cell as CellId,
  market: cell.slice(0, 2),
  salesChannelId: 'web' as SalesChannelId,
  defaultLocale: 'en',
  leader,
});

/** The shop window of one cell over a database and a Redis that somebody else owns. */
export async function openShopWindow(options: {
  readonly context: CatalogContext;
  readonly database: CatalogDatabase;
  readonly cache: SharedCache;
}): Promise<NestFastifyApplication> {
  const log = new Log({ level: 'error', bound: {} });
  const outside = [
    { provide: CatalogDatabase, useValue: options.database },
    { provide: SharedCache, useValue: options.cache },
    { provide: TokenVerifier, useClass: WordVerifier },
    { provide: Log, useValue: log },
  ];
  class Outside {}
  Global()(Outside);
  Module({ providers: outside, exports: outside.map(({ provide }) => provide) })(Outside);
  class ShopWindow {}
  Module({
    imports: [
      Outside,
      CatalogModule.forApi(options.context),
      graphqlModule({ explorers: true, log }),
    ],
    providers: [{ provide: APP_GUARD, useClass: AccessGuard }],
  })(ShopWindow);
  const app = await createHttpApp({
    module: ShopWindow,
    home: new HomeCellGuard(options.context.cell, noCells),
    log,
    metrics: new Metrics({ cell: options.context.cell, process: 'api' }),
    corsOrigins: [],
    explorers: true,
  });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}

/** A cell's catalog with its own database and cache, its API, and its drain run by hand. */
export async function startCatalogCell(cell = 'in-1') {
  const testDb = await testDatabase('catalog', { cell });
  const { url, keyPrefix } = await testRedis();
  const openCache = () => new RedisSharedCache({ url, keyPrefix: `${keyPrefix}catalog:` });
  const caches = [openCache(), openCache()];
  const [apiCache, workerCache] = caches as [RedisSharedCache, RedisSharedCache];
  await Promise.all(caches.map(isReady));
  const database = testDb.open('api');
  const context = contextOf(cell);
  const app = await openShopWindow({ context, database, cache: apiCache });
  const drain = new DrainCatalogChanges(new SqlCatalogChanges(testDb.open('worker')), workerCache);
  const get = (path: string, headers: Record<string, string> = {}) =>
    app.inject({ method: 'GET', url: path, headers });
  const edit = (method: 'POST' | 'PATCH' | 'PUT', path: string, body: object, headers = {}) =>
    app.inject({
      method,
      url: path,
      headers: { authorization: 'Bearer merchandiser', ...headers },
      payload: body,
    });
  const graphql = async (query: string) => {
    const answer = await app.inject({ method: 'POST', url: '/graphql', payload: { query } });
    return answer.json<{ data: Record<string, never>; errors?: unknown }>();
  };
  return {
    app,
    database,
    testDb,
    context,
    apiCache,
    get,
    edit,
    graphql,
    openCache,
    async drainAll() {
      while (!(await drain.execute()).isDrained);
    },
    async stop() {
      await app.close();
      for (const cache of caches) cache.close();
      await testDb.drop();
    },
  };
}
export type CatalogCell = Awaited<ReturnType<typeof startCatalogCell>>;

/** A client has no namespace until it has heard which run of the server it speaks to. */
export async function isReady(cache: RedisSharedCache): Promise<void> {
  for (let waitedMs = 0; waitedMs < 5_000; waitedMs += 10) {
    if (cache.memory !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('the cache did not become ready');
}
