import type { DataProcessor } from '@entrepot/privacy';

/** Whom the European cells hand personal data to. Drafts by engineers until counsel has read them. */
export const processors: readonly DataProcessor[] = [
  {
    name: 'mail',
    purpose: 'letters about requests of persons: codes, deadlines, the end of an erasure',
    place: 'European Union',
    legalBasis: 'GDPR Article 28 (processor); letters under Articles 12(3) and 19',
    transferTool: 'none: the data stay in the Union',
    fieldsSent: ['e-mail address', 'language', 'text of the letter'],
    hostSettings: ['ENTREPOT_MAIL_SMTP_URL', 'ENTREPOT_MAIL_ERASURE_URL'],
    knowsBy: 'email',
    answersWithinDays: 14,
    keepsDaysMax: 30,
  },
  {
    name: 'stripe',
    purpose: 'authorizing and capturing payments',
    place: 'Ireland',
    legalBasis: 'GDPR Article 6(1)(b); Article 28 for what it does on our behalf',
    transferTool:
      "adequacy decision (EU) 2023/1795 and standard contractual clauses for the provider's own onward transfers",
    fieldsSent: [
      'our payment id',
      "the provider's payment id",
      'amount and currency',
      'payment method token',
      'return address',
    ],
    hostSettings: ['ENTREPOT_PSP_BASE_URL', 'ENTREPOT_PSP_ERASURE_URL'],
    knowsBy: 'payment-reference',
    answersWithinDays: 14,
  },
];
