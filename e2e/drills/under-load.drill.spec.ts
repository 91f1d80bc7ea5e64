import { setTimeout as sleep } from 'node:timers/promises';

import { endEpoch, passKmsWindow } from '@entrepot/drills';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { brokenChains, DrillGround, tablesOfErased } from './drill-ground.ts';

const limitMs = 1_800_000;
const stageTimeoutMs = 900_000;
const erasures = Number(process.env['ENTREPOT_DRILL_ERASURES'] ?? 100);
const shoppers = 4;
const atOnce = 8;

describe('Many erasures at once while others shop', () => {
  let ground: DrillGround;
  let sku: string;

  beforeAll(async () => {
    ground = new DrillGround();
    sku = await ground.article();
  }, limitMs);
  afterAll(() => ground.close());

  /** Reads and buys until told to stop; how long each call took, in milliseconds, and what failed. */
  async function shop(signal: AbortSignal) {
    const person = ground.newPerson();
    await person.signUp();
    const took: number[] = [];
    const failed: string[] = [];
    while (!signal.aborted) {
      for (const path of ['/v1/me', '/v1/me/addresses', '/v1/products?limit=10']) {
        const start = performance.now();
        const { call, status } = await person.call('GET', path);
        took.push(performance.now() - start);
        if (status >= 500) failed.push(`${call} ${status}`);
        if (status === 401) await person.signIn();
      }
      await sleep(50);
    }
    return { took, failed };
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
      const stop = new AbortController();
      const traffic = Array.from({ length: shoppers }, () => shop(stop.signal));
      const requests: string[] = [];
      for (const person of crowd) {
        requests.push((await ground.officers.decide(person.accountId)).id);
      }
      const timeoutMs = stageTimeoutMs;
      for (const id of requests) {
        await ground.officers.until(id, 'verified_unreadable', { timeoutMs });
      }
      await endEpoch(ground.home);
      await passKmsWindow(ground.node, ground.home);
      for (const id of requests) await ground.officers.until(id, 'closed', { timeoutMs });
      stop.abort();
      const seen = await Promise.all(traffic);
      const took = seen.flatMap((each) => each.took).toSorted((a, b) => a - b);
      const p99 = took[Math.floor(took.length * 0.99)] ?? 0;
      process.stderr.write(
        `${erasures} erasures; ${took.length} reads beside them, 99 % within ${p99.toFixed(0)} ms\n`,
      );
      expect(seen.flatMap(({ failed }) => failed)).toEqual([]);
      expect(took.length).toBeGreaterThan(100);
      for (const subject of subjects) {
        expect(await ground.tablesWith(subject)).toEqual(tablesOfErased);
      }
      expect(await ground.rows('shop', brokenChains)).toEqual([]);
    },
    limitMs,
  );
});
