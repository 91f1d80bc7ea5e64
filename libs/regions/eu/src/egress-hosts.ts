import type { EgressHost } from '@entrepot/platform-egress';

/** Every host outside of the cell that a process of this region may speak to, and what it hears. */
export const egressHosts: readonly EgressHost[] = [
  {
    purpose: 'kms',
    host: 'kms.eu-central-1.amazonaws.com',
    says: 'AWS KMS in Frankfurt: wrapped keys, opaque ids of subjects',
  },
  {
    purpose: 'payments',
    host: 'api.stripe.com',
    says: 'Stripe: our payment id, amount, currency, the token that the shopper got from it',
  },
];
