import type { DataProcessor } from '@entrepot/privacy';

/** Whom the Indian cells hand personal data to. Drafts by engineers until counsel has read them. */
export const processors: readonly DataProcessor[] = [
  {
    name: 'mail',
    purpose: 'letters about requests of persons: codes, deadlines, the end of an erasure',
    place: 'India',
    legalBasis:
      'DPDP Act 2023, section 8(2) (processor under a contract); letters under section 12',
    transferTool: 'none: the data stay in India',
    fieldsSent: ['e-mail address', 'language', 'text of the letter'],
    hostSettings: ['ENTREPOT_MAIL_SMTP_URL', 'ENTREPOT_MAIL_ERASURE_URL'],
    knowsBy: 'email',
    answersWithinDays: 14,
    keepsDaysMax: 30,
  },
  {
    name: 'razorpay',
    purpose: 'authorizing and capturing payments',
    place: 'India',
    legalBasis: 'DPDP Act 2023, sections 6 and 8(2)',
    transferTool: 'none: the data stay in India',
    fieldsSent: [
      'our payment id',
      "the provider's payment id",
      'amount and currency',
      'payment method and its token',
    ],
    hostSettings: ['ENTREPOT_PSP_BASE_URL', 'ENTREPOT_PSP_ERASURE_URL'],
    knowsBy: 'payment-reference',
    answersWithinDays: 14,
  },
];
