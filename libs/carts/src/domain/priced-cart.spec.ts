import { describe, expect, it } from '@jest/globals';
import { amountMinorMax, applyEdits, emptyCart, Money } from '@entrepot/kernel';
import type {
  CartId,
  CurrencyCode,
  ReplicaId,
  SalesChannelId,
  Sku,
  SubjectId,
} from '@entrepot/kernel';
import type { Cart } from './cart.ts';
import { editCounterOf, priceCart } from './priced-cart.ts';
import type { Offer } from './priced-cart.ts';

const replica = 'aaaaaaaaaaaaaaaa' as ReplicaId;
const [soap, tea] = ['SOAP', 'TEA'] as [Sku, Sku];
const offer = (sku: Sku, amountMinor: bigint, priceVersion = 1): [Sku, Offer] => [
  sku,
  { sku, unitPrice: Money.of(amountMinor, 'INR' as CurrencyCode), priceVersion },
];
const cart: Cart = {
  id: 'crt_x' as CartId,
  subjectId: 'sub_x' as SubjectId,
  ownerKind: 'shopper',
  salesChannelId: 'web' as SalesChannelId,
  status: 'open',
  version: 7,
  mergedInto: undefined,
  orderId: undefined,
  state: applyEdits(emptyCart, [
    { replica, seq: 1, op: { type: 'add', sku: soap, quantity: 3 } },
    { replica, seq: 2, op: { type: 'add', sku: tea, quantity: 1 } },
  ]),
};

describe('a priced cart', () => {
  it('multiplies and adds exactly', () => {
    const priced = priceCart(cart, new Map([offer(soap, 33_33n), offer(tea, 1n)]));
    expect(priced.total?.amountMinor).toBe(100_00n);
    expect(priced.lines.map((line) => line.lineTotal?.amountMinor)).toEqual([99_99n, 1n]);
  });

  it('changes its version with an edit, a price and a price version, and with nothing else', () => {
    const base = new Map([offer(soap, 5n), offer(tea, 1n)]);
    const version = priceCart(cart, base).cartVersion;
    expect(editCounterOf(version)).toBe(7);
    expect(priceCart(cart, new Map([...base].reverse())).cartVersion).toBe(version);
    const others = [
      priceCart({ ...cart, version: 8 }, base),
      priceCart(cart, new Map([offer(soap, 6n), offer(tea, 1n)])),
      priceCart(cart, new Map([offer(soap, 5n, 2), offer(tea, 1n)])),
      priceCart(cart, new Map([offer(soap, 5n)])),
    ].map((priced) => priced.cartVersion);
    expect(new Set([version, ...others]).size).toBe(5);
  });

  it('shows a line without price when its product is no longer sold', () => {
    const priced = priceCart(cart, new Map([offer(tea, 4n)]));
    expect(priced.lines.map((line) => line.lineTotal?.amountMinor)).toEqual([undefined, 4n]);
    expect(priced.total?.amountMinor).toBe(4n);
  });

  it('leaves out an amount that JSON cannot carry exactly', () => {
    const priced = priceCart(cart, new Map([offer(soap, amountMinorMax), offer(tea, 1n)]));
    expect(priced.lines.map((line) => line.lineTotal?.amountMinor)).toEqual([undefined, 1n]);
    const sum = priceCart(cart, new Map([offer(soap, 0n), offer(tea, amountMinorMax)]));
    expect(sum.total?.amountMinor).toBe(amountMinorMax);
    expect(
      priceCart(cart, new Map([offer(soap, 1n), offer(tea, amountMinorMax)])).total,
    ).toBeUndefined();
  });
});
