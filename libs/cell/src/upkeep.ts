import type { Log } from '@entrepot/platform-telemetry';

/**
 * Work that is done again and again. Each run finds in PostgreSQL what is to be done, so two processes
 * at it do no harm and a run that fails loses nothing.
 */
export class Upkeep {
  private readonly log: Log;
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly running = new Set<Promise<void>>();

  constructor(log: Log) {
    this.log = log;
  }

  /** Runs the work every so often, never twice at once. */
  every(intervalMs: number, component: string, work: () => Promise<unknown>): void {
    let current: Promise<void> | undefined;
    const timer = setInterval(() => {
      if (current !== undefined) return;
      current = this.runOnce(component, work).finally(() => {
        if (current !== undefined) this.running.delete(current);
        current = undefined;
      });
      this.running.add(current);
    }, intervalMs);
    this.timers.push(timer);
  }

  /** Begins nothing more and waits for what is under way. */
  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await Promise.all(this.running);
  }

  private async runOnce(component: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.log.failure('upkeep.failed', error, { component });
    }
  }
}
