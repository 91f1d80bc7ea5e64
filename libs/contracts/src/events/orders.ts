import { defineEvent } from './define-event.ts';
import { field } from './event-fields.ts';

/** The goods are sold and the money is taken. */
export const orderConfirmed = defineEvent({
  topic: 'local.orders.v1',
  type: 'OrderConfirmed',
  version: 1,
  key: ['orderId'],
  fields: { orderId: field.reference(), totalMinor: field.amount() },
});

/** The order ended without a sale; stock and money are as they were before it. */
export const orderClosed = defineEvent({
  topic: 'local.orders.v1',
  type: 'OrderClosed',
  version: 1,
  key: ['orderId'],
  fields: { orderId: field.reference(), reason: field.code('declined', 'refused') },
});
