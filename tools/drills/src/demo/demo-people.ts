import type { NodeFetch } from '@entrepot/client/node';
import type { DescribedCell } from '@entrepot/stack';

import { CanaryShopper } from '../people/canary-shopper.ts';
import type { GiftRecipient } from '../people/gift-recipient.ts';
import { dearArticleInStock } from '../people/goods.ts';

/** Above this, in minor units, an invoice of the region names its buyer (`libs/regions/*` has the laws). */
const namedAboveMinor: Readonly<Record<string, number>> = { eu: 25_000, in: 5_900_000 };
const unitsMax = 40;

export interface DemoPeople {
  readonly shopper: CanaryShopper;
  /** Who gets the gift of the shopper. */
  readonly recipient: GiftRecipient;
  readonly giftOrderId: string;
}

/** A shopper who leaves something in every place that an erasure has to reach; each is told as a line. */
export async function liveInCell(
  node: NodeFetch,
  home: DescribedCell,
  tell: (line: string) => void,
): Promise<DemoPeople> {
  const shopper = new CanaryShopper(node, home);
  const { sku, priceMinor } = await dearArticleInStock(node, home);
  const named = Math.floor((namedAboveMinor[home.region] ?? 0) / priceMinor) + 1;
  const order = await shopper.live(sku);
  const dear = await shopper.buy(sku, Math.min(named, unitsMax));
  const { order: gift, to: recipient } = await shopper.give(sku);
  await shopper.fillCart(sku);
  const copy = await shopper.askForCopy();
  tell(`A new shopper of ${home.id} has an account, an address and a cart, and`);
  tell(`  two orders, one of them so dear that its invoice names them: ${order.id}, ${dear.id}`);
  tell(`  a gift that goes to somebody else: ${gift.id}`);
  tell(`  a copy of all their data, which is ready and nobody has fetched: ${copy.id}`);
  return { shopper, recipient, giftOrderId: gift.id };
}
