import { describe, expect, it } from '@jest/globals';
import type { CellId } from '@entrepot/kernel';
import { Readiness } from './readiness.ts';
import type { ReadinessProbe } from './readiness.ts';

const up: ReadinessProbe = {
  name: 'shop',
  required: true,
  measure: () => Promise.resolve(undefined),
};
const down: ReadinessProbe = {
  name: 'peer eu-1',
  required: false,
  unit: 'seconds',
  measure: () => Promise.reject(new Error('silent')),
};
const readiness = (...probes: ReadinessProbe[]) => new Readiness('in-1' as CellId, probes);

describe('Readiness', () => {
  it('is ready while everything required answers', async () => {
    const view = await readiness(up, down).view();
    expect(view.status).toBe('ready');
    expect(view.checks).toEqual([
      { name: 'shop', required: true, unit: null, status: 'up', lag: null },
      { name: 'peer eu-1', required: false, unit: 'seconds', status: 'down', lag: null },
    ]);
  });

  it('is not ready without something required', async () => {
    expect((await readiness({ ...down, required: true }).view()).status).toBe('not-ready');
  });

  it('takes silence for an outage', async () => {
    const silent: ReadinessProbe = { ...up, measure: () => new Promise(() => undefined) };
    expect((await readiness(silent).view()).status).toBe('not-ready');
  });

  it('says that it drains, whatever else is well', async () => {
    const draining = readiness(up);
    draining.drain();
    expect((await draining.view()).status).toBe('draining');
  });
});
