import { joinFields } from '@entrepot/platform-egress';
import type { EgressHost } from '@entrepot/platform-egress';
import { letterFields } from '@entrepot/platform-mail';
import { requestFields } from '@entrepot/platform-opendsr';
import { razorpayFields } from '@entrepot/vendor-razorpay';

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
    processor: 'razorpay',
    sends: joinFields(razorpayFields, requestFields("the provider's payment id")),
  },
  {
    purpose: 'mail',
    host: 'email-smtp.ap-south-1.amazonaws.com',
    says: 'Amazon SES in Mumbai: letters about requests of persons',
    processor: 'mail',
    sends: joinFields(letterFields, requestFields('e-mail address')),
  },
];
