import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { loadWorkerConfig } from '@entrepot/platform-config';
import type { WorkerConfig } from '@entrepot/platform-config';
import { FrameworkLog } from '@entrepot/platform-http';
import { CellMessaging, KafkaEventLog, MessagingMetrics } from '@entrepot/platform-messaging';
import { CellModule } from './cell.module.ts';
import type { CellParts } from './cell.module.ts';
import { workerDomains } from './domains.ts';
import { serveObservability } from './observability.ts';
import { clientName, openContext, runProcess } from './process-context.ts';
import type { ProcessContext } from './process-context.ts';
import { Readiness } from './readiness.ts';
import type { RegionProfile } from './region-profile.ts';
import { endOnFailure, endOnSignal } from './shutdown.ts';
import { CellStores } from './stores.ts';

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
  const messaging = await CellMessaging.startWorker({
    cell: cell.id,
    directory,
    database: stores.databases.shop,
    log: new KafkaEventLog({ ...config.kafka, clientId: clientName(context) }),
    metrics: new MessagingMetrics(metrics),
    consumers: [],
  });
  const observability = await serveObservability(context, readiness);
  log.info('process.ready', { port: observability.port, pid: process.pid });
  endOnFailure(messaging.failed, log);
  endOnSignal(
    [
      { name: 'readiness', run: () => readiness.drain() },
      { name: 'messaging', run: () => messaging.stop() },
      { name: 'domains', run: () => app.close() },
      { name: 'stores', run: () => stores.close() },
      { name: 'observability', run: () => observability.close() },
    ],
    log,
  );
}

@Module({})
export class WorkerModule {
  static forCell(
    context: ProcessContext,
    parts: CellParts & { readonly config: WorkerConfig },
  ): DynamicModule {
    return {
      module: WorkerModule,
      imports: [CellModule.forProcess(context, parts), ...workerDomains(context, parts.config.kms)],
    };
  }
}
