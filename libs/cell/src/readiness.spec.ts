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
  lag: { kind: 'peer', of: 'eu-1' },
  measure: () => Promise.reject(new Error('silent')),
};
const readiness = (...probes: ReadinessProbe[]) => new Readiness('in-1' as CellId, probes);

describe('Readiness', () => {
  it('is ready while everything required answers', async () => {
    const view = await readiness(up, down).view();
    expect(view.status).toBe('ready');
    expect(view.checks).toEqual([
      { name: 'shop', required: true, unit: null, status: 'up', lag: null, degraded: false },
      {
        name: 'peer eu-1',
        required: false,
        unit: 'seconds',
        status: 'down',
        lag: null,
        degraded: false,
      },
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

  it('marks what is further behind than is normal, and stays ready', async () => {
    const behind = (lag: number): ReadinessProbe => ({
      name: 'catalog age',
      required: false,
      lag: { kind: 'catalog', of: 'catalog' },
      measure: () => Promise.resolve(lag),
    });
    const view = await readiness(up, behind(30), behind(30.5)).view();
    expect(view.status).toBe('ready');
    expect(view.checks.map(({ lag, degraded }) => ({ lag, degraded }))).toEqual([
      { lag: null, degraded: false },
      { lag: 30, degraded: false },
      { lag: 30.5, degraded: true },
    ]);
  });

  it('asks the stores once a second, however often it is asked', async () => {
    let now = 0;
    let asked = 0;
    const counted: ReadinessProbe = {
      ...up,
      measure: () => {
        asked += 1;
        return Promise.resolve(undefined);
      },
    };
    const polled = new Readiness('in-1' as CellId, [counted], () => now);
    await Promise.all(Array.from({ length: 50 }, () => polled.view()));
    now = 999;
    await polled.view();
    expect(asked).toBe(1);
    now = 1_000;
    await polled.view();
    expect(asked).toBe(2);
  });

  it('does not ask beside a question that has no answer yet', async () => {
    let now = 0;
    let asked = 0;
    const silent: ReadinessProbe = {
      ...up,
      measure: () => {
        asked += 1;
        return new Promise(() => undefined);
      },
    };
    const polled = new Readiness('in-1' as CellId, [silent], () => now);
    await polled.view();
    now = 5_000;
    expect((await polled.view()).status).toBe('not-ready');
    expect(asked).toBe(1);
  });

  it('looks at what was opened later', async () => {
    const growing = readiness(up);
    growing.watch({ ...down, required: true });
    expect((await growing.view()).status).toBe('not-ready');
  });
});
