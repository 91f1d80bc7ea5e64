import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { MeasureCatalogAge } from '@entrepot/catalog';
import { paymentNotices } from '@entrepot/flow-checkout';
import { openRecovery, tellDemandEveryMs, TellDemand } from '@entrepot/inventory';
import { OrderStore } from '@entrepot/orders';
import { loadApiConfig } from '@entrepot/platform-config';
import type { ApiConfig } from '@entrepot/platform-config';
import { AccessGuard, createHttpApp, HomeCellGuard, RateLimitGuard } from '@entrepot/platform-http';
import { graphqlModule } from '@entrepot/platform-http/graphql';
import { KafkaEventLog } from '@entrepot/platform-messaging';
import { offerCacheBypass } from './cache-bypass-header.ts';
import { CellModule } from './cell.module.ts';
import type { CellParts } from './cell.module.ts';
import { apiDomains } from './api-domains.ts';
import { HealthController } from './health.controller.ts';
import { HomeController } from './home.controller.ts';
import { HomeResolver } from './home.resolver.ts';
import { catalogProbe, consumerProbe, openOrderProbe } from './lag-probes.ts';
import { serveObservability } from './observability.ts';
import { clientName, openContext, refuseDemo, runProcess } from './process-context.ts';
import type { ProcessContext } from './process-context.ts';
import { Readiness } from './readiness.ts';
import type { RegionProfile } from './region-profile.ts';
import { endOnSignal } from './shutdown.ts';
import { compareBooks, stockRecoveryProbe } from './stock-recovery.ts';
import { CellStores } from './stores.ts';
import { UpkeepReport } from './upkeep-report.ts';
import { Upkeep } from './upkeep.ts';

/** Starts the API process of a cell: REST, GraphQL and health for shoppers and staff. */
export const bootstrapApi = (region: RegionProfile): Promise<void> =>
  runProcess(() => startApi(region, loadApiConfig()));

async function startApi(region: RegionProfile, config: ApiConfig): Promise<void> {
  const context = openContext('api', region, config.process);
  const { log, directory, cell } = context;
  await refuseDemo(context, {
    files: [config.tokenKey.file],
    secrets: { ENTREPOT_FINGERPRINT_KEY: config.fingerprint.key().toString('base64') },
  });
  const stores = await CellStores.open(context, config);
  const { shop } = stores.databases;
  const markFile = config.witness.file;
  const recovery = openRecovery({ cell: cell.id, directory, shop, markFile });
  await compareBooks(context, recovery.compareWithMark);
  const readiness = new Readiness(cell.id, stores.probes(context));
  const explorers = config.http.explorers ?? config.process.profile !== 'production';
  const parts = { databases: stores.databases, cache: stores.cache, readiness };
  const app = await createHttpApp({
    module: ApiModule.forCell(context, { ...parts, config, explorers }),
    home: new HomeCellGuard(cell.id, directory),
    log,
    metrics: context.metrics,
    corsOrigins: directory.cellsOfRegion(cell.region).flatMap(originsOf),
    trustedProxies: config.http.trustedProxies,
    explorers,
  });
  if (config.process.profile !== 'production') offerCacheBypass(app.getHttpAdapter().getInstance());
  const eventLog = new KafkaEventLog({ ...config.kafka, clientId: clientName(context) });
  const { name, topics } = paymentNotices;
  const lag = () => eventLog.lagOf({ group: `worker.${name}`, topics });
  readiness.watch(
    catalogProbe(app.get(MeasureCatalogAge, { strict: false })),
    openOrderProbe(app.get(OrderStore, { strict: false })),
    stockRecoveryProbe(recovery.store),
    consumerProbe({ name, lag }),
  );
  const upkeep = new Upkeep(new UpkeepReport(log, context.metrics));
  if (config.stock.rebalancing) {
    const tell = app.get(TellDemand, { strict: false });
    upkeep.every(tellDemandEveryMs, 'inventory.tell_demand', () => tell.execute());
  }
  const observability = await serveObservability(context, readiness);
  await app.listen(config.http.port, config.http.host);
  log.info('process.ready', { port: config.http.port, pid: process.pid });
  endOnSignal(
    [
      { name: 'readiness', run: () => readiness.drain() },
      { name: 'http', run: () => app.close() },
      { name: 'upkeep', run: () => upkeep.stop() },
      { name: 'stores', run: () => stores.close() },
      { name: 'observability', run: () => observability.close() },
    ],
    log,
  );
}

const originsOf = (entry: { origin: string; apiOrigins: readonly string[] }): string[] => [
  ...new Set([entry.origin, ...entry.apiOrigins]),
];

@Module({})
export class ApiModule {
  static forCell(
    context: ProcessContext,
    parts: CellParts & { readonly config: ApiConfig; readonly explorers: boolean },
  ): DynamicModule {
    return {
      module: ApiModule,
      imports: [
        CellModule.forProcess(context, parts),
        graphqlModule({ explorers: parts.explorers, log: context.log }),
        ...apiDomains(context, parts.config),
      ],
      controllers: [HomeController, HealthController],
      providers: [
        HomeResolver,
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_GUARD, useClass: RateLimitGuard },
      ],
    };
  }
}
