import type { OrderView } from '@entrepot/contracts/api/orders';
import type { PostalAddress } from '@entrepot/contracts/api/address';
import { Money } from '@entrepot/kernel';
import type { Order, OrderLine } from '../domain/order.ts';
import { lineTotal } from '../domain/order.ts';

export interface OrderViewParts {
  readonly order: Order;
  /** Undefined once the person was erased. */
  readonly address: PostalAddress | undefined;
  /** Undefined where the order is no gift. */
  readonly gift?: OrderView['gift'] | undefined;
  readonly nextAction?: OrderView['nextAction'] | undefined;
  readonly declineCode?: string | undefined;
}

function toLineView(line: OrderLine): OrderView['lines'][number] {
  return {
    sku: line.sku,
    quantity: line.quantity,
    unitPrice: line.unitPrice.toJSON(),
    lineTotal: lineTotal(line).toJSON(),
    taxIncluded: line.taxIncluded.toJSON(),
    taxRateBasisPoints: line.taxRateBasisPoints,
    priceVersion: line.priceVersion,
    state: line.dropped === undefined ? 'ordered' : 'dropped',
    ...(line.dropped === undefined ? {} : { shortage: line.dropped }),
  };
}

/** The order as it is now; a replayed answer is made of this too. */
export function toOrderView({
  order,
  address,
  gift,
  nextAction,
  declineCode,
}: OrderViewParts): OrderView {
  return {
    id: order.orderId,
    status: order.status,
    placedAt: order.placedAt.toISOString(),
    ...(order.confirmedAt === undefined ? {} : { confirmedAt: order.confirmedAt.toISOString() }),
    total: order.total.toJSON(),
    taxIncluded: order.taxIncluded.toJSON(),
    shipping: Money.zero(order.currency).toJSON(),
    ...(address === undefined ? {} : { address }),
    isErased: address === undefined,
    ...(gift === undefined ? {} : { gift }),
    lines: order.lines.map(toLineView),
    ...(nextAction === undefined ? {} : { nextAction }),
    ...(declineCode === undefined ? {} : { declineCode }),
  };
}
