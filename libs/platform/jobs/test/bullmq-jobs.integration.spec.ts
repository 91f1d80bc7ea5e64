import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { field } from '@entrepot/contracts/events/event-fields';
import { DomainError } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { Database } from '@entrepot/platform-database';
import { BullMqJobQueue, BullMqJobRunner, defineJob, JobHandler } from '@entrepot/platform-jobs';
import type { BullMqOptions, JobPayload } from '@entrepot/platform-jobs';
import { testDatabase, testRedis, withClient } from '@entrepot/testing';
import type { TestDatabase } from '@entrepot/testing';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';

const settleDeclaration = {
  name: 'probe.settle',
  fields: { attemptId: field.reference() },
  attemptsMax: 2,
  atOnceMax: 3,
  rederiveEverySeconds: 1,
};
const settle = defineJob(settleDeclaration);
type Settle = JobPayload<typeof settle>;
const tell = defineJob({ ...settleDeclaration, name: 'probe.tell' });

const openAttempt = statement('probe.open_attempt', 'INSERT INTO probe.attempt (id) VALUES ($1)');
const closeAttempt = statement(
  'probe.close_attempt',
  'UPDATE probe.attempt SET runs = runs + 1, is_open = false WHERE id = $1',
);
const readOpen = statement(
  'probe.read_open',
  'SELECT id AS "attemptId" FROM probe.attempt WHERE is_open ORDER BY id',
);
const readRuns = statement(
  'probe.read_runs',
  'SELECT id, runs FROM probe.attempt WHERE NOT is_open ORDER BY id',
);
const probeTables = `
  CREATE SCHEMA probe;
  CREATE TABLE probe.attempt
    (id text PRIMARY KEY, runs int NOT NULL DEFAULT 0, is_open boolean NOT NULL DEFAULT true);
  GRANT USAGE ON SCHEMA probe TO shop_worker;
  GRANT SELECT, INSERT, UPDATE ON probe.attempt TO shop_worker;
`;

/** Settles attempts in PostgreSQL; a spec may make it fail, or hold it, by the attempt's id. */
class SettleAttempt extends JobHandler<Settle> {
  readonly job = settle;
  readonly calls: string[] = [];
  readonly failures = new Map<string, Error[]>();
  readonly held = new Map<string, Promise<unknown>>();
  isSweepOn = false;

  constructor(private readonly database: Database) {
    super();
  }

  async handle({ attemptId }: Settle): Promise<void> {
    this.calls.push(attemptId);
    await this.held.get(attemptId);
    const failure = this.failures.get(attemptId)?.shift();
    if (failure !== undefined) throw failure;
    await this.database.execute(closeAttempt, [attemptId]);
  }

  rederive(): Promise<readonly Settle[]> {
    return this.isSweepOn ? this.database.query<Settle>(readOpen) : Promise.resolve([]);
  }
}

let shop: TestDatabase<'shop'>;
let database: Database;
let options: BullMqOptions;
let queue: BullMqJobQueue;
let runner: BullMqJobRunner | undefined;
let handler: SettleAttempt;
let redis: Redis;
/** BullMQ's own view, to see what is kept of a job. */
let kept: Queue;

beforeAll(async () => {
  shop = await testDatabase('shop');
  await withClient(shop.urlFor('superuser'), (client) => client.query(probeTables));
  database = shop.open('worker');
  const { url } = await testRedis();
  redis = new Redis(url, { maxRetriesPerRequest: null });
});
beforeEach(async () => {
  const { url, keyPrefix } = await testRedis();
  options = { url, prefix: keyPrefix };
  queue = new BullMqJobQueue(options);
  kept = new Queue(settle.name, { connection: redis, prefix: keyPrefix });
  handler = new SettleAttempt(database);
});
afterEach(async () => {
  await runner?.close();
  runner = undefined;
  await queue.close();
  await kept.close();
});
afterAll(async () => {
  redis.disconnect();
  await shop.drop();
});

function startRunner(): BullMqJobRunner {
  runner = new BullMqJobRunner({ ...options, queue, declared: [settle], handlers: [handler] });
  return runner;
}

async function open(attemptId: string): Promise<Settle> {
  await database.execute(openAttempt, [attemptId]);
  return { attemptId };
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 30_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('it did not come to hold');
    await sleep(20);
  }
}

const runsOf = async (attemptId: string): Promise<number> => {
  const rows = await database.query<{ readonly id: string; readonly runs: number }>(readRuns);
  return rows.find(({ id }) => id === attemptId)?.runs ?? 0;
};
const isIdle = async (): Promise<boolean> => {
  const counts = await kept.getJobCounts('wait', 'active', 'delayed', 'prioritized');
  return Object.values(counts).every((count) => count === 0);
};
async function flush(): Promise<void> {
  for await (const found of redis.scanStream({ match: `${options.prefix}*`, count: 1_000 })) {
    const names = found as string[];
    if (names.length > 0) await redis.unlink(names);
  }
}

describe('Jobs in Redis', () => {
  it('are done once, however often the same hint is given before', async () => {
    const payload = await open('pay_1');
    for (let hint = 0; hint < 5; hint += 1) await queue.enqueue(settle, payload);
    expect(await kept.getJobCountByTypes('wait')).toBe(1);
    startRunner();
    await until(async () => (await runsOf('pay_1')) === 1 && (await isIdle()));
    expect(handler.calls).toEqual(['pay_1']);
  });

  it('take a hint that comes while the work is being done as a new one', async () => {
    const payload = await open('pay_2');
    const { promise, resolve } = Promise.withResolvers<undefined>();
    handler.held.set('pay_2', promise);
    startRunner();
    await queue.enqueue(settle, payload);
    await until(() => handler.calls.length === 1);
    // The work may have looked at the database before whatever this hint is about was there.
    await queue.enqueue(settle, payload);
    resolve(undefined);
    await until(async () => (await runsOf('pay_2')) === 2 && (await isIdle()));
    expect(handler.calls).toEqual(['pay_2', 'pay_2']);
  });

  it('wait for as long as they were told to', async () => {
    await queue.enqueue(settle, await open('pay_3'), { delayMs: 400 });
    startRunner();
    const [job] = await kept.getDelayed();
    expect(job?.delay).toBe(400);
    await until(async () => (await runsOf('pay_3')) === 1);
  });

  it('are tried again after a failure that may pass', async () => {
    handler.failures.set('pay_4', [new Error('the other side hung up')]);
    startRunner();
    await queue.enqueue(settle, await open('pay_4'));
    await until(async () => (await runsOf('pay_4')) === 1);
    expect(handler.calls).toEqual(['pay_4', 'pay_4']);
  });

  it('leave a code behind, and nothing of what the error said', async () => {
    const told = (): Error => new Error('mira@example.org refused 4111 1111 1111 1111');
    handler.failures.set('pay_5', [told(), told()]);
    handler.failures.set('pay_6', [new DomainError('PAYMENT_DECLINED', 'mira@example.org')]);
    startRunner();
    await queue.enqueue(settle, await open('pay_5'));
    await queue.enqueue(settle, await open('pay_6'));
    await until(async () => (await kept.getFailedCount()) === 2);
    const failed = await kept.getFailed();
    const reasons = failed.map(({ data, failedReason, attemptsMade, stacktrace }) => ({
      data: data as unknown,
      failedReason,
      attemptsMade,
      stacktrace,
    }));
    expect(reasons).toEqual(
      expect.arrayContaining([
        {
          data: { attemptId: 'pay_5' },
          failedReason: 'HANDLER_FAILED',
          attemptsMade: 2,
          stacktrace: [],
        },
        // A refusal is not asked a second time.
        {
          data: { attemptId: 'pay_6' },
          failedReason: 'PAYMENT_DECLINED',
          attemptsMade: 1,
          stacktrace: [],
        },
      ]),
    );
    expect(JSON.stringify(failed)).not.toMatch(/mira|4111 1111/);
  });

  it('are made again from the database when Redis has lost them', async () => {
    await queue.enqueue(settle, await open('pay_7'), { delayMs: 3_600_000 });
    expect(await kept.getDelayedCount()).toBe(1);
    await flush();
    expect(await kept.getDelayedCount()).toBe(0);
    handler.isSweepOn = true;
    // Nobody asks for the sweep: its own interval does.
    startRunner();
    await until(async () => (await runsOf('pay_7')) === 1);
    await until(isIdle);
    expect(await runsOf('pay_7')).toBe(1);
  });

  it('that take long do not keep a process from its end', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    handler.held.set('pay_8', promise);
    const parts = { ...options, queue, declared: [settle], handlers: [handler] };
    const ending = new BullMqJobRunner({ ...parts, endMsMax: 100 });
    await queue.enqueue(settle, await open('pay_8'));
    await until(() => handler.calls.length === 1);
    await Promise.race([
      ending.close(),
      sleep(5_000).then(() => Promise.reject(new Error('late'))),
    ]);
    resolve(undefined);
    // whoever is still there takes it up, and doing it twice changes nothing
    startRunner();
    await until(async () => (await runsOf('pay_8')) === 2 && (await isIdle()));
  });

  it('have slots of their own: no more of a kind at once, and none behind another kind', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const ids = Array.from({ length: settle.atOnceMax + 2 }, (_, index) => `pay_slot_${index}`);
    for (const id of ids) {
      handler.held.set(id, promise);
      await queue.enqueue(settle, await open(id));
    }
    const told: string[] = [];
    const teller = {
      job: tell,
      handle: ({ attemptId }: Settle) => Promise.resolve(void told.push(attemptId)),
      rederive: () => Promise.resolve([]),
    };
    runner = new BullMqJobRunner({
      ...{ ...options, queue, declared: [settle, tell], handlers: [handler, teller] },
    });
    await until(() => handler.calls.length === settle.atOnceMax);
    await queue.enqueue(tell, { attemptId: 'pay_slot_0' });
    await until(() => told.length === 1);
    expect(handler.calls).toHaveLength(settle.atOnceMax);
    resolve(undefined);
    await until(() => handler.calls.length === ids.length);
    await until(isIdle);
  });
});
