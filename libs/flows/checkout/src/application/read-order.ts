import type { CartCaller } from '@entrepot/carts';
import type { OrderView } from '@entrepot/contracts/api/orders';
import type { OrderId } from '@entrepot/kernel';
import { DomainError } from '@entrepot/kernel';
import type { Order, StoredOrder } from '@entrepot/orders';
import { OrderStore, toOrderView } from '@entrepot/orders';
import type { Payment } from '@entrepot/payments';
import { Injectable } from '@nestjs/common';
import { CheckoutFacts } from './checkout-facts.ts';
import type { CheckoutRun } from './checkout-run.ts';
import type { OrderAddressesView } from './order-addresses.ts';
import { OrderAddresses } from './order-addresses.ts';

/** An order as its shopper, or the guest who placed it, may see it. */
@Injectable()
export class ReadOrder {
  constructor(
    private readonly orders: OrderStore,
    private readonly facts: CheckoutFacts,
    private readonly addresses: OrderAddresses,
  ) {}

  /** Throws NOT_FOUND, also for somebody else's order. */
  async execute(orderId: OrderId, caller: CartCaller): Promise<OrderView> {
    const stored = await this.orders.findById(orderId);
    if (stored === undefined || !mayRead(stored, caller)) {
      throw new DomainError('NOT_FOUND', 'there is no such order');
    }
    const { order } = stored;
    const [addresses, payment] = await Promise.all([
      this.addresses.open(stored),
      this.facts.recordedPaymentOf(order),
    ]);
    return viewOf({ order, payment }, addresses);
  }
}

/** An order as whoever worked on it left it, with the addresses it was placed with. */
export function viewOf(
  { order, payment }: Pick<CheckoutRun, 'order' | 'payment'>,
  addresses: OrderAddressesView,
): OrderView {
  return toOrderView({ order, ...addresses, ...nextOf(order, payment) });
}

function mayRead({ order }: StoredOrder, caller: CartCaller): boolean {
  return caller.kind === 'shopper'
    ? order.subjectId === caller.subjectId
    : order.cartId === caller.cartId;
}

function nextOf(
  { status }: Order,
  payment: Payment | undefined,
): Pick<OrderView, 'nextAction' | 'declineCode'> {
  if (status === 'requires_action' && payment?.actionUrl !== undefined) {
    const { actionUrl: url } = payment;
    return { nextAction: { type: /^https?:/.test(url) ? 'redirect' : 'app_link', url } };
  }
  if (status === 'declined' && payment?.declineCode !== undefined) {
    return { declineCode: payment.declineCode };
  }
  return {};
}
