import type { CountryCode, CurrencyCode, RegionCode, SalesChannelId } from '@entrepot/kernel';

/** What differs between jurisdictions, as values; the machinery is the same everywhere. */
export interface RegionProfile {
  readonly region: RegionCode;
  /** Where AWS keeps this region's keys. */
  readonly awsRegion: string;
  readonly currency: CurrencyCode;
  /** Market whose prices and texts shoppers of this region see. */
  readonly salesChannelId: SalesChannelId;
  /** Languages shoppers may ask for, BCP 47; the first is the default. */
  readonly locales: readonly [string, ...string[]];
  /** IANA zone in which statutory years and days are counted. */
  readonly timeZone: string;
  /** Standard rate per country of delivery, in basis points: 18 % is 1800. */
  readonly standardTaxRates: ReadonlyMap<CountryCode, number>;
}
