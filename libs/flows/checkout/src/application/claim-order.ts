import type { CartCaller } from '@entrepot/carts';
import { OrderCart } from '@entrepot/carts';
import type { PlaceOrderBody } from '@entrepot/contracts/api/orders';
import type { OrderId } from '@entrepot/kernel';
import type { NewRecipient, Order } from '@entrepot/orders';
import { OrderStore } from '@entrepot/orders';
import { ShopDatabase, together } from '@entrepot/platform-database';
import type { ClaimRequest, IdempotencyKey } from '@entrepot/platform-idempotency';
import { IdempotencyRegister } from '@entrepot/platform-idempotency';
import { Injectable } from '@nestjs/common';
import { DraftOrder } from './draft-order.ts';

export interface OrderRequest {
  readonly caller: CartCaller;
  readonly key: IdempotencyKey;
  readonly body: PlaceOrderBody;
}

export type ClaimedOrder =
  | { readonly kind: 'fresh'; readonly order: Order; readonly recipient?: NewRecipient }
  | { readonly kind: 'known'; readonly orderId: OrderId };

/**
 * Step 0: in one transaction the request is claimed, the order takes its cart unchanged, and is
 * written with its lines, prices, addresses and lease. Whatever happens later is asked of this row.
 */
@Injectable()
export class ClaimOrder {
  constructor(
    private readonly database: ShopDatabase,
    private readonly register: IdempotencyRegister,
    private readonly draft: DraftOrder,
    private readonly orderCart: OrderCart,
    private readonly orders: OrderStore,
  ) {}

  /** Throws IDEMPOTENCY_KEY_REUSED, and what the cart and the addresses refuse. */
  async execute(request: OrderRequest): Promise<ClaimedOrder> {
    // a repeated request is answered from its order, whatever the cart or the prices are by now
    const known = await this.findKnown(request);
    if (known !== undefined) return known;
    try {
      return await this.claim(request);
    } catch (error) {
      // the same request, sent twice at once, may have been claimed meanwhile
      const claimed = await this.findKnown(request);
      if (claimed === undefined) throw error;
      return claimed;
    }
  }

  private async findKnown(request: OrderRequest): Promise<ClaimedOrder | undefined> {
    const orderId = await this.register.find(this.database, claimOf(request));
    return orderId === undefined ? undefined : { kind: 'known', orderId: orderId as OrderId };
  }

  private async claim(request: OrderRequest): Promise<ClaimedOrder> {
    const { pinned, stored } = await this.draft.execute(request);
    const { orderId, subjectId } = stored.order;
    const claim = await this.register.seal({ ...claimOf(request), subjectId, resourceId: orderId });
    const order = await this.database.unitOfWork(async (tx) => {
      const [, , placed] = await together([
        this.register.claim(tx, claim),
        this.orderCart.take(tx, pinned, orderId, request.caller),
        this.orders.insert(tx, stored),
      ]);
      return placed;
    });
    const { recipient } = stored;
    return { kind: 'fresh', order, ...(recipient !== undefined && { recipient }) };
  }
}

function claimOf({ caller, key, body }: OrderRequest): Omit<ClaimRequest, 'resourceId'> {
  return {
    principal: caller.kind === 'shopper' ? caller.subjectId : caller.cartId,
    subjectId: caller.kind === 'shopper' ? caller.subjectId : undefined,
    method: 'POST',
    route: '/v1/orders',
    key,
    content: body,
  };
}
