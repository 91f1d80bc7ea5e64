import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cardThatAsks, ShopFloor } from '../src/shop-floor.ts';
import type { FilledCart } from '../src/shop-floor.ts';

const countryOf: Readonly<Record<string, string>> = { 'in-1': 'IN', 'eu-1': 'DE' };

const addOne = (sku: string) => ({ type: 'add', sku, quantity: 1 }) as const;

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

  it('takes another payment for a declined order, once, however often it is asked', async () => {
    const sku = await floor.newArticle(10);
    const filled = await floor.fillCart(floor.clientAt(0), { country: 'DE', sku, quantity: 1 });
    const { shopper, body } = filled;
    const asking = { ...body, payment: { method: 'card' as const, token: cardThatAsks } };
    const key = randomUUID();
    const { body: waiting } = await shopper.placeOrder(asking, key);
    expect(waiting.status).toBe('requires_action');
    const edit = { replica: randomUUID().replaceAll('-', ''), seq: 1, op: addOne(sku) };
    await expect(shopper.editCart(body.cartId, [edit])).rejects.toMatchObject({
      problem: { code: 'CART_CLOSED', cartStatus: 'ordering', orderId: waiting.id },
    });
    await floor.refuse(waiting.nextAction?.url ?? '');
    const declined = { status: 402, code: 'PAYMENT_DECLINED' };
    const refused = floor.untilFinal({ ...filled, body: asking }, key);
    await expect(refused).rejects.toMatchObject(declined);
    const again = randomUUID();
    const card = { payment: { method: 'card' as const, token: 'pm_card_visa' } };
    await Promise.all([1, 2, 3].map(() => shopper.payAgain(waiting.id, card, again)));
    await floor.untilConfirmed(filled, waiting.id);
    const late = shopper.payAgain(waiting.id, card, randomUUID());
    await expect(late).rejects.toMatchObject({ status: 409, code: 'ORDER_NOT_PAYABLE' });
    expect((await shopper.placeOrder(asking, key)).body.status).toBe('confirmed');
  }, 60_000);

  it('sells a cart once, under however many keys it is ordered', async () => {
    const sku = await floor.newArticle(10);
    const filled = await floor.fillCart(floor.clientAt(0), { country: 'DE', sku, quantity: 1 });
    const orders = [1, 2, 3, 4].map(() => filled.shopper.placeOrder(filled.body, randomUUID()));
    const outcomes = await Promise.allSettled(orders);
    const placed = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(placed).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') continue;
      expect(outcome.reason).toMatchObject({ status: 409, code: 'CART_CLOSED' });
    }
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
});
