import type { Log, Metrics } from '@entrepot/platform-telemetry';

/** Counts what is done again and again, and says what failed: by its code, never by its message. */
export class UpkeepReport {
  private readonly log: Log;
  private readonly runs;

  constructor(log: Log, metrics: Metrics) {
    this.log = log;
    this.runs = metrics.counter({
      name: 'entrepot_upkeep_runs_total',
      help: 'Runs of work that is done again and again, by how they ended: done or failed',
      labels: ['component', 'outcome'],
    });
  }

  /** Does the work; what it throws is counted, logged and thrown on. */
  async run(component: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      this.runs.inc({ component, outcome: 'done' });
    } catch (error) {
      this.failed(component, error);
      throw error;
    }
  }

  failed(component: string, error: unknown): void {
    this.runs.inc({ component, outcome: 'failed' });
    this.log.failure('upkeep.failed', error, { component });
  }
}
