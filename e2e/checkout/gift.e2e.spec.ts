import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FilledCart } from '../src/shop-floor.ts';
import { ShopFloor } from '../src/shop-floor.ts';

const gift = {
  address: {
    recipient: 'Luc Example',
    line1: '1 Rue du Port',
    city: 'Lyon',
    postalCode: '69001',
    country: 'FR',
  },
  message: 'Joyeux anniversaire !\nAnna',
};

describe('A gift', () => {
  let floor: ShopFloor;
  beforeAll(() => {
    floor = new ShopFloor();
  });
  afterAll(() => floor.close());

  async function fillGift(change: object = {}): Promise<FilledCart> {
    const sku = await floor.newArticle(10);
    const filled = await floor.fillCart(floor.clientAt(0), { country: 'DE', sku, quantity: 2 });
    return { ...filled, body: { ...filled.body, gift: { ...gift, ...change } } };
  }

  it('is taxed where it goes, shown to its buyer with where that is, and the same when replayed', async () => {
    const filled = await fillGift();
    const key = randomUUID();
    const order = await floor.settle(filled, key);
    expect(order).toMatchObject({
      ...{ status: 'confirmed', isErased: false, address: filled.body.address },
      ...{ gift: { ...gift, isErased: false }, taxIncluded: { amountMinor: 40 } },
    });
    const { body: read } = await filled.shopper.order(order.id);
    expect(read).toEqual(order);
    const replay = await filled.shopper.placeOrder(filled.body, key);
    expect(replay).toMatchObject({ wasReplayed: true, body: { id: order.id, gift } });
    const other = { ...filled.body, gift: { ...gift, message: 'Another' } };
    await expect(filled.shopper.placeOrder(other, key)).rejects.toMatchObject({
      ...{ status: 422, code: 'IDEMPOTENCY_KEY_REUSED' },
    });
  }, 60_000);

  it('is refused where the cell does not deliver, and the cart stays open', async () => {
    const filled = await fillGift({ address: { ...gift.address, country: 'IN' } });
    await expect(filled.shopper.placeOrder(filled.body, randomUUID())).rejects.toMatchObject({
      ...{ status: 422, code: 'DELIVERY_COUNTRY_NOT_SERVED' },
    });
    const { body: cart } = await filled.shopper.cart(filled.body.cartId);
    expect(cart).toMatchObject({ status: 'open', cartVersion: filled.body.cartVersion });
  }, 60_000);
});
