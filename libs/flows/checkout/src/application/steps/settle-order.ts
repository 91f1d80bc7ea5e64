import { PinCartUseCase } from '@entrepot/carts';
import { orderClosed, orderConfirmed } from '@entrepot/contracts/events/orders';
import type { Order, OrderStatus } from '@entrepot/orders';
import { assertTransition, OrderStore } from '@entrepot/orders';
import type { Transaction } from '@entrepot/platform-database';
import { ShopDatabase } from '@entrepot/platform-database';
import { Outbox } from '@entrepot/platform-messaging';
import { Injectable } from '@nestjs/common';

/** Writes how the order rests or ended; the end is told in the same transaction. */
@Injectable()
export class SettleOrderStep {
  constructor(
    private readonly database: ShopDatabase,
    private readonly orders: OrderStore,
    private readonly pinCart: PinCartUseCase,
    private readonly outbox: Outbox,
  ) {}

  async execute(order: Order, status: OrderStatus): Promise<Order> {
    assertTransition(order.status, status);
    return this.database.unitOfWork(async (tx) => {
      const saved = await this.orders.save(tx, { ...order, status });
      await this.tell(tx, saved);
      return saved;
    });
  }

  private async tell(tx: Transaction, order: Order): Promise<void> {
    const { orderId, version, status } = order;
    if (status === 'confirmed') {
      if (order.cartId !== undefined) await this.pinCart.close(tx, order.cartId, orderId);
      const body = { orderId, totalMinor: Number(order.total.amountMinor) };
      await this.outbox.append(tx, [orderConfirmed.of(body, { aggregateVersion: version })]);
    } else if (status === 'declined' || status === 'refused') {
      const body = { orderId, reason: status } as const;
      await this.outbox.append(tx, [orderClosed.of(body, { aggregateVersion: version })]);
    }
  }
}
