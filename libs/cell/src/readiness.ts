import type { HealthCheck, ReadyView } from '@entrepot/contracts/api/health';
import type { CellId } from '@entrepot/kernel';

/** How long one check may take before it counts as down. */
const checkTimeoutMs = 1_500;

export interface ReadinessProbe {
  readonly name: string;
  /** Whether the process is of no use without it. */
  readonly required: boolean;
  readonly unit?: 'seconds' | 'messages';
  /** Throws when it is down; answers how far behind it is, or nothing where that has no meaning. */
  readonly measure: () => Promise<number | undefined>;
}

/** Whether this process can do its work, asked anew each time. */
export class Readiness {
  private readonly cell: CellId;
  private readonly probes: readonly ReadinessProbe[];
  private isDraining = false;

  constructor(cell: CellId, probes: readonly ReadinessProbe[]) {
    this.cell = cell;
    this.probes = probes;
  }

  /** From now on the answer is `draining`, so that no new work is sent here. */
  drain(): void {
    this.isDraining = true;
  }

  async view(): Promise<ReadyView> {
    const checks = await Promise.all(this.probes.map(runProbe));
    const isUseless = checks.some((check) => check.required && check.status !== 'up');
    const status = this.isDraining ? 'draining' : isUseless ? 'not-ready' : 'ready';
    return { status, cell: this.cell, checks };
  }
}

async function runProbe(probe: ReadinessProbe): Promise<HealthCheck> {
  const base = { name: probe.name, required: probe.required, unit: probe.unit ?? null };
  try {
    const lag = await withTimeout(probe.measure());
    return { ...base, status: 'up', lag: lag ?? null };
  } catch {
    // the check's own answer is that it failed; why is in the log of what failed
    return { ...base, status: 'down', lag: null };
  }
}

async function withTimeout<Value>(work: Promise<Value>): Promise<Value> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('the check took too long')), checkTimeoutMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
