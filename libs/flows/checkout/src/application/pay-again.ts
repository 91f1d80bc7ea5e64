import type { PayAgainBody } from '@entrepot/contracts/api/orders';
import type { OrderId } from '@entrepot/kernel';
import { DomainError } from '@entrepot/kernel';
import type { Order } from '@entrepot/orders';
import { OrderStore } from '@entrepot/orders';
import { StartPaymentUseCase } from '@entrepot/payments';
import { ShopDatabase } from '@entrepot/platform-database';
import type { ClaimRequest } from '@entrepot/platform-idempotency';
import { IdempotencyRegister } from '@entrepot/platform-idempotency';
import { Injectable } from '@nestjs/common';
import { RunCheckout } from './run-checkout.ts';

export interface PayAgainRequest {
  readonly orderId: OrderId;
  readonly payment: PayAgainBody['payment'];
  readonly claim: Omit<ClaimRequest, 'resourceId'>;
}

/** Tries another payment for a declined order: a new attempt, and a new round for its stock. */
@Injectable()
export class PayAgain {
  constructor(
    private readonly database: ShopDatabase,
    private readonly orders: OrderStore,
    private readonly register: IdempotencyRegister,
    private readonly startPayment: StartPaymentUseCase,
    private readonly runCheckout: RunCheckout,
  ) {}

  /** Throws ORDER_NOT_PAYABLE unless the order was declined, PAYMENT_METHOD_NOT_OFFERED, CART_CLOSED. */
  async execute(request: PayAgainRequest): Promise<{ readonly isReplay: boolean }> {
    this.startPayment.assertOffered(request.payment.method);
    if (await this.isKnown(request)) return this.goOn(request.orderId);
    let begun: Order;
    try {
      begun = await this.begin(request);
    } catch (error) {
      // the same request, sent twice at once, may have been claimed meanwhile
      if (await this.isKnown(request)) return this.goOn(request.orderId);
      throw error;
    }
    await this.runCheckout.fresh(begun);
    return { isReplay: false };
  }

  private async isKnown({ claim }: PayAgainRequest): Promise<boolean> {
    return (await this.register.find(this.database, claim)) !== undefined;
  }

  private async goOn(orderId: OrderId): Promise<{ readonly isReplay: true }> {
    const waiting = await this.orders.takeUp(orderId);
    if (waiting !== undefined) await this.runCheckout.resume(waiting.order);
    return { isReplay: true };
  }

  private begin({ orderId, payment, claim }: PayAgainRequest): Promise<Order> {
    return this.database.unitOfWork(async (tx) => {
      const order = await this.orders.lockById(tx, orderId);
      if (order === undefined) throw new DomainError('NOT_FOUND', 'there is no such order');
      if (order.status !== 'declined') {
        throw new DomainError('ORDER_NOT_PAYABLE', `the order is ${order.status}`);
      }
      await this.register.claim(tx, { ...claim, resourceId: orderId });
      return this.orders.save(tx, {
        ...(await this.orders.shutOutHolder(tx, order)),
        status: 'placing',
        reserveRound: order.reserveRound + 1,
        paymentAttempt: order.paymentAttempt + 1,
        paymentMethod: payment.method,
        paymentToken: payment.token,
      });
    });
  }
}
