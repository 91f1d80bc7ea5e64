import { describeGateway } from '@entrepot/payments/testing';
import { StripePaymentGateway } from '../src/stripe-payment-gateway.ts';

describeGateway({
  name: 'Stripe',
  currency: 'EUR',
  fieldsSent: [
    'allowed_payment_method_types[0]',
    'amount',
    'amount_to_capture',
    'capture_method',
    'confirm',
    'currency',
    'metadata[reference]',
    'payment_method',
    'return_url',
  ],
  connect: ({ origin, secretKey, webhookSecret }, timeoutMs) =>
    new StripePaymentGateway({
      baseUrl: origin,
      secretKey,
      webhookSecret,
      returnUrl: 'https://shop.example/orders',
      timeoutMs,
    }),
});
