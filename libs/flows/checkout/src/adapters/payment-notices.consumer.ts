import { paymentNoticed } from '@entrepot/contracts/events/payments';
import { DomainError, OutcomeUnknownError } from '@entrepot/kernel';
import type { OrderId, PaymentId } from '@entrepot/kernel';
import { afterEvent, type EventConsumer } from '@entrepot/platform-messaging';
import type { Metrics } from '@entrepot/platform-telemetry';
import type { HearOfPayment } from '../application/hear-of-payment.ts';

/** Its name in the log, and where it reads; for whoever watches how far it is. */
export const paymentNotices = {
  name: 'checkout.payment-notices',
  topics: [paymentNoticed.topic],
} as const;

/**
 * Goes on with an order as soon as the provider has told of its payment, whether a shopper asks or not.
 * The notice is taken in first and the provider asked afterwards, outside the transaction. To ask once
 * more than needed does no harm: an order has one holder at a time and an ended one is left alone. What
 * cannot be moved on now is for the sweeps, which look at every open order and at all late news of payments.
 */
export function paymentNoticesConsumer(
  hearOfPayment: Pick<HearOfPayment, 'execute'>,
  metrics: Metrics,
): EventConsumer {
  const notices = metrics.counter({
    name: 'entrepot_payment_notices_total',
    help: 'Notices of the payment provider, by what became of the order',
    labels: ['outcome'],
  });
  return {
    name: paymentNotices.name,
    versions: 'rising',
    handlers: [
      afterEvent(paymentNoticed, async ({ body }) => {
        const hear = () =>
          hearOfPayment.execute(body.paymentId as PaymentId, body.orderId as OrderId);
        notices.inc({ outcome: await outcomeOf(hear) });
      }),
    ],
  };
}

/** `left`: somebody else is at work on the order, or it has ended. */
async function outcomeOf(hear: () => Promise<boolean>): Promise<'moved' | 'left' | 'postponed'> {
  try {
    return (await hear()) ? 'moved' : 'left';
  } catch (error) {
    if (error instanceof OutcomeUnknownError || error instanceof DomainError) return 'postponed';
    throw error;
  }
}
