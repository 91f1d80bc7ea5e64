import { ofTheProtocol } from '@entrepot/platform-egress';
import type { SentFields } from '@entrepot/platform-egress';

/** All that Razorpay's library says for us. */
export const razorpayFields: SentFields = {
  'our payment id': ['member notes.reference', 'member receipt', 'query receipt'],
  "the provider's payment id": [
    'GET /v1/orders/{}/payments',
    'GET /v1/payments/{}',
    'POST /v1/payments/{}/capture',
    'member order_id',
  ],
  'amount and currency': ['member amount', 'member currency'],
  'payment method and its token': ['member method', 'member token', 'member upi.flow'],
  [ofTheProtocol]: [
    ...['GET /v1/orders', 'POST /v1/orders', 'POST /v1/payments/create/json'],
    ...['query count', 'query skip', 'query from', 'query to'],
    'member payment.capture',
    'member payment.capture_options.automatic_expiry_period',
    'member payment.capture_options.manual_expiry_period',
    'member payment.capture_options.refund_speed',
    ...['header host', 'header connection', 'header content-length', 'header content-type'],
    ...['header accept', 'header accept-encoding', 'header authorization', 'header user-agent'],
  ],
};
