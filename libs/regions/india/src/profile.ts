import type { RegionProfile } from '@entrepot/cell';
import type { CountryCode, CurrencyCode, RegionCode, SalesChannelId } from '@entrepot/kernel';
import { RazorpayPaymentGateway } from '@entrepot/vendor-razorpay';
import { invoiceLaw } from './invoice-law.ts';
import { processors } from './processors.ts';
import { egressHosts } from './egress-hosts.ts';
import { consentTexts } from './consent-texts.ts';
import { peopleLaw } from './people-law.ts';
import { retentionLaw } from './retention-law.ts';

/** How long one call to the provider may take. */
const providerTimeoutMs = 8_000;

/** India. Tax: the standard GST rate of 18 % (CBIC, rate schedule in force since 22 September 2025). */
export const india: RegionProfile = {
  region: 'in' as RegionCode,
  awsRegion: 'ap-south-1',
  currency: 'INR' as CurrencyCode,
  salesChannelId: 'web' as SalesChannelId,
  defaultLocale: 'en',
  timeZone: 'Asia/Kolkata',
  standardTaxRates: new Map([['IN' as CountryCode, 1800]]),
  retentionLaw,
  peopleLaw,
  invoiceLaw,
  privacyLaw: 'dpdp',
  processors,
  egressHosts,
  consentTexts,
  openPaymentGateway: ({ baseUrl, secretKey, webhookSecret }, _origin, agents) =>
    new RazorpayPaymentGateway({
      baseUrl,
      secretKey,
      webhookSecret,
      agents,
      timeoutMs: providerTimeoutMs,
      actionUrlOf: (reference) => `${baseUrl}/actions/${reference}`,
    }),
};
