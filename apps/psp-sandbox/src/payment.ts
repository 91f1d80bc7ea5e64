export type Protocol = 'stripe' | 'razorpay';
export type PaymentState =
  'created' | 'requires_action' | 'authorized' | 'captured' | 'canceled' | 'failed';

/** A payment as the provider's books hold it; amounts in minor units, times in Unix seconds. */
export interface SandboxPayment {
  readonly id: string;
  readonly account: string;
  readonly protocol: Protocol;
  /** The merchant's own id, the only thing it tells us about the purchase. */
  readonly reference: string;
  readonly orderId: string | undefined;
  readonly amountMinor: number;
  readonly currency: string;
  readonly method: string;
  /** Name of a test card, `pm_card_visa`. */
  readonly card: string | undefined;
  readonly state: PaymentState;
  readonly capturedMinor: number;
  readonly refundedMinor: number;
  readonly declineCode: string | undefined;
  readonly returnUrl: string | undefined;
  readonly createdAt: number;
  /** The merchant asked to forget the shopper: what is left is what the books need. */
  readonly isForgotten?: true;
}

/** Razorpay groups the attempts to pay one thing under an order. */
export interface SandboxOrder {
  readonly id: string;
  readonly account: string;
  readonly receipt: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly createdAt: number;
}

const nextStates: Readonly<Record<PaymentState, readonly PaymentState[]>> = {
  created: ['requires_action', 'authorized', 'failed', 'canceled'],
  requires_action: ['authorized', 'failed', 'canceled'],
  authorized: ['captured', 'canceled'],
  captured: [],
  canceled: [],
  failed: ['requires_action', 'authorized', 'canceled'],
};

export class TransitionRefused extends Error {
  override readonly name = 'TransitionRefused';
  readonly from: PaymentState;

  constructor(from: PaymentState, to: PaymentState) {
    super(`a payment that is ${from} cannot become ${to}`);
    this.from = from;
  }
}

/** Throws TransitionRefused where the provider would refuse. */
export function moved(payment: SandboxPayment, to: PaymentState): SandboxPayment {
  if (!nextStates[payment.state].includes(to)) throw new TransitionRefused(payment.state, to);
  return { ...payment, state: to, declineCode: undefined };
}

export function declined(payment: SandboxPayment, declineCode: string): SandboxPayment {
  return { ...moved(payment, 'failed'), declineCode };
}

/** Captures at most what was authorized; the rest is released, as both providers do. */
export function captured(payment: SandboxPayment, amountMinor: number): SandboxPayment {
  return { ...moved(payment, 'captured'), capturedMinor: amountMinor };
}
