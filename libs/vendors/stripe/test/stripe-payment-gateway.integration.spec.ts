import { describeGateway } from '@entrepot/payments/testing';
import { StripePaymentGateway } from '../src/stripe-payment-gateway.ts';
import { stripeFields } from '../src/sent-fields.ts';

describeGateway({
  name: 'Stripe',
  currency: 'EUR',
  sends: stripeFields,
  connect: ({ origin, secretKey, webhookSecret }, timeoutMs) =>
    new StripePaymentGateway({
      baseUrl: origin,
      secretKey,
      webhookSecret,
      returnUrl: 'https://shop.example/orders',
      timeoutMs,
    }),
});
