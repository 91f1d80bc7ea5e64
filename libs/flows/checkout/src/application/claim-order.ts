import type { CartCaller } from '@entrepot/carts';
import { PinCartUseCase } from '@entrepot/carts';
import type { PlaceOrderBody } from '@entrepot/contracts/api/orders';
import type { Order } from '@entrepot/orders';
import { OrderStore } from '@entrepot/orders';
import { ShopDatabase } from '@entrepot/platform-database';
import type { ClaimOutcome, ClaimRequest, IdempotencyKey } from '@entrepot/platform-idempotency';
import { IdempotencyRegister, requireProgress } from '@entrepot/platform-idempotency';
import { Injectable } from '@nestjs/common';
import { DraftOrder } from './draft-order.ts';

export interface OrderRequest {
  readonly caller: CartCaller;
  readonly key: IdempotencyKey;
  readonly body: PlaceOrderBody;
}

export type ClaimedOrder = Extract<ClaimOutcome, { kind: 'fresh' | 'resume' | 'replay' }>;

/**
 * Step 0: in one transaction the request is claimed, the cart is found unchanged, and the order is
 * written with its lines, prices and address. Whatever happens later is asked of this row.
 */
@Injectable()
export class ClaimOrder {
  constructor(
    private readonly database: ShopDatabase,
    private readonly register: IdempotencyRegister,
    private readonly draft: DraftOrder,
    private readonly pinCart: PinCartUseCase,
    private readonly orders: OrderStore,
  ) {}

  /** Throws REQUEST_IN_FLIGHT, IDEMPOTENCY_KEY_REUSED, and what the cart and the address refuse. */
  async execute(request: OrderRequest): Promise<ClaimedOrder & { readonly order?: Order }> {
    const known = await this.claimKnown(request);
    if (known !== undefined) return known;
    const { pinned, stored } = await this.draft.execute(request);
    return this.database.unitOfWork(async (tx) => {
      const outcome = requireProgress(
        await this.register.claim(tx, {
          ...claimOf(request),
          resourceId: stored.order.orderId,
        }),
      );
      if (outcome.kind !== 'fresh') return outcome;
      await this.pinCart.assertUnchanged(tx, pinned, request.caller);
      await this.orders.insert(tx, stored);
      return { ...outcome, order: stored.order };
    });
  }

  /**
   * A repeated request is answered from its order, whatever the cart or the prices are by now; so this
   * comes before either is looked at.
   */
  private async claimKnown(request: OrderRequest): Promise<ClaimedOrder | undefined> {
    const outcome = await this.register.claimKnown(this.database, claimOf(request));
    return outcome === undefined ? undefined : requireProgress(outcome);
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
