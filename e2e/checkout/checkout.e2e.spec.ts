import { randomUUID } from 'node:crypto';
import { ProblemError } from '@entrepot/client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ShopFloor } from '../src/shop-floor.ts';
import type { FilledCart } from '../src/shop-floor.ts';

const countryOf: Readonly<Record<string, string>> = { 'in-1': 'IN', 'eu-1': 'DE' };

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

describe('Checkout over both cells', () => {
  let floor: ShopFloor;
  beforeAll(() => {
    floor = new ShopFloor();
  });
  afterAll(() => floor.close());

  it.each(Object.entries(countryOf))(
    'sells in %s with the tax of %s inside the price, and answers a replay with the same order',
    async (cell, country) => {
      const sku = await floor.newArticle(10);
      const filled = await floor.fillCart(floor.clientAt(0), { country, sku, quantity: 2 });
      const key = randomUUID();
      const order = await floor.settle(filled, key);
      expect(order).toMatchObject({ status: 'confirmed', isErased: false });
      expect(order.id.startsWith(`ord_${cell}_`)).toBe(true);
      expect(order.taxIncluded.amountMinor).toBe(cell === 'in-1' ? 3_600 : 38);

      const again = await floor.clientAt(1).homeOf(country);
      expect(again.cell).toBe(cell);
      const replay = await filled.shopper.placeOrder(filled.body, key);
      expect(replay).toMatchObject({ status: 201, wasReplayed: true, body: { id: order.id } });
    },
    60_000,
  );

  it.each(Object.entries(countryOf))(
    'confirms in %s at the webhook what a shopper approved and left',
    async (cell, country) => {
      const sku = await floor.newArticle(100);
      const movedSample = /^entrepot_payment_notices_total\{outcome="moved"[^}]*\} (\d+)$/m;
      const moved = () => floor.counted(cell, 'worker', movedSample);
      const before = await moved();
      const left: { readonly filled: FilledCart; readonly orderId: string }[] = [];
      // the provider asks for the shopper in about half of the payments
      while (left.length < 3) {
        const filled = await floor.fillCart(floor.clientAt(0), { country, sku, quantity: 1 });
        const orderId = await floor.orderAndLeave(filled);
        if (orderId !== undefined) left.push({ filled, orderId });
      }
      for (const { filled, orderId } of left) await floor.untilConfirmed(filled, orderId);
      // the reconciler would have got there too, later: that it was not the one is counted
      expect(await moved()).toBeGreaterThan(before);
    },
    120_000,
  );

  it('refuses a line with the number that can be had, and stores nothing', async () => {
    const sku = await floor.newArticle(5);
    const filled = await floor.fillCart(floor.clientAt(0), { country: 'DE', sku, quantity: 6 });
    await expect(floor.settle(filled)).rejects.toMatchObject({
      status: 409,
      code: 'STOCK_SHORT',
      problem: { lines: [{ sku, reason: 'INSUFFICIENT', available: 5 }] },
    });
    const all = await floor.fillCart(floor.clientAt(0), { country: 'DE', sku, quantity: 5 });
    expect((await floor.settle(all)).status).toBe('confirmed');
  }, 60_000);

  it('refuses a key that was used for another order', async () => {
    const sku = await floor.newArticle(10);
    const filled = await floor.fillCart(floor.clientAt(0), { country: 'IN', sku, quantity: 1 });
    const key = randomUUID();
    await floor.settle(filled, key);
    const other = { ...filled.body, onShortage: 'partial' as const };
    await expect(filled.shopper.placeOrder(other, key)).rejects.toMatchObject({
      status: 422,
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
  }, 60_000);

  it('sells exactly 40 units to 64 buyers who want 120, from both cells and all processes', async () => {
    const units = 40;
    const sku = await floor.newArticle(units, 'rtm');
    const clients = [floor.clientAt(0), floor.clientAt(1)];
    const results = await crowd({ times: 120, at: 64 }, async (index) => {
      const client = clients[index % 2];
      if (client === undefined) throw new RangeError('no client');
      const country = index % 4 < 2 ? 'IN' : 'DE';
      return floor.settle(await floor.fillCart(client, { country, sku, quantity: 1 }));
    });
    const sold = results.filter(({ status }) => status === 'fulfilled').length;
    const refusals = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as unknown] : [],
    );
    const unexpected = refusals.filter(
      (reason) => !(reason instanceof ProblemError && reason.code === 'STOCK_SHORT'),
    );
    expect(unexpected).toEqual([]);
    expect(sold).toBe(units);
  }, 180_000);

  it('makes one order and one capture of a pair sent at once to two processes', async () => {
    const sku = await floor.newArticle(1_000);
    const first = floor.clientAt(0);
    const before = await floor.capturesOf('in-1');
    const pairs = await crowd({ times: 20, at: 10 }, async () => {
      const filled = await floor.fillCart(first, { country: 'IN', sku, quantity: 1 });
      const key = randomUUID();
      return Promise.all([floor.settle(filled, key), floor.settle(floor.through(filled, 1), key)]);
    });
    const orders = pairs.map((pair) => {
      if (pair.status === 'rejected') throw pair.reason;
      return pair.value;
    });
    expect(orders.filter(([left, right]) => left.id !== right.id)).toEqual([]);
    const taken = [...(await floor.capturesOf('in-1'))].filter(
      ([reference]) => !before.has(reference),
    );
    expect(taken.filter(([, count]) => count !== 1)).toEqual([]);
    expect(taken.length).toBe(20);
  }, 180_000);
});
