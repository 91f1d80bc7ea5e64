import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BullMqSweeps } from '@entrepot/platform-jobs';
import type { BullMqOptions, Sweep } from '@entrepot/platform-jobs';
import { testRedis } from '@entrepot/testing';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';

const everyMs = 200;

let options: BullMqOptions;
let redis: Redis;
let queue: Queue;
let processes: BullMqSweeps[];
let planFailures: string[];

beforeEach(async () => {
  const { url, keyPrefix } = await testRedis();
  options = { url, prefix: keyPrefix };
  redis = new Redis(url, { maxRetriesPerRequest: null });
  queue = new Queue('sweep.probe.count', { connection: redis, prefix: keyPrefix });
  processes = [];
  planFailures = [];
});
afterEach(async () => {
  await Promise.all(processes.map((running) => running.close()));
  await queue.close();
  redis.disconnect();
});

function startProcess(run: Sweep['run']): void {
  processes.push(
    new BullMqSweeps({
      ...options,
      sweeps: [{ name: 'probe.count', everyMs, run }],
      onPlanFailure: (name) => planFailures.push(name),
    }),
  );
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 30_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('it did not come to hold');
    await sleep(20);
  }
}

async function keyNames(): Promise<string[]> {
  const names: string[] = [];
  for await (const found of redis.scanStream({ match: `${options.prefix}*`, count: 1_000 })) {
    names.push(...(found as string[]));
  }
  return names;
}

/** Everything that Redis holds of the jobs themselves. */
async function keptText(): Promise<string> {
  const names = await keyNames();
  const kept = await Promise.all(
    names.map(async (name) => ((await redis.type(name)) === 'hash' ? redis.hgetall(name) : {})),
  );
  return JSON.stringify(kept);
}

describe('Sweeps in Redis', () => {
  it('run again and again, one at a time, however many processes there are', async () => {
    let runs = 0;
    let atOnce = 0;
    let atOnceMax = 0;
    const run = async (): Promise<void> => {
      atOnce += 1;
      atOnceMax = Math.max(atOnceMax, atOnce);
      // longer than the interval: the next run is due while this one is under way
      await sleep(2 * everyMs);
      atOnce -= 1;
      runs += 1;
    };
    for (let started = 0; started < 3; started += 1) startProcess(run);
    await until(() => runs >= 4);
    expect(atOnceMax).toBe(1);
    expect(planFailures).toEqual([]);
  });

  it('run once for all processes at each time', async () => {
    let runs = 0;
    const run = (): Promise<void> => {
      runs += 1;
      return Promise.resolve();
    };
    for (let started = 0; started < 3; started += 1) startProcess(run);
    await until(() => runs >= 3);
    const [scheduler, ...others] = await queue.getJobSchedulers();
    expect(others).toEqual([]);
    expect(scheduler).toMatchObject({ key: 'probe.count', every: everyMs });
    // each run has scheduled the next, and nothing else has
    const open = await queue.getJobCounts('wait', 'active', 'delayed', 'prioritized');
    expect(Object.values(open).reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(2);
  });

  it('are tried again after a failure, of which a code stays', async () => {
    let runs = 0;
    startProcess(() => {
      runs += 1;
      return runs === 1
        ? Promise.reject(new Error('mira@example.org hung up'))
        : Promise.resolve(undefined);
    });
    // of a run that is given up nothing is kept: this one waits for its second attempt
    await until(async () => (await keptText()).includes('HANDLER_FAILED'));
    expect(await keptText()).not.toContain('mira');
    await until(async () => !(await keptText()).includes('HANDLER_FAILED'));
  });

  it('are planned again when Redis has lost them', async () => {
    let runs = 0;
    startProcess(() => {
      runs += 1;
      return Promise.resolve();
    });
    await until(() => runs > 0);
    await redis.unlink(await keyNames());
    const before = runs;
    await until(() => runs > before + 2);
  }, 60_000);
});
