import type { Locale } from '@entrepot/catalog';
import type { ConsentText } from '@entrepot/consents';
import type { PaymentGateway } from '@entrepot/payments';
import type { PaymentsConfig } from '@entrepot/platform-config';
import type { Recipient, RetentionLaw } from '@entrepot/privacy';
import type { CountryCode, CurrencyCode, RegionCode, SalesChannelId } from '@entrepot/kernel';

/** What differs between jurisdictions, as values; the machinery is the same everywhere. */
export interface RegionProfile {
  readonly region: RegionCode;
  /** Where AWS keeps this region's keys. */
  readonly awsRegion: string;
  readonly currency: CurrencyCode;
  /** Where shoppers of this region buy: whose prices and texts they see. */
  readonly salesChannelId: SalesChannelId;
  /** Shown where a shopper names no language of ours. */
  readonly defaultLocale: Locale;
  /** IANA zone in which statutory years and days are counted. */
  readonly timeZone: string;
  /** Standard rate per country of delivery, in basis points: 18 % is 1800. */
  readonly standardTaxRates: ReadonlyMap<CountryCode, number>;
  /** What erasure does with each category of data in each country. */
  readonly retentionLaw: RetentionLaw;
  /** The words of the consents that shoppers are asked for. */
  readonly consentTexts: readonly ConsentText[];
  /** Who outside of the cell receives something about a person. */
  readonly recipients: readonly Recipient[];
  /** The region's payment provider; shoppers come back from it to the origin. */
  readonly openPaymentGateway: (config: PaymentsConfig, origin: string) => PaymentGateway;
}
