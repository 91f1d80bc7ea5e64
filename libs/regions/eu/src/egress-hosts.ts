import { joinFields } from '@entrepot/platform-egress';
import type { EgressHost } from '@entrepot/platform-egress';
import { letterFields } from '@entrepot/platform-mail';
import { requestFields } from '@entrepot/platform-opendsr';
import { stripeFields } from '@entrepot/vendor-stripe';

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
    processor: 'stripe',
    sends: joinFields(stripeFields, requestFields("the provider's payment id")),
  },
  {
    purpose: 'mail',
    host: 'email-smtp.eu-central-1.amazonaws.com',
    says: 'Amazon SES in Frankfurt: letters about requests of persons',
    processor: 'mail',
    sends: joinFields(letterFields, requestFields('e-mail address')),
  },
];
