import type { Money, OrderId, PaymentId, SubjectId } from '@entrepot/kernel';

export const paymentMethods = ['card', 'upi', 'sepa_debit'] as const;
export type PaymentMethod = (typeof paymentMethods)[number];

/** `…ing` states say that a call to the provider began and its outcome is not known yet. */
export const paymentStates = [
  'authorizing',
  'requires_action',
  'authorized',
  'capturing',
  'captured',
  'voiding',
  'voided',
  'declined',
] as const;
export type PaymentState = (typeof paymentStates)[number];

/** What the provider says about a payment. */
export type ProviderState = 'requires_action' | 'authorized' | 'captured' | 'voided' | 'declined';

/** What we are about to ask of the provider, recorded before asking. */
export type PaymentIntent = 'capture' | 'void';

/** One attempt to take the money of one order. */
export interface Payment {
  readonly id: PaymentId;
  readonly orderId: OrderId;
  /** Counts the attempts of an order from 1. */
  readonly attempt: number;
  /** Undefined once the person was erased. */
  readonly subjectId: SubjectId | undefined;
  readonly provider: string;
  readonly providerReference: string | undefined;
  readonly method: PaymentMethod;
  readonly methodToken: string | undefined;
  readonly actionUrl: string | undefined;
  readonly amount: Money;
  /** The part of the amount that is tax, as the order pinned it. */
  readonly tax: Money;
  readonly state: PaymentState;
  readonly declineCode: string | undefined;
  readonly version: number;
  /** The provider told of it after it had ended unpaid, and has not been asked since. */
  readonly hasLateNews: boolean;
}

/** The whole life of a payment: state → what is intended or seen → next state. What is missing is refused. */
export const paymentTable: Readonly<
  Record<
    PaymentState,
    {
      readonly intent: Partial<Record<PaymentIntent, PaymentState>>;
      readonly seen: Partial<Record<ProviderState, PaymentState>>;
    }
  >
> = {
  authorizing: {
    intent: {},
    seen: {
      requires_action: 'requires_action',
      authorized: 'authorized',
      captured: 'captured',
      voided: 'voided',
      declined: 'declined',
    },
  },
  requires_action: {
    intent: { void: 'voiding' },
    seen: {
      requires_action: 'requires_action',
      authorized: 'authorized',
      captured: 'captured',
      voided: 'voided',
      declined: 'declined',
    },
  },
  authorized: {
    intent: { capture: 'capturing', void: 'voiding' },
    seen: {
      authorized: 'authorized',
      captured: 'captured',
      voided: 'voided',
      declined: 'declined',
    },
  },
  // back to authorized: the provider says that nothing was taken, so asking again is safe. Not back to
  // requires_action: whoever asked before the shopper approved may tell it this late, and the goods would be
  // given back while the money is taken; a payment that nobody approves is ended by the provider
  capturing: {
    intent: {},
    seen: {
      authorized: 'authorized',
      captured: 'captured',
      voided: 'voided',
      declined: 'declined',
    },
  },
  // a capture that raced the undo: the money is there, so the books say so and a refund follows
  voiding: {
    intent: { void: 'voiding' },
    seen: {
      requires_action: 'voiding',
      authorized: 'voiding',
      captured: 'captured',
      voided: 'voided',
      declined: 'declined',
    },
  },
  captured: { intent: {}, seen: { captured: 'captured' } },
  voided: { intent: { void: 'voided' }, seen: { voided: 'voided', captured: 'captured' } },
  declined: {
    intent: { void: 'declined' },
    seen: { declined: 'declined', voided: 'declined', captured: 'captured' },
  },
};

export function stateAfterIntent(
  state: PaymentState,
  intent: PaymentIntent,
): PaymentState | undefined {
  return paymentTable[state].intent[intent];
}

/** Undefined where what was seen is older than what we know, such as a late webhook. */
export function stateAfterSeen(state: PaymentState, seen: ProviderState): PaymentState | undefined {
  return paymentTable[state].seen[seen];
}

/** Without money as far as we know; the provider may still tell of some. */
export const hasEndedUnpaid = (state: PaymentState): boolean =>
  state === 'voided' || state === 'declined';

/** What an order has to know of its payment; `unknown` until the provider has said. */
export type PaymentFact =
  'requires_action' | 'authorized' | 'captured' | 'declined' | 'voided' | 'unknown';

const facts: Readonly<Record<PaymentState, PaymentFact>> = {
  authorizing: 'unknown',
  requires_action: 'requires_action',
  authorized: 'authorized',
  capturing: 'unknown',
  captured: 'captured',
  voiding: 'unknown',
  voided: 'voided',
  declined: 'declined',
};

export const paymentFactOf = (state: PaymentState): PaymentFact => facts[state];
