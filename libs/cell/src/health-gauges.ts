import type { Metrics } from '@entrepot/platform-telemetry';
import { lagKinds } from './lag-kinds.ts';
import type { LagKindName } from './lag-kinds.ts';
import type { Readiness } from './readiness.ts';

/** The checks of a process as gauges, measured when they are read; what is not known has no value. */
export function exposeHealth(metrics: Metrics, readiness: Readiness): void {
  metrics.gauge({
    name: 'entrepot_health_check_up',
    help: '1 while a check of readiness answers, else 0',
    labels: ['component'],
    collect: async (gauge) => {
      for (const { check } of await readiness.measured()) {
        gauge.set({ component: check.name }, check.status === 'up' ? 1 : 0);
      }
    },
  });
  for (const name of Object.keys(lagKinds) as LagKindName[]) exposeLag(metrics, readiness, name);
}

function exposeLag(metrics: Metrics, readiness: Readiness, name: LagKindName): void {
  const { gauge: gaugeName, help, label } = lagKinds[name];
  metrics.gauge({
    name: gaugeName,
    help,
    labels: [label],
    collect: async (gauge) => {
      const measured = await readiness.measured();
      gauge.reset();
      for (const { probe, check } of measured) {
        if (probe.lag?.kind !== name || check.lag === null) continue;
        gauge.set({ [label]: probe.lag.of }, check.lag);
      }
    },
  });
}
