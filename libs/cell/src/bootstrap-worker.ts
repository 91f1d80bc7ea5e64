import { Module } from '@nestjs/common';
import type { DynamicModule, INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { loadWorkerConfig } from '@entrepot/platform-config';
import type { WorkerConfig } from '@entrepot/platform-config';
import { MeasureCatalogAge } from '@entrepot/catalog';
import { ContinueOrder, paymentNoticesConsumer, ReconcileOrders } from '@entrepot/flow-checkout';
import { RunErasures } from '@entrepot/flow-erasure';
import { ExpireHolds } from '@entrepot/inventory';
import type { ShopDatabase } from '@entrepot/platform-database';
import { FrameworkLog } from '@entrepot/platform-http';
import { IdempotencyRegister } from '@entrepot/platform-idempotency';
import type { Log } from '@entrepot/platform-telemetry';
import { CellMessaging, KafkaEventLog, MessagingMetrics } from '@entrepot/platform-messaging';
import { CellModule } from './cell.module.ts';
import type { CellParts } from './cell.module.ts';
import { addDemoPeople } from './demo-people.ts';
import { workerDomains } from './domains.ts';
import { catalogProbe, consumerProbe } from './lag-probes.ts';
import { serveObservability } from './observability.ts';
import { clientName, openContext, runProcess } from './process-context.ts';
import type { ProcessContext } from './process-context.ts';
import { Readiness } from './readiness.ts';
import type { RegionProfile } from './region-profile.ts';
import { endOnFailure, endOnSignal } from './shutdown.ts';
import { CellStores } from './stores.ts';
import { Upkeep } from './upkeep.ts';

const reconcileOrdersEveryMs = 2_000;
const expireHoldsEveryMs = 5_000;
const expireKeysEveryMs = 60_000;
const runErasuresEveryMs = 2_000;

/** Starts the worker process of a cell: relay, consumers and upkeep. */
export const bootstrapWorker = (region: RegionProfile): Promise<void> =>
  runProcess(() => startWorker(region, loadWorkerConfig()));

async function startWorker(region: RegionProfile, config: WorkerConfig): Promise<void> {
  const context = openContext('worker', region, config.process);
  const { log, directory, cell, metrics } = context;
  const stores = await CellStores.open(context, config);
  const readiness = new Readiness(cell.id, stores.probes(context));
  const parts = { databases: stores.databases, cache: stores.cache, readiness };
  const app = await NestFactory.createApplicationContext(
    WorkerModule.forCell(context, { ...parts, config }),
    { logger: new FrameworkLog(log), abortOnError: false },
  );
  await addDemoPeople(app, context, config.demo);
  const messaging = await CellMessaging.startWorker({
    cell: cell.id,
    directory,
    database: stores.databases.shop,
    log: new KafkaEventLog({ ...config.kafka, clientId: clientName(context) }),
    metrics: new MessagingMetrics(metrics),
    consumers: [paymentNoticesConsumer(app.get(ContinueOrder, { strict: false }), metrics)],
  });
  readiness.watch(
    catalogProbe(app.get(MeasureCatalogAge, { strict: false })),
    ...messaging.consumers.map(consumerProbe),
  );
  const upkeep = startUpkeep(app, stores.databases.shop, log);
  const observability = await serveObservability(context, readiness);
  log.info('process.ready', { port: observability.port, pid: process.pid });
  endOnFailure(messaging.failed, log);
  endOnSignal(
    [
      { name: 'readiness', run: () => readiness.drain() },
      { name: 'upkeep', run: () => upkeep.stop() },
      { name: 'messaging', run: () => messaging.stop() },
      { name: 'domains', run: () => app.close() },
      { name: 'stores', run: () => stores.close() },
      { name: 'observability', run: () => observability.close() },
    ],
    log,
  );
}

function startUpkeep(app: INestApplicationContext, shop: ShopDatabase, log: Log): Upkeep {
  const upkeep = new Upkeep(log);
  const reconcile = app.get(ReconcileOrders, { strict: false });
  const expire = app.get(ExpireHolds, { strict: false });
  const register = app.get(IdempotencyRegister, { strict: false });
  upkeep.every(reconcileOrdersEveryMs, 'checkout.reconcile', () => reconcile.execute());
  upkeep.every(expireHoldsEveryMs, 'inventory.expire', () => expire.execute());
  const erasures = app.get(RunErasures, { strict: false });
  upkeep.every(runErasuresEveryMs, 'erasure.run', () => erasures.execute());
  upkeep.every(expireKeysEveryMs, 'idempotency.expire', () => register.deleteExpired(shop));
  return upkeep;
}

@Module({})
export class WorkerModule {
  static forCell(
    context: ProcessContext,
    parts: CellParts & { readonly config: WorkerConfig },
  ): DynamicModule {
    return {
      module: WorkerModule,
      imports: [CellModule.forProcess(context, parts), ...workerDomains(context, parts.config)],
    };
  }
}
