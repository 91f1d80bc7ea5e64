import type { Locale } from '@entrepot/catalog';
import type { InvoiceLaw } from '@entrepot/invoices';
import type { PaymentGateway } from '@entrepot/payments';
import type { PaymentsConfig } from '@entrepot/platform-config';
import type { DataProcessor, PeopleLaw, RetentionLaw } from '@entrepot/privacy';
import type { EgressAgents, EgressHost } from '@entrepot/platform-egress';
import type { ConsentText } from '@entrepot/consents';
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
  /** What the law wants in dealing with people: age, complaints, nominees, languages. */
  readonly peopleLaw: PeopleLaw;
  /** What an invoice holds, by country of delivery and amount. */
  readonly invoiceLaw: InvoiceLaw;
  /** By which law persons ask, as processors are told. */
  readonly privacyLaw: 'gdpr' | 'dpdp';
  /** Everybody outside of the region's cells who gets personal data of its people. */
  readonly processors: readonly DataProcessor[];
  /** Every host outside of the cell that a process of this region may speak to. */
  readonly egressHosts: readonly EgressHost[];
  /** The region's payment provider, through the way out it is given; shoppers come back from it to the origin. */
  readonly openPaymentGateway: (
    config: PaymentsConfig,
    origin: string,
    agents: EgressAgents,
  ) => PaymentGateway;
  /** The words of the consents that shoppers are asked for. */
  readonly consentTexts: readonly ConsentText[];
}
