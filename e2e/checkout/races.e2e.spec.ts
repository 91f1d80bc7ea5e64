import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { killService, StackFaults } from '@entrepot/cli';
import { ProblemError } from '@entrepot/client';
import type { OrderView } from '@entrepot/contracts/api/orders';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { FilledCart } from '../src/shop-floor.ts';
import { ShopFloor } from '../src/shop-floor.ts';

const buyers = 64;
/** What `npm test` runs, and the whole of it: `ENTREPOT_RACES=full`. */
const sizes = {
  short: { runs: 1, attempts: 120, units: 40, pairs: 20, rounds: 1, killedMin: 1 },
  full: { runs: 5, attempts: 1_000, units: 100, pairs: 150, rounds: 15, killedMin: 20 },
};
const size = process.env.ENTREPOT_RACES === 'full' ? sizes.full : sizes.short;
const pairsPerRound = 10;
/** In the middle of the calls that a round has sent. */
const killAfterMsMax = 300;
/** So that the call to the process that will be killed is the one that makes the claim. */
const headStartMs = 20;
const longRunMs = 20 * 60_000;

/** Runs the work `times` times, `at` most so many at once; keeps what each came to. */
async function crowd<T>(
  { times, at }: { readonly times: number; readonly at: number },
  work: (index: number) => Promise<T>,
): Promise<PromiseSettledResult<T>[]> {
  const results: PromiseSettledResult<T>[] = [];
  let next = 0;
  const one = async (): Promise<void> => {
    for (let index = next++; index < times; index = next++) {
      const [result] = await Promise.allSettled([work(index)]);
      results.push(result);
    }
  };
  await Promise.all(Array.from({ length: at }, one));
  return results;
}

function valuesOf<T>(results: readonly PromiseSettledResult<T>[]): T[] {
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

describe('races over both cells and all their processes', () => {
  let floor: ShopFloor;
  const faults = new StackFaults();
  beforeAll(() => {
    floor = new ShopFloor();
  });
  afterAll(() => floor.close());

  const cartFor = (sku: string): Promise<FilledCart> =>
    floor.fillCart(floor.clientAt(0), { country: 'IN', sku, quantity: 1 });

  /** The captures that the provider's own books have gained, by payment. */
  async function capturesDuring(work: () => Promise<void>): Promise<readonly number[]> {
    const before = await floor.capturesOf('in-1');
    await work();
    const after = await floor.capturesOf('in-1');
    return [...after].filter(([reference]) => !before.has(reference)).map(([, count]) => count);
  }

  it.each(Array.from({ length: size.runs }, (_, run) => run + 1))(
    `sells exactly ${size.units} units in ${size.attempts} attempts of ${buyers} buyers, run %i`,
    async () => {
      const sku = await floor.newArticle(size.units, 'rtm');
      const clients = [floor.clientAt(0), floor.clientAt(1)];
      const results = await crowd({ times: size.attempts, at: buyers }, async (index) => {
        const client = clients[index % 2];
        if (client === undefined) throw new RangeError('no client');
        const country = index % 4 < 2 ? 'IN' : 'DE';
        return floor.settle(await floor.fillCart(client, { country, sku, quantity: 1 }));
      });
      const refusals = results.flatMap((result) =>
        result.status === 'rejected' ? [result.reason as unknown] : [],
      );
      const unexpected = refusals.filter(
        (reason) => !(reason instanceof ProblemError && reason.code === 'STOCK_SHORT'),
      );
      expect(unexpected).toEqual([]);
      expect(results.length - refusals.length).toBe(size.units);
    },
    longRunMs,
  );

  it(
    `makes ${size.pairs} orders and captures of as many pairs sent at once to two processes`,
    async () => {
      const sku = await floor.newArticle(2 * size.pairs);
      const captures = await capturesDuring(async () => {
        const pairs = await crowd({ times: size.pairs, at: pairsPerRound }, async () => {
          const filled = await cartFor(sku);
          const key = randomUUID();
          const other = floor.through(filled, 1);
          return Promise.all([floor.settle(filled, key), floor.settle(other, key)]);
        });
        expect(valuesOf(pairs).filter(([left, right]) => left.id !== right.id)).toEqual([]);
      });
      expect(captures).toEqual(Array.from({ length: size.pairs }, () => 1));
    },
    longRunMs,
  );

  it(
    'makes one order and one capture of a pair whose first process is killed under the call',
    async () => {
      const pairs = size.rounds * pairsPerRound;
      const sku = await floor.newArticle(2 * pairs);
      let killed = 0;
      const captures = await capturesDuring(async () => {
        for (let round = 0; round < size.rounds; round += 1) {
          const filled = await Promise.all(
            Array.from({ length: pairsPerRound }, () => cartFor(sku)),
          );
          const sent = filled.map((cart) => sendTwice(cart));
          await sleep(Math.random() * killAfterMsMax);
          await killService('in-1 api-1', 'SIGKILL');
          const orders = await Promise.all(sent);
          killed += orders.filter(({ wasFirstLost }) => wasFirstLost).length;
          expect(new Set(orders.map(({ order }) => order.id)).size).toBe(pairsPerRound);
          await faults.untilWhole();
        }
      });
      expect(captures).toEqual(Array.from({ length: pairs }, () => 1));
      expect(killed).toBeGreaterThanOrEqual(size.killedMin);
    },
    longRunMs,
  );

  /** The first call goes to the process that will be killed and is not repeated; the second lives on. */
  async function sendTwice(
    filled: FilledCart,
  ): Promise<{ readonly order: OrderView; readonly wasFirstLost: boolean }> {
    const key = randomUUID();
    const [first, second] = await Promise.allSettled([
      floor.through(filled, 0, 0).shopper.placeOrder(filled.body, key),
      sleep(headStartMs).then(() => floor.settle(floor.through(filled, 1), key)),
    ]);
    if (second.status === 'rejected') throw second.reason;
    if (first.status === 'fulfilled') expect(first.value.body.id).toBe(second.value.id);
    const wasFirstLost = first.status === 'rejected' && !(first.reason instanceof ProblemError);
    return { order: second.value, wasFirstLost };
  }
});
