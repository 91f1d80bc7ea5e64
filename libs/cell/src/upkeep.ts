import type { UpkeepReport } from './upkeep-report.ts';

/**
 * Work that every process does again and again by itself, where there is no Redis to share it by. Each
 * run finds in PostgreSQL what is to be done, so two processes at it do no harm and a run that fails
 * loses nothing.
 */
export class Upkeep {
  private readonly report: UpkeepReport;
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly running = new Set<Promise<void>>();

  constructor(report: UpkeepReport) {
    this.report = report;
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
      await this.report.run(component, work);
    } catch {
      // the report has it, and the next run does the work
      return;
    }
  }
}
