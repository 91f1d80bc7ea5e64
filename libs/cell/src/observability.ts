import { serveMetrics } from '@entrepot/platform-telemetry';
import type { MetricsServer } from '@entrepot/platform-telemetry';
import { exposeHealth } from './health-gauges.ts';
import type { ProcessContext } from './process-context.ts';
import type { Readiness } from './readiness.ts';

/** Metrics and health of any process on its own loopback port. */
export function serveObservability(
  { metrics, config }: ProcessContext,
  readiness: Readiness,
): Promise<MetricsServer> {
  exposeHealth(metrics, readiness);
  return serveMetrics({
    metrics,
    port: config.metricsPort,
    readiness: async () => {
      const view = await readiness.view();
      return { isReady: view.status === 'ready', view };
    },
  });
}
