import { describeGateway } from '@entrepot/payments/testing';
import { RazorpayPaymentGateway } from '../src/razorpay-payment-gateway.ts';

describeGateway({
  name: 'Razorpay',
  currency: 'INR',
  fieldsSent: [
    'amount',
    'currency',
    'method',
    'notes.reference',
    'order_id',
    'payment.capture',
    'payment.capture_options.automatic_expiry_period',
    'payment.capture_options.manual_expiry_period',
    'payment.capture_options.refund_speed',
    'receipt',
  ],
  connect: ({ origin, secretKey, webhookSecret }, timeoutMs) =>
    new RazorpayPaymentGateway({
      baseUrl: origin,
      secretKey,
      webhookSecret,
      timeoutMs,
      actionUrlOf: (providerReference) => `${origin}/actions/${providerReference}`,
    }),
});
