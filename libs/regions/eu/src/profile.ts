import type { RegionProfile } from '@entrepot/cell';
import type { CurrencyCode, RegionCode, SalesChannelId } from '@entrepot/kernel';
import { StripePaymentGateway } from '@entrepot/vendor-stripe';
import { invoiceLaw } from './invoice-law.ts';
import { processors } from './processors.ts';
import { egressHosts } from './egress-hosts.ts';
import { consentTexts } from './consent-texts.ts';
import { peopleLaw } from './people-law.ts';
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
  peopleLaw,
  invoiceLaw,
  privacyLaw: 'gdpr',
  processors,
  egressHosts,
  consentTexts,
  openPaymentGateway: ({ baseUrl, secretKey, webhookSecret }, origin, agents) =>
    new StripePaymentGateway({
      baseUrl,
      secretKey,
      webhookSecret,
      agents,
      timeoutMs: providerTimeoutMs,
      returnUrl: `${origin}/orders`,
    }),
};
