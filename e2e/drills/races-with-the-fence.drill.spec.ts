import { setTimeout as sleep } from 'node:timers/promises';

import type { CanaryShopper } from '@entrepot/drills';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { brokenChains, DrillGround, tablesOfErased } from './drill-ground.ts';

const limitMs = 600_000;
const people = 6;
/** An answer that says what happened: done, gone, not now. A 500 says that nobody thought of it. */
const allowed = [200, 201, 202, 204, 400, 401, 403, 404, 409, 410, 422, 429, 503];

describe('Somebody who goes on shopping while being erased', () => {
  let ground: DrillGround;
  let sku: string;

  beforeAll(async () => {
    ground = new DrillGround();
    sku = await ground.article();
  }, limitMs);
  afterAll(() => ground.close());

  /** Renames, moves house, signs in and buys, over and over, until told to stop. */
  async function keepBusy(person: CanaryShopper, signal: AbortSignal): Promise<number[]> {
    const seen: number[] = [];
    while (!signal.aborted) {
      const calls = [person.comeBack(), person.readEverything(), person.tryToBuy(sku)];
      for (const { status } of (await Promise.all(calls)).flat()) seen.push(status);
    }
    return seen;
  }

  it(
    'T18 either wrote it before the fence and loses it, or is refused; no call fails',
    async () => {
      const crowd = Array.from({ length: people }, () => ground.newPerson());
      for (const person of crowd) await person.live(sku);
      const subjects = await Promise.all(crowd.map((person) => ground.subjectOf(person)));
      const [seed] = fc.sample(fc.integer(), 1);
      const pauses = fc.sample(fc.integer({ min: 0, max: 1_500 }), {
        numRuns: people,
        seed: seed ?? 0,
      });
      process.stderr.write(`races: seed ${seed ?? 0}\n`);
      const stop = new AbortController();
      const busy = crowd.map((person) => keepBusy(person, stop.signal));
      await Promise.all(
        crowd.map(async (person, index) => {
          await sleep(pauses[index]);
          const { id } = await ground.officers.decide(person.accountId);
          await ground.officers.until(id, 'verified_unreadable', { timeoutMs: 240_000 });
        }),
      );
      stop.abort();
      const seen = (await Promise.all(busy)).flat();
      expect(seen.filter((status) => !allowed.includes(status))).toEqual([]);
      expect(seen).toContain(200);
      for (const person of crowd) {
        const late = [...(await person.comeBack()), ...(await person.tryToBuy(sku))];
        expect([...new Set(late.map(({ status }) => status))]).toEqual([401]);
      }
      for (const subject of subjects) {
        expect(await ground.tablesWith(subject)).toEqual(tablesOfErased);
      }
      expect(await ground.rows('shop', brokenChains)).toEqual([]);
      const sums = `SELECT currency, sum(amount_minor)::int AS "sum" FROM payments.ledger_entry
        GROUP BY currency HAVING sum(amount_minor) <> 0`;
      expect(await ground.rows('shop', sums)).toEqual([]);
    },
    limitMs,
  );
});
