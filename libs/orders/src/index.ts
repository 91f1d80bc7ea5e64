export { OrdersModule } from './orders.module.ts';
export { toOrderView } from './api/order.view.ts';
export type { OrderViewParts } from './api/order.view.ts';
export { GiftRecipients } from './application/gift-recipients.ts';
export type { NewRecipient } from './application/gift-recipients.ts';
export { orderLeaseSeconds, OrderStore, shopperActionSeconds } from './application/order-store.ts';
export type { OrderPosition, StoredOrder, StoredRecipient } from './application/order-store.ts';
export { assertTransition, dropLines, pinLines, totalsOf } from './domain/order.ts';
export type {
  DroppedLine,
  Order,
  OrderLine,
  OrderStatus,
  OrderTotals,
  PricedLine,
} from './domain/order.ts';
