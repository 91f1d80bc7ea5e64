import type { EgressHost } from '@entrepot/platform-egress';

/** Every host outside of the cell that a process of this region may speak to, and what it hears. */
export const egressHosts: readonly EgressHost[] = [
  {
    purpose: 'kms',
    host: 'kms.ap-south-1.amazonaws.com',
    says: 'AWS KMS in Mumbai: wrapped keys, opaque ids of subjects',
  },
  {
    purpose: 'payments',
    host: 'api.razorpay.com',
    says: 'Razorpay: our payment id, amount, currency, the token that the shopper got from it',
  },
];
