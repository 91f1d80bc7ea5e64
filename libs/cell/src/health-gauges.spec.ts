import { describe, expect, it } from '@jest/globals';
import type { CellId } from '@entrepot/kernel';
import { Metrics } from '@entrepot/platform-telemetry';
import { exposeHealth } from './health-gauges.ts';
import { Readiness } from './readiness.ts';
import type { ReadinessProbe } from './readiness.ts';

describe('The gauges of readiness', () => {
  it('are measured when they are read, and have no value where there is none', async () => {
    let now = 0;
    let bytes = 4_096;
    const replication = (of: string, measure: () => Promise<number>): ReadinessProbe => ({
      name: `replication ${of}`,
      required: false,
      lag: { kind: 'replication', of },
      measure,
    });
    const shop = replication('shop', () =>
      bytes < 0 ? Promise.reject(new Error('no standby')) : Promise.resolve(bytes),
    );
    const vault = replication('vault', () => Promise.resolve(0));
    const metrics = new Metrics({ cell: 'in-1', process: 'api' });
    exposeHealth(metrics, new Readiness('in-1' as CellId, [shop, vault], () => now));

    const valueOf = async (sample: RegExp): Promise<string | undefined> =>
      sample.exec((await metrics.expose()).text)?.[1];
    const lag = /^entrepot_replication_lag_bytes\{cluster="shop"[^}]*\} (\S+)$/m;
    const up = /^entrepot_health_check_up\{component="replication shop"[^}]*\} (\S+)$/m;
    expect(await valueOf(lag)).toBe('4096');
    expect(await valueOf(up)).toBe('1');
    expect(await valueOf(/^entrepot_replication_lag_bytes\{cluster="vault"[^}]*\} (\S+)$/m)).toBe(
      '0',
    );

    bytes = -1;
    now = 1_000;
    expect(await valueOf(lag)).toBeUndefined();
    expect(await valueOf(up)).toBe('0');
  });
});
