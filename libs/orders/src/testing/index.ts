import type { CellId, CurrencyCode, SalesChannelId, Sku } from '@entrepot/kernel';
import { Money, newCellId } from '@entrepot/kernel';
import type { Order } from '../domain/order.ts';
import { pinLines, totalsOf } from '../domain/order.ts';

/** An order just claimed: one line of three units at 1.19 each, tax of 19 % included. */
export function anOrder(cell: CellId, currency: CurrencyCode, changes: Partial<Order> = {}): Order {
  const unitPrice = Money.of(119, currency);
  const lines = pinLines([
    { sku: 'GLASS-1' as Sku, quantity: 3, unitPrice, taxRateBasisPoints: 1_900, priceVersion: 1 },
  ]);
  const now = new Date();
  return {
    orderId: newCellId('order', cell),
    subjectId: newCellId('subject', cell),
    salesChannelId: 'web' as SalesChannelId,
    cartId: newCellId('cart', cell),
    status: 'placing',
    onShortage: 'refuse',
    reserveRound: 1,
    hasRoundEnded: false,
    paymentAttempt: 1,
    fencingToken: 1n,
    version: 1,
    currency,
    ...totalsOf(lines, currency),
    paymentMethod: 'card',
    placedAt: now,
    attemptedAt: now,
    lines,
    ...changes,
  };
}
