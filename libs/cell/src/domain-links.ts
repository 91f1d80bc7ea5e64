import { Module } from '@nestjs/common';
import type { DynamicModule, Provider } from '@nestjs/common';
import { CartSettings, CatalogLookup, GuestCartTokens } from '@entrepot/carts';
import { QuoteSkus, StockWindow } from '@entrepot/catalog';
import { CheckoutSettings } from '@entrepot/flow-checkout';
import { IssueGuestCartToken } from '@entrepot/identity';
import { ReadAvailability } from '@entrepot/inventory';
import { InvoiceSettings } from '@entrepot/invoices';
import { PaymentGateway } from '@entrepot/payments';
import type { ApiConfig, WorkerConfig } from '@entrepot/platform-config';
import { BorderClient, HttpBorderClient, TokenVerifier } from '@entrepot/platform-http';
import { IdempotencyPersonalData, IdempotencyRegister } from '@entrepot/platform-idempotency';
import { FieldCipher } from '@entrepot/platform-crypto';
import { ShopDatabase } from '@entrepot/platform-database';
import { CatalogOffers } from './catalog-offers.ts';
import { WorkerCatalog, WorkerGuests, WorkerTokens } from './closed-doors.ts';
import { invoiceSettingsOf } from './domain-options.ts';
import type { ProcessContext } from './process-context.ts';
import { StockOnShow } from './stock-on-show.ts';

/** What domains want of each other and of the region, joined where all of them are known. */
@Module({})
class DomainLinks {}

const linksModule = (imports: DynamicModule[], providers: Provider[]): DynamicModule => ({
  module: DomainLinks,
  global: true,
  imports,
  providers,
  exports: providers,
});

/** For an API process; the catalog is the module that quotes, the inventory the one that shows stock. */
export const apiLinks = (
  context: ProcessContext,
  config: ApiConfig,
  { catalog, inventory }: { readonly catalog: DynamicModule; readonly inventory: DynamicModule },
): DynamicModule =>
  linksModule(
    [catalog, inventory],
    [
      ...commonLinks(context, config),
      {
        provide: IdempotencyRegister,
        useFactory: (cipher: FieldCipher) => new IdempotencyRegister(config.fingerprint, cipher),
        inject: [FieldCipher],
      },
      {
        provide: CatalogLookup,
        useFactory: (quotes: QuoteSkus) => new CatalogOffers(quotes, context.region.defaultLocale),
        inject: [QuoteSkus],
      },
      {
        provide: GuestCartTokens,
        useFactory: (tokens: IssueGuestCartToken): GuestCartTokens => ({
          issue: (cart) => tokens.execute(cart),
        }),
        inject: [IssueGuestCartToken],
      },
      {
        provide: StockWindow,
        useFactory: (availability: ReadAvailability) => new StockOnShow(availability),
        inject: [ReadAvailability],
      },
    ],
  );

/** For a worker process: it goes on with orders and lets nobody in. */
export const workerLinks = (context: ProcessContext, config: WorkerConfig): DynamicModule =>
  linksModule(
    [],
    [
      ...commonLinks(context, config),
      { provide: IdempotencyRegister, useValue: new IdempotencyRegister() },
      { provide: CatalogLookup, useClass: WorkerCatalog },
      { provide: GuestCartTokens, useClass: WorkerGuests },
      { provide: TokenVerifier, useClass: WorkerTokens },
    ],
  );

const commonLinks = (
  context: ProcessContext,
  config: Pick<WorkerConfig, 'border' | 'payments'>,
): Provider[] => [
  ...regionLinks(context, config),
  { provide: InvoiceSettings, useValue: invoiceSettingsOf(context) },
  { provide: BorderClient, useValue: new HttpBorderClient(config.border) },
  {
    provide: IdempotencyPersonalData,
    useFactory: (shop: ShopDatabase) => new IdempotencyPersonalData(shop),
    inject: [ShopDatabase],
  },
];

/** What differs by region. */
const regionLinks = (
  { cell, region, egress }: ProcessContext,
  config: Pick<WorkerConfig, 'payments'>,
): Provider[] => [
  {
    provide: CartSettings,
    useValue: { cell: cell.id, salesChannelIds: [region.salesChannelId] } satisfies CartSettings,
  },
  {
    provide: CheckoutSettings,
    useValue: new CheckoutSettings({
      cell: cell.id,
      currency: region.currency,
      taxRates: new Map(
        cell.countries.map((country) => [country, region.standardTaxRates.get(country) ?? 0]),
      ),
    }),
  },
  {
    provide: PaymentGateway,
    useValue: region.openPaymentGateway(config.payments, cell.origin, egress.agents),
  },
];
