import { describe, expect, it } from '@jest/globals';
import { Metrics } from './metrics.ts';
import type { MetricLabel } from './metrics.ts';

describe('Metrics', () => {
  it('exposes what was counted, bound to the cell and process', async () => {
    const metrics = new Metrics({ cell: 'in-1', process: 'api' });
    const orders = metrics.counter({
      name: 'entrepot_orders_total',
      help: 'Orders by outcome',
      labels: ['outcome'],
    });
    orders.inc({ outcome: 'confirmed' });
    const { text } = await metrics.expose();
    expect(text).toContain('# TYPE entrepot_orders_total counter');
    expect(text).toMatch(/entrepot_orders_total\{[^}]*outcome="confirmed"[^}]*\} 1/);
    expect(text).toContain('cell="in-1"');
  });

  it('refuses a label that is not listed', () => {
    const metrics = new Metrics({ cell: 'in-1', process: 'api' });
    const labels = ['email' as MetricLabel];
    expect(() => metrics.gauge({ name: 'entrepot_people', help: 'x', labels })).toThrow('email');
  });
});
