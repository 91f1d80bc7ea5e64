import type { RegionProfile } from '@entrepot/cell';
import type { CurrencyCode, RegionCode, SalesChannelId } from '@entrepot/kernel';
import { StripePaymentGateway } from '@entrepot/vendor-stripe';
import { consentTexts } from './consent-texts.ts';
import { recipients } from './recipients.ts';
import { retentionLaw } from './retention-law.ts';
import { standardVatRates } from './standard-vat-rates.ts';

/** How long one call to the provider may take. */
const providerTimeoutMs = 8_000;

/** The European Union. */
export const eu: RegionProfile = {
  region: 'eu' as RegionCode,
  awsRegion: 'eu-central-1',
  currency: 'EUR' as CurrencyCode,
  salesChannelId: 'web' as SalesChannelId,
  defaultLocale: 'en',
  timeZone: 'Europe/Brussels',
  standardTaxRates: standardVatRates,
  retentionLaw,
  consentTexts,
  recipients,
  openPaymentGateway: ({ baseUrl, secretKey, webhookSecret }, origin) =>
    new StripePaymentGateway({
      baseUrl,
      secretKey,
      webhookSecret,
      timeoutMs: providerTimeoutMs,
      returnUrl: `${origin}/orders`,
    }),
};
