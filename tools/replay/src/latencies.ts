export const steps = ['cart', 'edit', 'order', 'action', 'askAgain', 'wholeOrder'] as const;
export type StepName = (typeof steps)[number];

export interface StepLatency {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** How long each step of each order took, its retries included. */
export class Latencies {
  private readonly samples = new Map<StepName, number[]>();

  add(step: StepName, ms: number): void {
    const known = this.samples.get(step);
    if (known === undefined) this.samples.set(step, [ms]);
    else known.push(ms);
  }

  summary(): Readonly<Partial<Record<StepName, StepLatency>>> {
    return Object.fromEntries(
      steps.flatMap((step) => {
        const sorted = (this.samples.get(step) ?? []).toSorted((a, b) => a - b);
        if (sorted.length === 0) return [];
        const latency: StepLatency = {
          count: sorted.length,
          p50Ms: percentile(sorted, 50),
          p99Ms: percentile(sorted, 99),
          maxMs: Math.round(sorted.at(-1) ?? 0),
        };
        return [[step, latency]];
      }),
    );
  }
}

/** Nearest rank; the values are sorted. */
export function percentile(sorted: readonly number[], percent: number): number {
  const rank = Math.max(1, Math.ceil((sorted.length * percent) / 100));
  return Math.round(sorted[rank - 1] ?? 0);
}
