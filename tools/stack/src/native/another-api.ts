import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { StackPorts } from '../cell-ports.ts';
import { readPorts } from '../port-plan.ts';
import { ProcessRecord } from '../process-record.ts';
import { SecretStore } from '../secret-store.ts';
import { startNodeProcess } from '../services/node-process.ts';
import { freePort } from '../services/postgres.ts';
import type { RunningService } from '../services/running-service.ts';
import { repositoryRoot } from '../stack-paths.ts';
import type { StackPaths } from '../stack-paths.ts';
import { Supervisor } from '../supervisor.ts';
import type { Topology } from '../topology.ts';
import { settleKeyDriver } from './key-driver-mark.ts';
import { apiEnvironment } from './process-environment.ts';
import { runtimeOf } from './region-runtime.ts';

export interface AnotherApi {
  readonly service: RunningService;
  /** On the loopback address. */
  readonly url: string;
}

export interface AnotherApiOptions {
  readonly paths: StackPaths;
  readonly topology: Topology;
  readonly cell: string;
  /** What sets it apart from those that the stack runs; names its log too. */
  readonly name: string;
  /**
   * A TypeScript file to run in place of the app, from the root of the repository. It finds the URL of the
   * app's own entry in BENCH_APP_MAIN.
   */
  readonly entry?: string;
}

/**
 * Starts one more API process of a cell whose stack runs, with the logins of its first one. The stack does
 * not know of it and sends it nobody; the caller ends it.
 */
export async function startAnotherApi(options: AnotherApiOptions): Promise<AnotherApi> {
  const { paths, topology, cell, name } = options;
  const own = topology.find(({ id }) => id === cell);
  if (own === undefined) throw new RangeError(`the topology has no cell ${cell}`);
  const [port, metricsPort] = [await freePort(), await freePort()];
  const main = join(runtimeOf(own.region).app, 'src', 'main.api.ts');
  const environment = apiEnvironment(
    {
      ...{ paths, topology, apiProcesses: 1, proxies: new Map() },
      keyDriver: settleKeyDriver(
        paths,
        topology.map((of) => of.id),
        undefined,
      ),
      secrets: new SecretStore(paths.secrets),
      ports: new StackPorts(readPorts(paths.ports)),
      supervisor: new Supervisor(new ProcessRecord(paths.processes), () => undefined),
    },
    own,
    1,
  );
  const url = `http://127.0.0.1:${port}`;
  const service = await startNodeProcess({
    name: `${cell} ${name}`,
    entry: options.entry ?? main,
    env: {
      ...environment,
      ENTREPOT_HTTP_PORT: String(port),
      ENTREPOT_METRICS_PORT: String(metricsPort),
      BENCH_APP_MAIN: pathToFileURL(join(repositoryRoot, main)).href,
    },
    logFile: paths.logOf(cell, name),
    readyUrl: `${url}/health/ready`,
  });
  return { service, url };
}
