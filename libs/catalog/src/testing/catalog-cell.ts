import { Module } from '@nestjs/common';
import type { DynamicModule, Provider } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AvailabilityItem } from '@entrepot/contracts/api/inventory';
import type { CellId, CurrencyCode, SalesChannelId, SessionId, StaffId } from '@entrepot/kernel';
import { DomainError } from '@entrepot/kernel';
import type { CellDirectory } from '@entrepot/platform-config';
import { RedisSharedCache, SharedCache } from '@entrepot/platform-cache';
import type { Floor } from '@entrepot/platform-cache';
import { CatalogDatabase } from '@entrepot/platform-database';
import { AccessGuard, createHttpApp, HomeCellGuard, TokenVerifier } from '@entrepot/platform-http';
import { graphqlModule } from '@entrepot/platform-http/graphql';
import type { Principal } from '@entrepot/platform-http';
import { Log, Metrics } from '@entrepot/platform-telemetry';
import { testDatabase, testRedis } from '@entrepot/testing';

import { SqlCatalogChanges } from '../adapters/sql-catalog-changes.ts';
import { CatalogApiModule } from '../catalog-api.module.ts';
import { StockWindow } from '../application/stock-window.ts';
import type { StockQuestion } from '../application/stock-window.ts';
import type { CatalogContext } from '../application/catalog-context.ts';
import { DrainCatalogChanges } from '../application/drain-catalog-changes.ts';

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
      isRestricted: false,
    });
  }
}

export const contextOf = (cell: string): CatalogContext => ({
  cell: cell as CellId,
  market: cell.slice(0, 2),
  currency: (cell.startsWith('in-') ? 'INR' : 'EUR') as CurrencyCode,
  currencies: new Map([
    ['in', 'INR' as CurrencyCode],
    ['eu', 'EUR' as CurrencyCode],
  ]),
  salesChannelId: 'web' as SalesChannelId,
  defaultLocale: 'en',
  leader,
});

/** Of no article anything is known. */
export class NothingKnown extends StockWindow {
  read(questions: readonly StockQuestion[]): Promise<readonly AvailabilityItem[]> {
    const unknown = {
      availability: 'BORROWING',
      band: 'CHECKING',
      peersHeardSecondsAgo: null,
    } as const;
    return Promise.resolve(questions.map(({ sku }) => ({ sku, ...unknown })));
  }
}

@Module({})
class Outside {}

@Module({})
class ShopWindow {}

/** The shop window of one cell over a database and a Redis that somebody else owns. */
export async function openShopWindow(options: {
  readonly context: CatalogContext;
  readonly database: CatalogDatabase;
  readonly cache: SharedCache;
  /** Put in the place of the module's own. */
  readonly replacements?: readonly Provider[];
  readonly stock?: StockWindow;
}): Promise<NestFastifyApplication> {
  const log = new Log({ level: 'error', bound: {} });
  const outside = [
    { provide: CatalogDatabase, useValue: options.database },
    { provide: SharedCache, useValue: options.cache },
    { provide: TokenVerifier, useClass: WordVerifier },
    { provide: StockWindow, useValue: options.stock ?? new NothingKnown() },
    { provide: Log, useValue: log },
  ];
  const around: DynamicModule = {
    module: Outside,
    global: true,
    providers: outside,
    exports: outside.map(({ provide }) => provide),
  };
  const catalog = CatalogApiModule.over(options.context);
  const providers = [...(catalog.providers ?? []), ...(options.replacements ?? [])];
  const shopWindow: DynamicModule = {
    module: ShopWindow,
    imports: [around, { ...catalog, providers }, graphqlModule({ explorers: true, log })],
    providers: [{ provide: APP_GUARD, useClass: AccessGuard }],
  };
  const app = await createHttpApp({
    module: shopWindow,
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

/** A cell's API over two databases' logins and a Redis of its own; its drain is run by hand. */
export async function openCatalogCell(options: {
  readonly cell: string;
  readonly api: CatalogDatabase;
  readonly worker: CatalogDatabase;
  /** Called once no process may show anything lower any more. */
  readonly onRaised?: (floors: readonly Floor[]) => void;
}) {
  const { url, keyPrefix } = await testRedis();
  const openCache = () => new RedisSharedCache({ url, keyPrefix: `${keyPrefix}catalog:` });
  const [apiCache, workerCache] = [openCache(), openCache()];
  await Promise.all([isReady(apiCache), isReady(workerCache)]);
  const raise = workerCache.raise.bind(workerCache);
  workerCache.raise = async (floors) => {
    await raise(floors);
    options.onRaised?.(floors);
  };
  const context = contextOf(options.cell);
  const app = await openShopWindow({ context, database: options.api, cache: apiCache });
  const drain = new DrainCatalogChanges(new SqlCatalogChanges(options.worker), workerCache);
  const withToken = { authorization: 'Bearer merchandiser' };
  return {
    app,
    context,
    database: options.api,
    drain,
    openCache,
    get: (path: string, headers: Readonly<Record<string, string>> = {}) =>
      app.inject({ method: 'GET', url: path, headers: { ...headers } }),
    edit: (
      method: 'POST' | 'PATCH' | 'PUT',
      path: string,
      body: object,
      headers: Readonly<Record<string, string>> = {},
    ) => app.inject({ method, url: path, headers: { ...withToken, ...headers }, payload: body }),
    async graphql(query: string) {
      const answer = await app.inject({ method: 'POST', url: '/graphql', payload: { query } });
      return answer.json<{ data: unknown; errors?: unknown }>();
    },
    async drainAll() {
      while (!(await drain.execute()).isDrained);
    },
    async close() {
      await app.close();
      apiCache.close();
      workerCache.close();
    },
  };
}

/** The same with a database of the suite's own, which `stop` drops. */
export async function startCatalogCell(cell = 'in-1') {
  const testDb = await testDatabase('catalog', { cell });
  const [api, worker] = [testDb.open('api'), testDb.open('worker')];
  const opened = await openCatalogCell({ cell, api, worker });
  return {
    ...opened,
    async stop() {
      await opened.close();
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
