import type { RegionProfile } from '@entrepot/cell';
import type { CurrencyCode, RegionCode, SalesChannelId } from '@entrepot/kernel';
import { standardVatRates } from './standard-vat-rates.ts';

/** The European Union. */
export const eu: RegionProfile = {
  region: 'eu' as RegionCode,
  awsRegion: 'eu-central-1',
  currency: 'EUR' as CurrencyCode,
  salesChannelId: 'eu-web' as SalesChannelId,
  defaultLocale: 'en',
  timeZone: 'Europe/Brussels',
  standardTaxRates: standardVatRates,
};
