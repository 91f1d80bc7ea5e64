export { ConsentsModule } from './consents.module.ts';
export { ConsentsPersonalData } from './adapters/consents-personal-data.ts';
export { ConsentLedger } from './application/consent-ledger.ts';
export { DecideConsent } from './application/decide-consent.ts';
export type { ConsentDecision } from './application/decide-consent.ts';
export { MarketingPermission } from './application/marketing-permission.ts';
export type { MarketingQuestion } from './application/marketing-permission.ts';
export { ReadConsents } from './application/read-consents.ts';
export type { ConsentState } from './application/read-consents.ts';
export { PgSuppressionList } from './adapters/pg-suppression-list.ts';
export { SuppressionList } from './application/suppression-list.ts';
export {
  consentPurposes,
  hashOfText,
  marketingPurposes,
  newestText,
} from './domain/consent-text.ts';
export type { ConsentPurpose, ConsentText } from './domain/consent-text.ts';
export { consentSurfaces } from './domain/consent.ts';
export type { ConsentEntry, ConsentSurface, DatedConsent } from './domain/consent.ts';
