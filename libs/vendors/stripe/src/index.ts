export { StripePaymentGateway } from './stripe-payment-gateway.ts';
export type { StripeOptions } from './stripe-payment-gateway.ts';
export { stripeFields } from './sent-fields.ts';
