import type { OrderId } from '@entrepot/kernel';
import { DomainError } from '@entrepot/kernel';
import type { Order } from '@entrepot/orders';
import { isSettled, OrderStore } from '@entrepot/orders';
import { ShopDatabase } from '@entrepot/platform-database';
import type { Transaction } from '@entrepot/platform-database';
import type { Claim } from '@entrepot/platform-idempotency';
import { IdempotencyRegister } from '@entrepot/platform-idempotency';
import { Injectable } from '@nestjs/common';
import type { OrderRequest } from './claim-order.ts';
import { ClaimOrder } from './claim-order.ts';
import type { CheckoutResult } from './checkout-run.ts';
import { RunCheckout } from './run-checkout.ts';

export interface PlacedOrder {
  readonly orderId: OrderId;
  readonly isReplay: boolean;
}

/** Units may be on their way: the same request, sent again a little later, may succeed. */
export const askAgainSeconds = 1;

/**
 * Places an order, or says what became of it: the same key leads to the same order, whoever of several
 * processes is asked and whatever happened to the one that was asked first.
 */
@Injectable()
export class PlaceOrder {
  constructor(
    private readonly claimOrder: ClaimOrder,
    private readonly runCheckout: RunCheckout,
    private readonly orders: OrderStore,
    private readonly register: IdempotencyRegister,
    private readonly database: ShopDatabase,
  ) {}

  /**
   * Throws STOCK_UNDECIDED (ask again with the same key), REQUEST_IN_FLIGHT, and what the claim refuses.
   * A declined or refused order is no error here: it is an order, and its view says so.
   */
  async execute(request: OrderRequest): Promise<PlacedOrder> {
    const claimed = await this.claimOrder.execute(request);
    if (claimed.kind === 'replay') return this.replay(claimed.resourceId as OrderId);
    const { claim } = claimed;
    const order = claimed.order ?? (await this.takeUp(claim));
    if (isSettled(order.status)) {
      await this.complete(claim);
      return { orderId: order.orderId, isReplay: true };
    }
    const isReplay = claimed.order === undefined;
    try {
      const answer = (tx: Transaction) => this.register.complete(tx, claim);
      const result = await (isReplay
        ? this.runCheckout.resume(order, answer)
        : this.runCheckout.fresh(order, answer));
      return this.placed(result, isReplay);
    } catch (error) {
      await this.letGo(claim, order);
      throw error;
    }
  }

  /** So that a retry need not wait for the leases to run out; they do so where this fails as well. */
  private async letGo(claim: Claim, order: Order): Promise<void> {
    await Promise.allSettled([this.release(claim), this.orders.putDown(order)]);
  }

  /** An order that waits for the shopper or the provider is looked at again when it is asked for. */
  private async replay(orderId: OrderId): Promise<PlacedOrder> {
    const waiting = await this.orders.takeUp(orderId);
    if (waiting !== undefined) await this.runCheckout.resume(waiting.order);
    return { orderId, isReplay: true };
  }

  /** The order of an earlier attempt; somebody else may be at work on it, or have finished it. */
  private async takeUp(claim: Claim): Promise<Order> {
    const orderId = claim.resourceId as OrderId;
    const taken = await this.orders.takeUp(orderId);
    const found = taken ?? (await this.orders.findById(orderId));
    if (found === undefined) throw new Error(`the claim of order ${orderId} has no order`);
    if (taken !== undefined || isSettled(found.order.status)) return found.order;
    await this.release(claim);
    throw new DomainError('REQUEST_IN_FLIGHT', 'somebody is at work on this order');
  }

  private placed(result: CheckoutResult, isReplay: boolean): PlacedOrder {
    const { orderId } = result.order;
    if (result.end === 'resting') return { orderId, isReplay };
    throw new DomainError('STOCK_UNDECIDED', 'units are on their way or a cell does not answer', {
      details: { orderId, lines: result.shortages, retryAfterSeconds: askAgainSeconds },
    });
  }

  private complete(claim: Claim): Promise<void> {
    return this.database.unitOfWork((tx) => this.register.complete(tx, claim));
  }

  private release(claim: Claim): Promise<void> {
    return this.database.unitOfWork((tx) => this.register.release(tx, claim));
  }
}
