import type { PaymentState, SandboxPayment } from './payment.ts';

const statuses: Readonly<Record<PaymentState, string>> = {
  created: 'requires_confirmation',
  requires_action: 'requires_action',
  authorized: 'requires_capture',
  captured: 'succeeded',
  canceled: 'canceled',
  failed: 'requires_payment_method',
};

/** A PaymentIntent as Stripe's API version 2025 prints it, as far as merchants of cards need it. */
export function stripeIntent(payment: SandboxPayment, origin: string): Record<string, unknown> {
  const isAuthorized = payment.state === 'authorized';
  return {
    id: payment.id,
    object: 'payment_intent',
    amount: payment.amountMinor,
    amount_capturable: isAuthorized ? payment.amountMinor : 0,
    amount_received: payment.capturedMinor,
    capture_method: 'manual',
    client_secret: `${payment.id}_secret_sandbox`,
    confirmation_method: 'automatic',
    created: payment.createdAt,
    currency: payment.currency.toLowerCase(),
    last_payment_error:
      payment.declineCode === undefined
        ? null
        : { type: 'card_error', code: 'card_declined', decline_code: payment.declineCode },
    latest_charge: payment.state === 'captured' ? payment.id.replace('pi_', 'ch_') : null,
    livemode: false,
    metadata: { reference: payment.reference },
    next_action:
      payment.state === 'requires_action'
        ? {
            type: 'redirect_to_url',
            redirect_to_url: {
              url: `${origin}/actions/${payment.id}`,
              return_url: payment.returnUrl ?? null,
            },
          }
        : null,
    payment_method_types: [payment.method],
    status: statuses[payment.state],
  };
}
