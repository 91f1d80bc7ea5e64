import { describe, expect, it } from '@jest/globals';

import { runStages } from './stage.ts';
import type { Step } from './stage.ts';

describe('the stages of a start', () => {
  it('begins a stage only when the one before is done', async () => {
    const order: string[] = [];
    const step = (title: string): Step => ({
      title,
      run: async () => {
        order.push(`${title} begins`);
        await Promise.resolve();
        order.push(`${title} ends`);
      },
    });
    await runStages(
      [
        { title: 'first', steps: [step('a'), step('b')] },
        { title: 'second', steps: [step('c')] },
      ],
      () => undefined,
    );
    expect(order.indexOf('c begins')).toBeGreaterThan(order.indexOf('b ends'));
    expect(order.indexOf('b begins')).toBeLessThan(order.indexOf('a ends'));
  });

  it('runs no more steps at once than the stage allows, and none after a failure', async () => {
    const begun: string[] = [];
    let running = 0;
    let runningMost = 0;
    const step = (title: string, end: () => void = () => undefined): Step => ({
      title,
      run: async () => {
        begun.push(title);
        running += 1;
        runningMost = Math.max(runningMost, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        end();
      },
    });
    const fail = (): never => {
      throw new Error('broken');
    };
    const steps = [step('a'), step('b'), step('c', fail), step('d'), step('e')];
    const run = runStages([{ title: 'narrow', steps, stepsAtOnceMax: 2 }], () => undefined);
    await expect(run).rejects.toThrow('broken');
    expect(runningMost).toBe(2);
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
  });

  it('waits for the neighbours of a failed step, so that they can be taken down', async () => {
    let isNeighbourUp = false;
    const failing: Step = { title: 'fails', run: () => Promise.reject(new Error('broken')) };
    const slow: Step = {
      title: 'slow',
      run: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        isNeighbourUp = true;
      },
    };
    const never: Step = { title: 'never', run: () => Promise.reject(new Error('must not run')) };
    const events: string[] = [];
    const run = runStages(
      [
        { title: 'first', steps: [failing, slow] },
        { title: 'second', steps: [never] },
      ],
      (stage, step, event) => events.push(`${stage}.${step} ${event.kind}`),
    );
    await expect(run).rejects.toThrow('broken');
    expect(isNeighbourUp).toBe(true);
    expect(events).toEqual(['0.0 started', '0.1 started', '0.0 failed', '0.1 done']);
  });
});
