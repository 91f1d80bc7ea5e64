import { OrderCart } from '@entrepot/carts';
import type { OutboxEvent } from '@entrepot/contracts/events/define-event';
import { orderClosed, orderConfirmed } from '@entrepot/contracts/events/orders';
import type { Order, OrderStatus } from '@entrepot/orders';
import { assertTransition, OrderStore } from '@entrepot/orders';
import type { Transaction } from '@entrepot/platform-database';
import { ShopDatabase } from '@entrepot/platform-database';
import { Outbox } from '@entrepot/platform-messaging';
import { Injectable } from '@nestjs/common';
import { OrderInvoices } from '../order-invoices.ts';

/**
 * Writes how the order rests or ended; the end is told in the same transaction, and a sale has its invoice in
 * it.
 */
@Injectable()
export class SettleOrderStep {
  constructor(
    private readonly database: ShopDatabase,
    private readonly orders: OrderStore,
    private readonly orderCart: OrderCart,
    private readonly outbox: Outbox,
    private readonly invoices: OrderInvoices,
  ) {}

  async execute(order: Order, status: OrderStatus): Promise<Order> {
    assertTransition(order.status, status);
    const settled = { ...order, status };
    const invoice = status === 'confirmed' ? await this.invoices.prepare(order) : undefined;
    return this.database.unitOfWork(async (tx) => {
      // together, and in this order: the order's row is locked before its event takes its place
      const [saved] = await Promise.all([
        this.orders.save(tx, settled),
        this.settleCart(tx, settled),
        this.outbox.append(tx, endOf(settled)),
        invoice && this.invoices.write(tx, invoice),
      ]);
      return saved;
    });
  }

  private async settleCart(
    tx: Transaction,
    { status, cartId, orderId, lines }: Order,
  ): Promise<void> {
    if (cartId === undefined) return;
    const skus = lines.map(({ sku }) => sku);
    if (status === 'confirmed') await this.orderCart.close(tx, cartId, orderId, skus);
    if (status === 'declined' || status === 'refused') {
      await this.orderCart.giveBack(tx, cartId, orderId);
    }
  }
}

/** What is told of an order that ended, under the version that saving it gives it. */
function endOf({ orderId, status, version, total }: Order): OutboxEvent[] {
  const told = { aggregateVersion: version + 1 };
  switch (status) {
    case 'confirmed':
      return [orderConfirmed.of({ orderId, totalMinor: Number(total.amountMinor) }, told)];
    case 'declined':
    case 'refused':
      return [orderClosed.of({ orderId, reason: status }, told)];
    case 'placing':
    case 'pending':
    case 'requires_action':
      return [];
  }
}
