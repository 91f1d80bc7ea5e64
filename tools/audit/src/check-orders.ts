import type { Breach } from './breach.ts';
import { breach, Tally } from './breach.ts';

export interface OrderRow {
  readonly orderId: string;
  readonly status: string;
  readonly currency: string;
  readonly totalMinor: number;
}

/** A cart that an order has, under way or for good. */
export interface OrderedCart {
  readonly cartId: string;
  readonly status: 'ordering' | 'ordered';
  readonly orderId: string;
}

/** The units an order still asks for: lines that were not dropped, summed per SKU. */
export interface OrderedUnits {
  readonly orderId: string;
  readonly sku: string;
  readonly units: number;
}

export interface OrderReservation {
  readonly orderId: string;
  readonly sku: string;
  readonly state: string;
  readonly units: number;
}

export interface OrderBooks {
  readonly cell: string;
  readonly orders: readonly OrderRow[];
  readonly carts: readonly OrderedCart[];
  readonly lines: readonly OrderedUnits[];
  readonly reservations: readonly OrderReservation[];
}

const soldStates = new Set(['CONFIRMED', 'SHIPPED']);
const liveStates = new Set(['HELD', 'CONFIRMED', 'SHIPPED']);
const endedWithoutGoods = new Set(['refused', 'declined']);

/** Orders that have not ended; nothing of them can be judged yet, but their number is worth knowing. */
export const openOrders = (orders: readonly OrderRow[]): readonly OrderRow[] =>
  orders.filter(({ status }) => status !== 'confirmed' && !endedWithoutGoods.has(status));

/** A cart is kept from its shopper only while its order is under way, or once that is confirmed. */
export function checkCarts({ cell, carts, orders }: OrderBooks): Breach[] {
  const open = new Set(openOrders(orders).map(({ orderId }) => orderId));
  const statusOf = new Map(orders.map(({ orderId, status }) => [orderId, status]));
  return carts.flatMap(({ cartId, status, orderId }) => {
    const order = statusOf.get(orderId);
    const isRight = status === 'ordering' ? open.has(orderId) : order === 'confirmed';
    return isRight
      ? []
      : [breach('CART_WITHOUT_ITS_ORDER', { cell, cartId, status, order: order ?? 'none' })];
  });
}

/** A confirmed order has exactly its lines sold, another one that ended has none held or sold. */
export function checkOrders({ cell, orders, lines, reservations }: OrderBooks): Breach[] {
  const statusOf = new Map(orders.map(({ orderId, status }) => [orderId, status]));
  const ordered = new Tally();
  const sold = new Tally();
  for (const { orderId, sku, units } of lines) {
    if (statusOf.get(orderId) === 'confirmed') ordered.add(`${orderId} ${sku}`, units);
  }
  const wrong = reservations.flatMap((of) => {
    const status = statusOf.get(of.orderId);
    if (soldStates.has(of.state)) sold.add(`${of.orderId} ${of.sku}`, of.units);
    return liveStates.has(of.state) ? checkLive(cell, of, status) : [];
  });
  const keys = new Set([...ordered.keys(), ...sold.keys()]);
  const different = [...keys].flatMap((key) => {
    const [orderId = '', sku = ''] = key.split(' ');
    const row = { cell, orderId, sku, ordered: ordered.of(key), sold: sold.of(key) };
    const isConfirmed = statusOf.get(orderId) === 'confirmed';
    return isConfirmed && row.ordered !== row.sold ? [breach('ORDER_NOT_AS_SOLD', row)] : [];
  });
  return [...wrong, ...different];
}

function checkLive(
  cell: string,
  { orderId, sku, state, units }: OrderReservation,
  status: string | undefined,
): Breach[] {
  const row = { cell, orderId, sku, state, units, status: status ?? 'none' };
  if (status === undefined) return [breach('RESERVATION_WITHOUT_ORDER', row)];
  if (endedWithoutGoods.has(status)) return [breach('ENDED_ORDER_KEEPS_STOCK', row)];
  return status === 'confirmed' && state === 'HELD' ? [breach('CONFIRMED_ORDER_HOLDS', row)] : [];
}
