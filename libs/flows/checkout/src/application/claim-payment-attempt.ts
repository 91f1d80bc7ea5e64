import { OrderCart } from '@entrepot/carts';
import type { PayAgainBody } from '@entrepot/contracts/api/orders';
import type { OrderId } from '@entrepot/kernel';
import { DomainError } from '@entrepot/kernel';
import type { Order } from '@entrepot/orders';
import { OrderStore } from '@entrepot/orders';
import { ShopDatabase } from '@entrepot/platform-database';
import type { ClaimRequest } from '@entrepot/platform-idempotency';
import { IdempotencyRegister } from '@entrepot/platform-idempotency';
import { Injectable } from '@nestjs/common';

export interface PayAgainRequest {
  readonly orderId: OrderId;
  readonly payment: PayAgainBody['payment'];
  readonly claim: Omit<ClaimRequest, 'resourceId'>;
}

/**
 * In one transaction the request is claimed, the declined order takes its cart again, and a new attempt and
 * a new round for its stock are numbered.
 */
@Injectable()
export class ClaimPaymentAttempt {
  constructor(
    private readonly database: ShopDatabase,
    private readonly orders: OrderStore,
    private readonly register: IdempotencyRegister,
    private readonly orderCart: OrderCart,
  ) {}

  /**
   * The order, ready to be run; undefined where the same request was claimed before. Throws
   * ORDER_NOT_PAYABLE unless the order was declined and its cart is as it was, SUBJECT_ERASED,
   * IDEMPOTENCY_KEY_REUSED.
   */
  async execute(request: PayAgainRequest): Promise<Order | undefined> {
    if (await this.isKnown(request)) return undefined;
    try {
      return await this.claim(request);
    } catch (error) {
      // the same request, sent twice at once, may have been claimed meanwhile
      if (await this.isKnown(request)) return undefined;
      throw error;
    }
  }

  private async isKnown({ claim }: PayAgainRequest): Promise<boolean> {
    return (await this.register.find(this.database, claim)) !== undefined;
  }

  private async claim({ orderId, payment, claim }: PayAgainRequest): Promise<Order> {
    const sealed = await this.register.seal({ ...claim, resourceId: orderId });
    return this.database.unitOfWork(async (tx) => {
      const order = await this.orders.lockById(tx, orderId);
      if (order === undefined) throw new DomainError('NOT_FOUND', 'there is no such order');
      if (order.subjectId === undefined) {
        throw new DomainError('SUBJECT_ERASED', 'the order is nobody’s any more');
      }
      if (order.status !== 'declined') {
        throw new DomainError('ORDER_NOT_PAYABLE', `the order is ${order.status}`);
      }
      await this.register.claim(tx, sealed);
      if (order.cartId !== undefined) await this.orderCart.takeAgain(tx, order.cartId, orderId);
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
