import { defineEvent } from './define-event.ts';
import { field } from './event-fields.ts';

/** The provider told us of a payment; how it stands is asked at the provider, not read from here. */
export const paymentNoticed = defineEvent({
  topic: 'local.payments.v1',
  type: 'PaymentNoticed',
  version: 1,
  key: ['paymentId'],
  fields: {
    paymentId: field.reference(),
    orderId: field.reference(),
  },
});
