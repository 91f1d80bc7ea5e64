import { ofTheProtocol } from '@entrepot/platform-egress';
import type { SentFields } from '@entrepot/platform-egress';

/** All that Stripe's library says for us. */
export const stripeFields: SentFields = {
  'our payment id': ['member metadata[reference]', 'header idempotency-key', 'query query'],
  "the provider's payment id": [
    'GET /v1/payment_intents/{}',
    'POST /v1/payment_intents/{}/capture',
    'POST /v1/payment_intents/{}/cancel',
  ],
  'amount and currency': ['member amount', 'member currency', 'member amount_to_capture'],
  'payment method token': ['member payment_method', 'member allowed_payment_method_types[0]'],
  'return address': ['member return_url'],
  [ofTheProtocol]: [
    ...['POST /v1/payment_intents', 'GET /v1/payment_intents/search', 'query limit'],
    ...['member capture_method', 'member confirm'],
    ...['header host', 'header connection', 'header content-length', 'header content-type'],
    ...['header accept', 'header authorization', 'header user-agent', 'header stripe-version'],
    'header x-stripe-client-user-agent',
  ],
};
