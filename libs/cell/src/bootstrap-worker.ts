import { loadWorkerConfig } from '@entrepot/platform-config';
import type { WorkerConfig } from '@entrepot/platform-config';
import { NestFactory } from '@nestjs/core';
import { FrameworkLog } from '@entrepot/platform-http';
import { CellModule } from './cell.module.ts';
import { CellDatabases } from './databases.ts';
import { serveObservability } from './observability.ts';
import { openContext, refuseWrongWiring, runProcess } from './process-context.ts';
import { Readiness } from './readiness.ts';
import type { RegionProfile } from './region-profile.ts';
import { endOnSignal } from './shutdown.ts';

/** Starts the worker process of a cell: relay, consumers and jobs. */
export const bootstrapWorker = (region: RegionProfile): Promise<void> =>
  runProcess(() => startWorker(region, loadWorkerConfig()));

async function startWorker(region: RegionProfile, config: WorkerConfig): Promise<void> {
  const context = openContext('worker', region, config.process);
  const { log, directory, cell } = context;
  const databases = new CellDatabases(context, config);
  refuseWrongWiring({
    cell: cell.id,
    profile: config.process.profile,
    region,
    directory,
    databases: await databases.markers(),
    kms: { endpoint: config.kms.endpoint },
  });
  const readiness = new Readiness(cell.id, databases.probes());
  const app = await NestFactory.createApplicationContext(
    CellModule.forProcess(context, { databases, readiness }),
    { logger: new FrameworkLog(log), abortOnError: false },
  );
  const observability = await serveObservability(context, readiness);
  log.info('process.ready', { port: observability.port, pid: process.pid });
  endOnSignal(
    [
      { name: 'readiness', run: () => readiness.drain() },
      { name: 'worker', run: () => app.close() },
      { name: 'databases', run: () => databases.close() },
      { name: 'observability', run: () => observability.close() },
    ],
    log,
  );
}
