import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The only labels a metric may have; none tells people apart. */
export const metricLabels = [
  'route',
  'method',
  'status',
  'code',
  'component',
  'topic',
  'consumer',
  'type',
  'peer',
  'outcome',
  'cluster',
  'queue',
  'warehouse',
] as const;
export type MetricLabel = (typeof metricLabels)[number];

export interface MetricOptions<Label extends MetricLabel> {
  /** `entrepot_<what>_<unit>`; a counter ends in `_total`, a time in `_seconds`. */
  readonly name: `entrepot_${string}`;
  readonly help: string;
  readonly labels?: readonly Label[];
}

/** The metrics of one process, named by the Prometheus conventions. */
export class Metrics {
  private readonly registry = new Registry();

  constructor(bound: { readonly cell: string; readonly process: string }) {
    this.registry.setDefaultLabels(bound);
  }

  /** Adds what Node and the operating system tell about the process; runs until `clear`. */
  collectProcessMetrics(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  counter<Label extends MetricLabel>(
    options: MetricOptions<Label> & { readonly name: `entrepot_${string}_total` },
  ): Counter<Label> {
    return new Counter(this.declared(options));
  }

  /** `collect` runs before each exposition, which waits for it, and sets the value. */
  gauge<Label extends MetricLabel>(
    options: MetricOptions<Label> & { readonly collect?: (gauge: Gauge<Label>) => Promise<void> },
  ): Gauge<Label> {
    const { collect } = options;
    const gauge: Gauge<Label> = new Gauge({
      ...this.declared(options),
      ...(collect !== undefined && { collect: () => collect(gauge) }),
    });
    return gauge;
  }

  histogram<Label extends MetricLabel>(
    options: MetricOptions<Label> & { readonly buckets: readonly number[] },
  ): Histogram<Label> {
    return new Histogram({ ...this.declared(options), buckets: [...options.buckets] });
  }

  /** The exposition format (OpenMetrics text) of everything. */
  async expose(): Promise<{ readonly contentType: string; readonly text: string }> {
    return { contentType: this.registry.contentType, text: await this.registry.metrics() };
  }

  clear(): void {
    this.registry.clear();
  }

  private declared<Label extends MetricLabel>(options: MetricOptions<Label>) {
    const strangers = (options.labels ?? []).filter((label) => !metricLabels.includes(label));
    if (strangers.length > 0) {
      throw new TypeError(`metric ${options.name}: unlisted label ${strangers.join(', ')}`);
    }
    return {
      name: options.name,
      help: options.help,
      labelNames: [...(options.labels ?? [])],
      registers: [this.registry],
    };
  }
}
