import { setTimeout as sleep } from 'node:timers/promises';

import type { CanaryShopper } from '@entrepot/drills';
import { endEpoch, passKmsWindow } from '@entrepot/drills';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { ShopFloor } from '../src/shop-floor.ts';
import { brokenChains, DrillGround, tablesOfErased } from './drill-ground.ts';

const limitMs = 3_600_000;
const erasures = Number(process.env['ENTREPOT_DRILL_ERASURES'] ?? 100);
/** What AWS KMS takes by default of ScheduleKeyDeletion, per account and region. */
const perSecond = 15;
const shoppers = 4;
const atOnce = 8;
const quietMs = 10_000;
/** Without one request that came further. */
const standstillMsMax = 180_000;
const pollMs = 1_000;
/** A cell that is too busy says so; what it must not do is fail. */
const busy = 503;

interface Traffic {
  readonly took: number[];
  readonly failed: string[];
  orders: number;
}

const beyondSql = `SELECT count(*)::int AS "count" FROM privacy.erasure_request
  WHERE request_id = ANY($1) AND (closed_at IS NOT NULL OR status = ANY($2))`;
const failedSql = `SELECT failed_step AS "step", failure_code AS "code" FROM privacy.erasure_request
  WHERE request_id = ANY($1) AND status = 'failed'`;

describe('Many erasures at once while others shop', () => {
  let ground: DrillGround;
  let floor: ShopFloor;
  let sku: string;

  beforeAll(async () => {
    ground = new DrillGround();
    floor = new ShopFloor();
    sku = await floor.newArticle(1_000_000, 'rtm');
  }, limitMs);
  afterAll(async () => {
    await floor.close();
    await ground.close();
  });

  /** Reads, fills a cart and orders until told to stop; how long each call took, in milliseconds, and what failed. */
  async function shop(person: CanaryShopper, signal: AbortSignal): Promise<Traffic> {
    const seen: Traffic = { took: [], failed: [], orders: 0 };
    while (!signal.aborted) {
      for (const path of ['/v1/me', '/v1/me/orders', '/v1/products?limit=10']) {
        const start = performance.now();
        const { call, status } = await person.call('GET', path);
        seen.took.push(performance.now() - start);
        if (status >= 500 && status !== busy) seen.failed.push(`${call} ${status}`);
        if (status === 401) await person.signIn();
      }
      const bought = await person.tryToBuy(sku);
      for (const { call, status } of bought) {
        if (status >= 500 && status !== busy) seen.failed.push(`${call} ${status}`);
      }
      if ([201, 202].includes(bought.at(-1)?.status ?? 0)) seen.orders += 1;
      await sleep(50);
    }
    return seen;
  }

  async function shopWhile(people: readonly CanaryShopper[], work: () => Promise<void>) {
    const stop = new AbortController();
    const traffic = people.map((person) => shop(person, stop.signal));
    const start = performance.now();
    try {
      await work();
    } finally {
      stop.abort();
    }
    const seen = await Promise.all(traffic);
    const took = seen.flatMap((each) => each.took).toSorted((a, b) => a - b);
    return {
      seconds: (performance.now() - start) / 1_000,
      calls: took.length,
      p99Ms: took[Math.floor(took.length * 0.99)] ?? 0,
      orders: seen.reduce((sum, each) => sum + each.orders, 0),
      failed: seen.flatMap((each) => each.failed),
    };
  }

  /** The next one is due whether the one before was decided or not, but no more than so many are asked at once. */
  async function decideAtPace(people: readonly CanaryShopper[]): Promise<string[]> {
    const requests: string[] = [];
    const waiting = [...people.entries()];
    const start = performance.now();
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
          const [index, person] = next;
          const dueAt = start + (index * 1_000) / perSecond;
          await sleep(Math.max(0, dueAt - performance.now()));
          requests.push((await ground.officers.decide(person.accountId)).id);
        }
      }),
    );
    return requests;
  }

  /** Until all are so far; throws where one failed, or none comes further any more. */
  async function untilAll(requests: readonly string[], statuses: readonly string[]): Promise<void> {
    let [known, since] = [-1, performance.now()];
    for (;;) {
      expect(await ground.rows('shop', failedSql, [requests])).toEqual([]);
      const [row] = await ground.rows('shop', beyondSql, [requests, statuses]);
      const count = Number(row?.['count']);
      if (count === requests.length) return;
      if (count > known) [known, since] = [count, performance.now()];
      if (performance.now() - since > standstillMsMax) {
        throw new Error(`${count} of ${requests.length} erasures came so far, and no more do`);
      }
      await sleep(pollMs);
    }
  }

  it(
    'T32 all end, and nobody who shops meets an error',
    async () => {
      const crowd = Array.from({ length: erasures }, () => ground.newPerson());
      for (let at = 0; at < crowd.length; at += atOnce) {
        await Promise.all(crowd.slice(at, at + atOnce).map((person) => person.signUp()));
      }
      await crowd[0]?.buy(sku);
      const subjects = await Promise.all(crowd.map((person) => ground.subjectOf(person)));
      const others = Array.from({ length: shoppers }, () => ground.newPerson());
      for (const person of others) await person.signUp();

      const quiet = await shopWhile(others, () => sleep(quietMs));
      let [requests, unreadableSeconds]: [string[], number] = [[], 0];
      const beside = await shopWhile(others, async () => {
        const start = performance.now();
        requests = await decideAtPace(crowd);
        await untilAll(requests, ['verified_unreadable', 'key_destroyed', 'certified']);
        unreadableSeconds = (performance.now() - start) / 1_000;
        await endEpoch(ground.home);
        await passKmsWindow(ground.node, ground.home);
        await untilAll(requests, []);
      });
      process.stderr.write(
        `${erasures} erasures, unreadable after ${unreadableSeconds.toFixed(0)} s ` +
          `(${(erasures / unreadableSeconds).toFixed(1)} a second), closed after ${beside.seconds.toFixed(0)} s; ` +
          `beside them ${beside.calls} reads, 99 % within ${beside.p99Ms.toFixed(0)} ms, and ${beside.orders} orders; ` +
          `before them ${quiet.calls} reads, 99 % within ${quiet.p99Ms.toFixed(0)} ms, and ${quiet.orders} orders ` +
          `in ${quiet.seconds.toFixed(0)} s\n`,
      );
      expect(beside.failed).toEqual([]);
      expect(beside.calls).toBeGreaterThan(100);
      expect(beside.orders).toBeGreaterThan(0);
      for (const subject of subjects) {
        expect(await ground.tablesWith(subject)).toEqual(tablesOfErased);
      }
      expect(await ground.rows('shop', brokenChains)).toEqual([]);
    },
    limitMs,
  );
});
