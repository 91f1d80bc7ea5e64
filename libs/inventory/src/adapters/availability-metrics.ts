import type { Log, Metrics } from '@entrepot/platform-telemetry';
import type { StreamEnd } from '../api/band-streams.ts';

/** The streams of one API process, and the looks at the books that feed them. */
export class AvailabilityMetrics {
  private readonly looks;
  private readonly ends;

  constructor(
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {
    this.looks = metrics.counter({
      name: 'entrepot_availability_looks_total',
      help: 'Looks at the books for the bands that streams show, by how they ended: done or failed',
      labels: ['outcome'],
    });
    this.ends = metrics.counter({
      name: 'entrepot_availability_streams_ended_total',
      help: 'Streams that ended, by what ended them: reader, stuck, old or shutdown',
      labels: ['outcome'],
    });
  }

  watch(streams: { readonly open: number }, feed: { readonly size: number }): void {
    this.metrics.gauge({
      name: 'entrepot_availability_streams',
      help: 'Open streams of bands',
      collect: (gauge) => {
        gauge.set(streams.open);
        return Promise.resolve();
      },
    });
    this.metrics.gauge({
      name: 'entrepot_availability_watched_articles',
      help: 'Articles whose bands open streams show',
      collect: (gauge) => {
        gauge.set(feed.size);
        return Promise.resolve();
      },
    });
  }

  looked(outcome: 'done' | 'failed', error?: unknown): void {
    this.looks.inc({ outcome });
    if (outcome === 'failed') this.log.failure('availability.look_failed', error);
  }

  ended(outcome: StreamEnd): void {
    this.ends.inc({ outcome });
  }
}
