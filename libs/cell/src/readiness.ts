import type { HealthCheck, ReadyView } from '@entrepot/contracts/api/health';
import type { CellId } from '@entrepot/kernel';
import { lagKinds } from './lag-kinds.ts';
import type { LagKind, LagKindName } from './lag-kinds.ts';

/** How long one check may take before it counts as down. */
const checkTimeoutMs = 1_500;
/** However often the answer is asked for, the stores are asked once in this time. */
const measuredEveryMs = 1_000;

export interface ReadinessProbe {
  readonly name: string;
  /** Whether the process is of no use without it. */
  readonly required: boolean;
  /** What `measure` answers, and whose it is. */
  readonly lag?: { readonly kind: LagKindName; readonly of: string };
  /** Throws when it is down; answers how far behind it is, or nothing where that has no meaning. */
  readonly measure: () => Promise<number | undefined>;
}

/** A check and the probe that it came from. */
export interface Measured {
  readonly probe: ReadinessProbe;
  readonly check: HealthCheck;
}

/** Whether this process can do its work, as measured less than a second ago. */
export class Readiness {
  private readonly cell: CellId;
  private readonly probes: ReadinessProbe[];
  private readonly now: () => number;
  private readonly unanswered = new Map<ReadinessProbe, Promise<number | undefined>>();
  private newest: Promise<readonly Measured[]> | undefined;
  private measuredAt = Number.NEGATIVE_INFINITY;
  private isDraining = false;

  constructor(cell: CellId, probes: readonly ReadinessProbe[], now = () => performance.now()) {
    this.cell = cell;
    this.probes = [...probes];
    this.now = now;
  }

  /** Also looks at what was opened later. */
  watch(...probes: readonly ReadinessProbe[]): void {
    this.probes.push(...probes);
  }

  /** From now on the answer is `draining`, so that no new work is sent here. */
  drain(): void {
    this.isDraining = true;
  }

  async view(): Promise<ReadyView> {
    const checks = (await this.measured()).map(({ check }) => check);
    const isUseless = checks.some((check) => check.required && check.status !== 'up');
    const status = this.isDraining ? 'draining' : isUseless ? 'not-ready' : 'ready';
    return { status, cell: this.cell, checks };
  }

  /** Everybody who asks within a second gets the same measurement. */
  measured(): Promise<readonly Measured[]> {
    if (this.newest !== undefined && this.now() - this.measuredAt < measuredEveryMs) {
      return this.newest;
    }
    this.measuredAt = Number.POSITIVE_INFINITY;
    const measuring = Promise.all(this.probes.map((probe) => this.run(probe)));
    this.newest = measuring.finally(() => (this.measuredAt = this.now()));
    return this.newest;
  }

  private async run(probe: ReadinessProbe): Promise<Measured> {
    const { name, required } = probe;
    const kind: LagKind | undefined = probe.lag && lagKinds[probe.lag.kind];
    const base = { name, required, unit: kind?.unit ?? null };
    try {
      const lag = await withTimeout(this.ask(probe));
      const degraded = kind !== undefined && lag !== undefined && lag > kind.degradedAbove;
      return { probe, check: { ...base, status: 'up', lag: lag ?? null, degraded } };
    } catch {
      // the check's own answer is that it failed; why is in the log of what failed
      return { probe, check: { ...base, status: 'down', lag: null, degraded: false } };
    }
  }

  /** What has not answered is not asked a second time beside the first. */
  private ask(probe: ReadinessProbe): Promise<number | undefined> {
    const waiting = this.unanswered.get(probe);
    if (waiting !== undefined) return waiting;
    const asked = probe.measure().finally(() => this.unanswered.delete(probe));
    this.unanswered.set(probe, asked);
    return asked;
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
