import { Module } from '@nestjs/common';
import type { DynamicModule, INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { loadWorkerConfig } from '@entrepot/platform-config';
import type { WorkerConfig } from '@entrepot/platform-config';
import { MeasureCatalogAge } from '@entrepot/catalog';
import { HearOfPayment, paymentNoticesConsumer, ReconcileOrders } from '@entrepot/flow-checkout';
import {
  driveErasure,
  DriveErasureJob,
  KeepStatutoryRecords,
  OwedAcknowledgements,
  PurgeRestored,
  SendOwedAcknowledgements,
} from '@entrepot/flow-erasure';
import {
  ExportStore,
  makeExport,
  MakeExportJob,
  SweepRetention,
  TellCorrections,
  tellExport,
  TellExportJob,
} from '@entrepot/flow-rights';
import {
  auditEveryMs,
  BuyCanary,
  buyCanaryEveryMs,
  CanaryMetrics,
  ExpireHolds,
  openBookAuditor,
} from '@entrepot/inventory';
import type { BookAuditor } from '@entrepot/inventory';
import { OrderStore } from '@entrepot/orders';
import { LookAtLateNewsUseCase } from '@entrepot/payments';
import type { ShopDatabase } from '@entrepot/platform-database';
import { BorderClient, FrameworkLog } from '@entrepot/platform-http';
import { IdempotencyRegister } from '@entrepot/platform-idempotency';
import { BullMqJobQueue, BullMqJobRunner, BullMqSweeps } from '@entrepot/platform-jobs';
import type { BullMqOptions, JobHandler, Sweep } from '@entrepot/platform-jobs';
import { ErasureStore, HashTombstones, RecipientNotices, SealAnew } from '@entrepot/privacy';
import { CellMessaging, KafkaEventLog, MessagingMetrics } from '@entrepot/platform-messaging';
import { CellModule } from './cell.module.ts';
import type { CellParts } from './cell.module.ts';
import { addDemoPeople } from './demo-people.ts';
import { workerDomains } from './worker-domains.ts';
import {
  acknowledgementProbe,
  catalogProbe,
  consumerProbe,
  evidenceProbe,
  openOrderProbe,
  recipientProbe,
} from './lag-probes.ts';
import { serveObservability } from './observability.ts';
import { clientName, openContext, runProcess } from './process-context.ts';
import type { ProcessContext } from './process-context.ts';
import { Readiness } from './readiness.ts';
import type { RegionProfile } from './region-profile.ts';
import { endOnFailure, endOnSignal } from './shutdown.ts';
import {
  compareBooks,
  keepWitnessed,
  openWorkerRecovery,
  stockRecoveryProbe,
} from './stock-recovery.ts';
import { CellStores } from './stores.ts';
import { UpkeepReport } from './upkeep-report.ts';

const reconcileOrdersEveryMs = 2_000;
const expireHoldsEveryMs = 5_000;
const expireKeysEveryMs = 60_000;
const purgeRestoredEveryMs = 10_000;
const keepStatutoryRecordsEveryMs = 60_000;
const lookAtLateNewsEveryMs = 30_000;
const expireExportsEveryMs = 60_000;
const exportsExpiredMax = 100;
const tellCorrectionsEveryMs = 5_000;
const acknowledgeEveryMs = 60_000;
const sealAnewEveryMs = 30_000;
const sweepRetentionEveryMs = 3_600_000;

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
  const eventLog = new KafkaEventLog({ ...config.kafka, clientId: clientName(context) });
  const border = app.get(BorderClient, { strict: false });
  const { shop } = stores.databases;
  const recovery = openWorkerRecovery(context, config, { shop, log: eventLog, border });
  await compareBooks(context, recovery.compareWithWitness);
  const messaging = await CellMessaging.startWorker({
    cell: cell.id,
    directory,
    database: shop,
    log: eventLog,
    metrics: new MessagingMetrics(metrics),
    consumers: [paymentNoticesConsumer(app.get(HearOfPayment, { strict: false }), metrics)],
  });
  readiness.watch(
    catalogProbe(app.get(MeasureCatalogAge, { strict: false })),
    openOrderProbe(app.get(OrderStore, { strict: false })),
    recipientProbe(app.get(RecipientNotices, { strict: false })),
    acknowledgementProbe(app.get(OwedAcknowledgements, { strict: false })),
    evidenceProbe(app.get(ErasureStore, { strict: false })),
    stockRecoveryProbe(recovery.store),
    ...messaging.consumers.map(consumerProbe),
  );
  const report = new UpkeepReport(log, metrics);
  const auditor = openBookAuditor({ cell: cell.id, shop, metrics });
  const witnessed = keepWitnessed(context, recovery, report);
  const redis = { url: config.redis.url, prefix: `${cell.id}:jobs` };
  const jobs = openJobs(app, redis);
  const sweeps = new BullMqSweeps({
    ...redis,
    sweeps: [
      ...sweepsOf(app, shop, report),
      auditSweep(auditor, report),
      ...(config.canary.isOn ? [canarySweep(app, context, report)] : []),
    ],
    onPlanFailure: (name, error) => report.failed(name, error),
  });
  const observability = await serveObservability(context, readiness);
  log.info('process.ready', { port: observability.port, pid: process.pid });
  endOnFailure(messaging.failed, log);
  endOnSignal(
    [
      { name: 'readiness', run: () => readiness.drain() },
      { name: 'jobs', run: () => jobs.close() },
      { name: 'sweeps', run: () => sweeps.close() },
      { name: 'witness', run: () => witnessed.stop() },
      { name: 'messaging', run: () => messaging.stop() },
      { name: 'domains', run: () => app.close() },
      { name: 'stores', run: () => stores.close() },
      { name: 'observability', run: () => observability.close() },
    ],
    log,
  );
}

/** The jobs of a cell, and the sweep that makes again from the database what Redis has lost. */
function openJobs(
  app: INestApplicationContext,
  redis: BullMqOptions,
): { readonly close: () => Promise<void> } {
  const queue = new BullMqJobQueue(redis);
  const handlers: JobHandler[] = [DriveErasureJob, MakeExportJob, TellExportJob].map((handler) =>
    app.get(handler, { strict: false }),
  );
  const declared = [driveErasure, makeExport, tellExport];
  const runner = new BullMqJobRunner({ ...redis, queue, declared, handlers });
  const close = async () => {
    await runner.close();
    await queue.close();
  };
  return { close };
}

/** What the workers of a cell do again and again, each once for all of them. */
function sweepsOf(
  app: INestApplicationContext,
  shop: ShopDatabase,
  report: UpkeepReport,
): readonly Sweep[] {
  const reconcile = app.get(ReconcileOrders, { strict: false });
  const expire = app.get(ExpireHolds, { strict: false });
  const restored = app.get(PurgeRestored, { strict: false });
  const acknowledgements = app.get(SendOwedAcknowledgements, { strict: false });
  const statutory = app.get(KeepStatutoryRecords, { strict: false });
  const lateNews = app.get(LookAtLateNewsUseCase, { strict: false });
  const exports = app.get(ExportStore, { strict: false });
  const corrections = app.get(TellCorrections, { strict: false });
  const retention = app.get(SweepRetention, { strict: false });
  const tombstones = app.get(HashTombstones, { strict: false });
  const sealAnew = app.get(SealAnew, { strict: false });
  const register = app.get(IdempotencyRegister, { strict: false });
  const sweep = (name: string, everyMs: number, work: () => Promise<unknown>): Sweep => ({
    name,
    everyMs,
    run: () => report.run(name, work),
  });
  return [
    sweep('checkout.reconcile', reconcileOrdersEveryMs, () => reconcile.execute()),
    sweep('payments.late_news', lookAtLateNewsEveryMs, () => lateNews.execute()),
    sweep('inventory.expire', expireHoldsEveryMs, () => expire.execute()),
    sweep('erasure.purge_restored', purgeRestoredEveryMs, () => restored.execute()),
    sweep('erasure.acknowledge', acknowledgeEveryMs, () => acknowledgements.execute()),
    sweep('statutory.keep', keepStatutoryRecordsEveryMs, () => statutory.execute()),
    sweep('rights.expire_exports', expireExportsEveryMs, () => exports.expire(exportsExpiredMax)),
    sweep('rights.tell_corrections', tellCorrectionsEveryMs, () => corrections.execute()),
    sweep('rights.sweep_retention', sweepRetentionEveryMs, () =>
      retention.execute(new Date(), { isDryRun: false }),
    ),
    sweep('privacy.hash_tombstones', sweepRetentionEveryMs, () =>
      tombstones.execute(new Date(), { isDryRun: false }),
    ),
    sweep('privacy.seal_anew', sealAnewEveryMs, () => sealAnew.execute()),
    sweep('idempotency.expire', expireKeysEveryMs, () => register.deleteExpired(shop)),
  ];
}

/** Holds the books of stock against their journal. */
const auditSweep = (auditor: BookAuditor, report: UpkeepReport): Sweep => ({
  name: 'inventory.audit',
  everyMs: auditEveryMs,
  run: () => report.run('inventory.audit', () => auditor.run()),
});

/** What a shopper would meet, tried out for nobody. */
function canarySweep(
  app: INestApplicationContext,
  { metrics }: ProcessContext,
  report: UpkeepReport,
): Sweep {
  const canary = app.get(BuyCanary, { strict: false });
  const told = new CanaryMetrics(metrics, canary.homes);
  const buy = async () => told.note(await canary.execute());
  return {
    name: 'inventory.canary',
    everyMs: buyCanaryEveryMs,
    run: () => report.run('inventory.canary', buy),
  };
}

@Module({})
export class WorkerModule {
  static forCell(
    context: ProcessContext,
    parts: CellParts & { readonly config: WorkerConfig },
  ): DynamicModule {
    return {
      module: WorkerModule,
      imports: [
        CellModule.forProcess(context, parts),
        ...workerDomains(context, parts.config, parts.databases.shop),
      ],
    };
  }
}
