import type { OrderId } from '@entrepot/kernel';
import { DomainError } from '@entrepot/kernel';
import { GiftRecipients, OrderStore } from '@entrepot/orders';
import { Injectable } from '@nestjs/common';
import type { OrderRequest } from './claim-order.ts';
import { ClaimOrder } from './claim-order.ts';
import type { CheckoutResult, CheckoutRun } from './checkout-run.ts';
import { RunCheckout } from './run-checkout.ts';

export interface PlacedOrder {
  readonly orderId: OrderId;
  readonly isReplay: boolean;
  /** How the work on the order ended; undefined where somebody else has done it. */
  readonly run: CheckoutRun | undefined;
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
    private readonly gifts: GiftRecipients,
  ) {}

  /**
   * Throws STOCK_UNDECIDED (ask again with the same key), REQUEST_IN_FLIGHT, and what the claim refuses.
   * A declined or refused order is no error here: it is an order, and its view says so.
   */
  async execute(request: OrderRequest): Promise<PlacedOrder> {
    const claimed = await this.claimOrder.execute(request);
    if (claimed.kind === 'known') return this.goOn(claimed.orderId);
    if (claimed.recipient !== undefined) await this.gifts.admit(claimed.recipient);
    return placed(await this.runCheckout.fresh(claimed.order), false);
  }

  /** The order of an earlier attempt; somebody else may be at work on it, or have brought it to rest. */
  private async goOn(orderId: OrderId): Promise<PlacedOrder> {
    const taken = await this.orders.takeUp(orderId);
    if (taken !== undefined) return placed(await this.runCheckout.resume(taken.order), true);
    const found = await this.orders.findById(orderId);
    if (found === undefined) throw new Error(`the claim of order ${orderId} has no order`);
    if (found.order.status !== 'placing') return { orderId, isReplay: true, run: undefined };
    throw new DomainError('REQUEST_IN_FLIGHT', 'somebody is at work on this order');
  }
}

function placed(run: CheckoutResult, isReplay: boolean): PlacedOrder {
  const { order, end, shortages } = run;
  const { orderId } = order;
  if (end === 'resting') return { orderId, isReplay, run };
  throw new DomainError('STOCK_UNDECIDED', 'units are on their way or a cell does not answer', {
    details: { orderId, lines: shortages, retryAfterSeconds: askAgainSeconds },
  });
}
