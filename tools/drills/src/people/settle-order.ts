import { setTimeout as sleep } from 'node:timers/promises';

import type { ShopperClient } from '@entrepot/client';
import type { OrderView, PlaceOrderBody } from '@entrepot/contracts/api/orders';

const timeoutMs = 60_000;
const pollMs = 100;

/** Orders under one key until the order rests for good; approves the payment where that is asked. */
export async function settleOrder(
  wanted: { readonly shopper: ShopperClient; readonly body: PlaceOrderBody; readonly key: string },
  provider: { readonly approve: (url: string) => Promise<void> },
): Promise<OrderView> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const { body: order } = await wanted.shopper.placeOrder(wanted.body, wanted.key);
    if (order.status === 'confirmed') return order;
    if (performance.now() > end) throw new Error(`order ${order.id} is still ${order.status}`);
    if (order.nextAction?.url === undefined) await sleep(pollMs);
    else await provider.approve(order.nextAction.url);
  }
}
