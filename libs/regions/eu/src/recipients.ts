import type { Recipient } from '@entrepot/privacy';

/** Who outside of a cell of this region receives something about a person. */
export const recipients: readonly Recipient[] = [
  {
    ...{ name: 'Stripe Payments Europe, Ltd.', place: 'Ireland' },
    purpose: 'taking the payment of an order',
    receives: ['our reference of the payment', 'the amount', 'what you type into its own form'],
  },
];
