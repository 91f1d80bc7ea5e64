import type { PaymentState, SandboxOrder, SandboxPayment } from './payment.ts';

const statuses: Readonly<Record<PaymentState, string>> = {
  created: 'created',
  requires_action: 'created',
  authorized: 'authorized',
  captured: 'captured',
  canceled: 'refunded',
  failed: 'failed',
};

/** A payment entity as Razorpay's API v1 prints it. */
export function razorpayPayment(payment: SandboxPayment): Record<string, unknown> {
  const isFailed = payment.state === 'failed';
  return {
    id: payment.id,
    entity: 'payment',
    amount: payment.amountMinor,
    currency: payment.currency,
    status: payment.refundedMinor > 0 ? 'refunded' : statuses[payment.state],
    order_id: payment.orderId ?? null,
    method: payment.method,
    amount_refunded: payment.refundedMinor,
    refund_status: payment.refundedMinor > 0 ? 'full' : null,
    captured: payment.state === 'captured',
    error_code: isFailed ? 'BAD_REQUEST_ERROR' : null,
    error_reason: payment.declineCode ?? null,
    notes: { reference: payment.reference },
    created_at: payment.createdAt,
  };
}

export function razorpayOrder(
  order: SandboxOrder,
  payments: readonly SandboxPayment[],
): Record<string, unknown> {
  const paid = payments.reduce((sum, payment) => sum + payment.capturedMinor, 0);
  return {
    id: order.id,
    entity: 'order',
    amount: order.amountMinor,
    amount_paid: paid,
    amount_due: order.amountMinor - paid,
    currency: order.currency,
    receipt: order.receipt,
    status: paid > 0 ? 'paid' : payments.length > 0 ? 'attempted' : 'created',
    attempts: payments.length,
    notes: [],
    created_at: order.createdAt,
  };
}

export function razorpayError(
  description: string,
  more: { readonly reason?: string; readonly metadata?: Readonly<Record<string, string>> } = {},
): { error: Record<string, unknown> } {
  return {
    error: {
      code: 'BAD_REQUEST_ERROR',
      description,
      source: 'business',
      step: 'payment_initiation',
      reason: more.reason ?? 'input_validation_failed',
      metadata: more.metadata ?? {},
    },
  };
}
