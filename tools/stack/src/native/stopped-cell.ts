import { StackPorts } from '../cell-ports.ts';
import { readPorts } from '../port-plan.ts';
import { ProcessRecord } from '../process-record.ts';
import { SecretStore } from '../secret-store.ts';
import type { StackPaths } from '../stack-paths.ts';
import { markSupervision } from '../supervision-mark.ts';
import { Supervisor } from '../supervisor.ts';
import type { Topology } from '../topology.ts';
import { kmsStep } from './cell-kms.ts';
import { settleKeyDriver } from './key-driver-mark.ts';

/** Runs work while the KMS of a cell answers, and nothing else of the cell does. */
export async function withKmsOfStoppedCell<T>(
  { paths, topology, cell }: { paths: StackPaths; topology: Topology; cell: string },
  work: () => Promise<T>,
): Promise<T> {
  const own = topology.find(({ id }) => id === cell);
  if (own === undefined) throw new RangeError(`the topology has no cell ${cell}`);
  markSupervision(paths.home);
  const supervisor = new Supervisor(new ProcessRecord(paths.processes), () => undefined);
  const step = kmsStep(
    {
      ...{ paths, topology, supervisor, apiProcesses: 1, proxies: new Map() },
      secrets: new SecretStore(paths.secrets),
      ports: new StackPorts(readPorts(paths.ports)),
      keyDriver: settleKeyDriver(paths, [cell], undefined),
    },
    own,
  );
  try {
    await step.run(() => undefined);
    return await work();
  } finally {
    await supervisor.stopAll();
  }
}
