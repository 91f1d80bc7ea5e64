import { appendFileSync, mkdirSync, statfsSync } from 'node:fs';
import { randomInt } from 'node:crypto';
import type { Server } from 'node:http';

import { portNamesOf, StackPorts } from '../cell-ports.ts';
import { startControlServer } from '../control-server.ts';
import { keepLogsSmall, logsBelow } from '../log-rotation.ts';
import { firstPortMax, firstPortMin, isPortFree, planPorts } from '../port-plan.ts';
import { readPorts, writePorts } from '../port-plan.ts';
import { endLeftovers, ProcessRecord } from '../process-record.ts';
import { SecretStore } from '../secret-store.ts';
import { requireDescription, writeDescription } from '../stack-description.ts';
import type { StackDescription } from '../stack-description.ts';
import { StackError } from '../stack-error.ts';
import { StackLock } from '../stack-lock.ts';
import type { StackPaths } from '../stack-paths.ts';
import { runStages } from '../stage.ts';
import type { Stage, StepListener } from '../stage.ts';
import { markSupervision } from '../supervision-mark.ts';
import { Supervisor } from '../supervisor.ts';
import { controlSecretName, describeStack } from './describe-stack.ts';
import { settleKeyDriver } from './key-driver-mark.ts';
import type { KeyDriver } from './key-driver-mark.ts';
import { nativeStages } from './native-stages.ts';
import { settleTopology } from './settle-topology.ts';
import { serverLogsOf } from './cell-databases.ts';
import type { BorderPreload, CellClocks, StackContext } from './stack-context.ts';
import { throwAway } from './throw-away.ts';

const freeBytesMin = 1024 ** 3;
export const apiProcessesMax = 8;

export interface StartOptions {
  /** Left out: those that the data have, and `in-1,eu-1` on fresh data. */
  readonly cells?: readonly string[];
  readonly apiProcesses: number;
  /** Throws all data, keys and addresses away first; downloads stay. */
  readonly isFresh: boolean;
  /** By what the keys of people are kept; left out, as the data have it. */
  readonly keyDriver?: KeyDriver;
  readonly borderPreload?: BorderPreload;
  readonly clocks?: CellClocks;
}

function assertRoomOnDisk(paths: StackPaths): void {
  const { bavail, bsize } = statfsSync(paths.home);
  if (bavail * bsize >= freeBytesMin) return;
  const megabytes = Math.round((bavail * bsize) / 1024 ** 2);
  throw new StackError(`The disk has ${megabytes} MB left; free at least 2 GB and start again.`);
}

function takeLock(paths: StackPaths): StackLock {
  const lock = StackLock.take(paths.lock);
  if (lock instanceof StackLock) return lock;
  throw new StackError(
    `The stack is running or starting already (process ${lock.pid}); \`npm stop\` ends it.`,
  );
}

async function planStackPorts(paths: StackPaths, names: readonly string[]): Promise<StackPorts> {
  const ports = await planPorts({
    names,
    remembered: readPorts(paths.ports),
    firstPort: randomInt(firstPortMin, firstPortMax),
    isFree: isPortFree,
  });
  writePorts(paths.ports, ports);
  return new StackPorts(ports);
}

/** The whole stack under one supervisor: this process. */
export class NativeStack {
  private readonly logs;
  private control: Server | undefined;

  private constructor(
    private readonly context: StackContext,
    private readonly record: ProcessRecord,
    private readonly lock: StackLock,
  ) {
    const serverLogs = serverLogsOf(context);
    this.logs = keepLogsSmall(() => [...logsBelow(context.paths.logs), ...serverLogs]);
  }

  /** Takes the lock, ends what a killed run left, and decides on addresses. Starts nothing yet. */
  static async prepare(
    paths: StackPaths,
    options: StartOptions,
    tell: (line: string) => void,
  ): Promise<NativeStack> {
    const { topology, notes } = settleTopology(paths, options);
    notes.forEach(tell);
    mkdirSync(paths.home, { recursive: true });
    assertRoomOnDisk(paths);
    const lock = takeLock(paths);
    try {
      const ended = await endLeftovers(paths.processes, paths.home);
      if (ended > 0) tell(`Ended ${ended} processes that a killed run had left.`);
      if (options.isFresh) throwAway(paths);
      for (const folder of [paths.data, paths.logs, paths.secrets]) {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
      }
      const keyDriver = settleKeyDriver(
        paths,
        topology.map(({ id }) => id),
        options.keyDriver,
      );
      const ports = await planStackPorts(paths, portNamesOf(topology, options.apiProcesses));
      markSupervision(paths.home);
      const record = new ProcessRecord(paths.processes);
      const supervisor = new Supervisor(record, (line) => {
        appendFileSync(paths.supervisorLog, `${new Date().toISOString()} ${line}\n`);
        tell(line);
      });
      const secrets = new SecretStore(paths.secrets);
      const { apiProcesses, borderPreload, clocks } = options;
      const proxies = new Map();
      const parts = { paths, secrets, ports, topology, supervisor, proxies };
      const context = { ...parts, apiProcesses, keyDriver, borderPreload, clocks };
      return new NativeStack(context, record, lock);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** What `start` does by itself; the last step writes down what runs. */
  get stages(): readonly Stage[] {
    const describe = () => {
      writeDescription(this.context.paths.description, describeStack(this.context));
      return Promise.resolve();
    };
    const last = { title: 'Write down what runs', steps: [{ title: 'stack.json', run: describe }] };
    return [...nativeStages(this.context), last];
  }

  /** Goes through the stages; on failure takes everything down again before it throws. */
  async start(stages: readonly Stage[], listen: StepListener): Promise<StackDescription> {
    try {
      this.control = await startControlServer({
        port: this.context.ports.shared('control'),
        secret: this.context.secrets.password(controlSecretName),
        supervisor: this.context.supervisor,
        proxies: this.context.proxies,
      });
      await runStages(stages, listen);
      return requireDescription(this.context.paths.description);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.context.supervisor.stopAll();
    for (const proxy of this.context.proxies.values()) await proxy.close();
    this.logs.stop();
    this.control?.closeAllConnections();
    this.control?.close();
    this.record.clear();
    this.lock.release();
  }
}
