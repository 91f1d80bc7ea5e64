import { setTimeout as sleep } from 'node:timers/promises';

import type { ProcessRecord } from './process-record.ts';
import type { RunningService } from './services/running-service.ts';
import { StackError } from './stack-error.ts';

export const restartDelayMinMs = 200;
export const restartDelayMaxMs = 10_000;
/** A service that lived this long has recovered: its next death is answered quickly again. */
const steadyAfterMs = 30_000;

export interface ServiceDefinition {
  /** `in-1 api-1`; unique in the stack. */
  readonly name: string;
  /** Services of a higher rank depend on lower ones: they stop first, ranks at a time. */
  readonly rank: number;
  readonly start: () => Promise<RunningService>;
}

export type ServiceState = 'starting' | 'running' | 'waiting' | 'stopped';

interface Supervised {
  readonly definition: ServiceDefinition;
  state: ServiceState;
  service: RunningService | undefined;
  restarts: number;
  delayMs: number;
  /** Settles when the starting or restarting that may be under way is over. */
  recovery: Promise<void>;
}

export interface ServiceStatus {
  readonly name: string;
  readonly state: ServiceState;
  readonly pid: number | undefined;
  readonly restarts: number;
}

/** Starts services, starts them again when they die, and ends them in the reverse of their order. */
export class Supervisor {
  private readonly supervised = new Map<string, Supervised>();
  private readonly stopping = new AbortController();

  constructor(
    private readonly record: ProcessRecord,
    /** Told of every death and recovery, one line each. */
    private readonly tell: (line: string) => void,
  ) {}

  /** Starts a service for good; rejects if its first start fails, leaving nothing of it. */
  async start(definition: ServiceDefinition): Promise<void> {
    if (this.stopping.signal.aborted) throw new StackError('The stack is stopping.');
    const entry: Supervised = {
      definition,
      state: 'starting',
      service: undefined,
      restarts: 0,
      delayMs: restartDelayMinMs,
      recovery: Promise.resolve(),
    };
    this.supervised.set(definition.name, entry);
    const launching = this.launch(entry);
    const settled = () => undefined;
    // A stop during the start waits for its outcome, or the new process would be left behind.
    entry.recovery = launching.then(settled, settled);
    await launching;
  }

  status(): readonly ServiceStatus[] {
    return [...this.supervised.values()].map(({ definition, state, service, restarts }) => ({
      name: definition.name,
      state,
      pid: service?.pid,
      restarts,
    }));
  }

  /** Sends a signal to a running service; what follows is treated as any other death. */
  kill(name: string, signal: NodeJS.Signals): void {
    const service = this.supervised.get(name)?.service;
    if (service === undefined) throw new StackError(`No service named ${name} is running.`);
    process.kill(service.pid, signal);
  }

  /** Ends everything, highest rank first; services of one rank together. */
  async stopAll(): Promise<void> {
    this.stopping.abort();
    const ranks = Map.groupBy(this.supervised.values(), ({ definition }) => definition.rank);
    for (const rank of [...ranks.keys()].toSorted((a, b) => b - a)) {
      await Promise.all((ranks.get(rank) ?? []).map((entry) => this.stopOne(entry)));
    }
  }

  private async stopOne(entry: Supervised): Promise<void> {
    await entry.recovery;
    entry.state = 'stopped';
    await entry.service?.stop();
    this.record.remove(entry.definition.name);
  }

  private async launch(entry: Supervised): Promise<void> {
    const { name } = entry.definition;
    entry.state = 'starting';
    const service = await entry.definition.start();
    entry.service = service;
    entry.state = 'running';
    this.record.add(entry.definition, service.pid);
    const startedAt = performance.now();
    void service.exited.then(({ code, signal }) => {
      entry.service = undefined;
      this.record.remove(name);
      if (this.stopping.signal.aborted || entry.state === 'stopped') return;
      if (performance.now() - startedAt > steadyAfterMs) entry.delayMs = restartDelayMinMs;
      this.tell(`${name} ended by itself (${signal ?? `exit code ${code}`}); starting it again.`);
      entry.recovery = this.recover(entry);
    });
  }

  /** Tries until it runs or the stack stops; the wait doubles up to a limit. */
  private async recover(entry: Supervised): Promise<void> {
    const { name } = entry.definition;
    for (;;) {
      entry.state = 'waiting';
      const isOver = await this.pause(entry.delayMs);
      if (isOver) return;
      entry.delayMs = Math.min(entry.delayMs * 2, restartDelayMaxMs);
      try {
        await this.launch(entry);
        entry.restarts += 1;
        this.tell(`${name} runs again.`);
        return;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.tell(`${name} did not start again: ${reason}`);
      }
    }
  }

  /** Waits; true when the stack began to stop meanwhile. */
  private async pause(ms: number): Promise<boolean> {
    try {
      await sleep(ms, undefined, { signal: this.stopping.signal });
    } catch (error) {
      if (!this.stopping.signal.aborted) throw error;
    }
    return this.stopping.signal.aborted;
  }
}
