import { createHash } from 'node:crypto';
import { amountMinorMax, linesOf } from '@entrepot/kernel';
import type { Money, Sku } from '@entrepot/kernel';
import type { Cart } from './cart.ts';

/** What one unit costs here and now, taxes included. */
export interface Offer {
  readonly sku: Sku;
  readonly unitPrice: Money;
  readonly priceVersion: number;
}

export interface PricedLine {
  readonly sku: Sku;
  readonly quantity: number;
  readonly offer: Offer | undefined;
  /** Undefined without an offer, and where the amount is beyond what JSON carries exactly. */
  readonly lineTotal: Money | undefined;
}

export interface PricedCart {
  readonly cart: Cart;
  readonly lines: readonly PricedLine[];
  readonly total: Money | undefined;
  /** `<version>.<digest of prices>`: what a shopper agrees to when ordering. */
  readonly cartVersion: string;
}

export function priceCart(cart: Cart, offers: ReadonlyMap<Sku, Offer>): PricedCart {
  const lines = linesOf(cart.state).map(({ sku, quantity }) => {
    const offer = offers.get(sku);
    const lineTotal = offer && boundedProduct(offer.unitPrice, quantity);
    return { sku, quantity, offer, lineTotal };
  });
  const cartVersion = `${cart.version}.${priceDigest(lines)}`;
  return { cart, lines, total: totalOf(lines), cartVersion };
}

/** The edit counter inside a cart version, as it came from outside; undefined when malformed. */
export function editCounterOf(cartVersion: string): number | undefined {
  const match = /^([0-9]{1,15})\.[A-Za-z0-9_-]{22}$/.exec(cartVersion);
  return match === null ? undefined : Number(match[1]);
}

/** 128 bits over SKU, quantity, price and price version of each line, base64url. */
function priceDigest(lines: readonly PricedLine[]): string {
  const hash = createHash('sha256');
  for (const { sku, quantity, offer } of lines) {
    const price =
      offer === undefined ? '-' : `${offer.unitPrice.amountMinor}${offer.unitPrice.currency}`;
    hash.update(`${sku} ${quantity} ${price} ${offer?.priceVersion ?? '-'}\n`);
  }
  return hash.digest().subarray(0, 16).toString('base64url');
}

function boundedProduct(unitPrice: Money, quantity: number): Money | undefined {
  const isExact = unitPrice.amountMinor * BigInt(quantity) <= amountMinorMax;
  return isExact ? unitPrice.times(quantity) : undefined;
}

function totalOf(lines: readonly PricedLine[]): Money | undefined {
  const totals = lines.flatMap(({ lineTotal }) => lineTotal ?? []);
  const [first, ...others] = totals;
  if (first === undefined) return undefined;
  const sum = totals.reduce((amount, { amountMinor }) => amount + amountMinor, 0n);
  if (sum > amountMinorMax) return undefined;
  return others.reduce((total, lineTotal) => total.plus(lineTotal), first);
}
