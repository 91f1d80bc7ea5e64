import type { RegionProfile } from '@entrepot/cell';
import type { CountryCode, CurrencyCode, RegionCode, SalesChannelId } from '@entrepot/kernel';

/** India. Tax: the standard GST rate of 18 % (CBIC, rate schedule in force since 22 September 2025). */
export const india: RegionProfile = {
  region: 'in' as RegionCode,
  awsRegion: 'ap-south-1',
  currency: 'INR' as CurrencyCode,
  salesChannelId: 'in-web' as SalesChannelId,
  defaultLocale: 'en',
  timeZone: 'Asia/Kolkata',
  standardTaxRates: new Map([['IN' as CountryCode, 1800]]),
};
