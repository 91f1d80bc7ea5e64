import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it } from '@jest/globals';

import { readyView } from '@entrepot/contracts/api/health';
import { answersOk, requireDescription, StackPaths } from '@entrepot/stack';
import type { DescribedCell } from '@entrepot/stack';
import { readStatus, killService } from '@entrepot/cli';

const recoveryTimeoutMs = 60_000;
const pollMs = 100;
const { cells } = requireDescription(new StackPaths().description);

/** Asked on loopback directly: not every resolver knows `*.localhost`. */
const readyUrl = ({ origin }: DescribedCell): string =>
  `http://127.0.0.1:${new URL(origin).port}/health/ready`;

async function restartsOf(service: string): Promise<number> {
  const { services } = await readStatus();
  return services.find(({ name }) => name === service)?.restarts ?? 0;
}

async function untilRestarted(service: string, before: number): Promise<void> {
  const end = performance.now() + recoveryTimeoutMs;
  while ((await restartsOf(service)) === before) {
    if (performance.now() > end) throw new Error(`${service} was not started again`);
    await sleep(pollMs);
  }
}

describe('a running stack', () => {
  it.each(cells)('$id is ready', async (cell) => {
    expect(await answersOk(readyUrl(cell))).toBe(true);
  });

  it.each(cells)('$id says how far behind it is, and its gauges say the same', async (cell) => {
    const response = await fetch(readyUrl(cell));
    const { checks } = readyView.parse(await response.json());
    const named = new Map(checks.map((check) => [check.name, check]));
    const followed = { status: 'up', required: false, unit: 'bytes', lag: expect.any(Number) };
    expect(named.get('replication shop')).toMatchObject(followed);
    expect(named.get('replication vault')).toMatchObject(followed);
    const timed = { status: 'up', required: false, unit: 'seconds', lag: expect.any(Number) };
    for (const name of ['catalog age', 'open order', 'outbox local', 'outbox global']) {
      expect(named.get(name)).toMatchObject(timed);
    }
    const consumer = 'checkout.payment-notices';
    const counted = { status: 'up', required: false, unit: 'records', lag: expect.any(Number) };
    expect(named.get(`consumer ${consumer}`)).toMatchObject(counted);
    expect(named.get('kms')).toMatchObject({ status: 'up', required: true });

    const metrics = await (await fetch(`${cell.metricsOrigin}/metrics`)).text();
    for (const sample of [
      'entrepot_replication_lag_bytes{cluster="shop"',
      'entrepot_replication_lag_bytes{cluster="vault"',
      'entrepot_catalog_age_seconds{cluster="catalog"',
      'entrepot_open_order_age_seconds{component="checkout"',
      'entrepot_outbox_lag_seconds{component="relay.local"',
      `entrepot_consumer_lag_records{consumer="${consumer}"`,
      'entrepot_health_check_up{component="kms"',
    ]) {
      expect(metrics).toContain(sample);
    }
  });

  it.each(cells)(
    '$id stays reachable while one of its API processes is killed',
    async (cell) => {
      const service = `${cell.id} api-1`;
      const before = await restartsOf(service);
      await killService(service, 'SIGKILL');
      // a connection that the dying process had accepted is lost with it; the others are not
      const answers = [];
      for (let asked = 0; asked < 10; asked += 1) answers.push(await answersOk(readyUrl(cell)));
      expect(answers.filter((isOk) => !isOk).length).toBeLessThanOrEqual(1);
      await untilRestarted(service, before);
      expect(await answersOk(readyUrl(cell))).toBe(true);
    },
    90_000,
  );
});
