import type { DynamicModule } from '@nestjs/common';
import { CartsModule } from '@entrepot/carts';
import { CatalogApiModule } from '@entrepot/catalog/api';
import { CheckoutApiModule } from '@entrepot/flow-checkout';
import { ErasureModule } from '@entrepot/flow-erasure';
import { RelocationModule } from '@entrepot/flow-relocation';
import { OfferExport, RightsModule } from '@entrepot/flow-rights';
import { IdentityModule } from '@entrepot/identity';
import { InvoicesApiModule, InvoicesModule } from '@entrepot/invoices';
import { OrdersModule } from '@entrepot/orders';
import { PaymentsModule, PaymentWebhooksModule } from '@entrepot/payments';
import type { ApiConfig } from '@entrepot/platform-config';
import { relyingPartyOf } from '@entrepot/platform-webauthn';
import type { CountryCode } from '@entrepot/kernel';
import { dayIn, dutyInForce, isoDate, PrivacyModule } from '@entrepot/privacy';
import { catalogContextOf } from './catalog-context.ts';
import { apiLinks } from './domain-links.ts';
import {
  erasureOptionsOf,
  inventoryOf,
  privacyOptionsOf,
  relocationOptionsOf,
  rightsOptionsOf,
} from './domain-options.ts';
import { MailModule } from './mail.ts';
import type { ProcessContext } from './process-context.ts';
import type { RegionProfile } from './region-profile.ts';

/** Outside production one address plays thousands of shoppers: a replay drives them all. */
const rateLimitFactorOutsideProduction = 10_000;

/** What an API process serves. */
export function apiDomains(
  context: ProcessContext,
  config: ApiConfig,
): NonNullable<DynamicModule['imports']> {
  const catalog = CatalogApiModule.over(catalogContextOf(context));
  const inventory = inventoryOf(context, { tellsDemand: config.stock.rebalancing });
  const rights = RightsModule.forApi(rightsOptionsOf(context));
  // only a worker lets the cooling-off pass, and waits for evidence
  const erasure = ErasureModule.forApi({
    ...erasureOptionsOf(context, { coolingOffHours: 0, evidence: 'noted' }),
    identityCodeKey: config.fingerprint.key,
    copyOffer: OfferExport,
    imports: [OrdersModule, rights],
  });
  return [
    PrivacyModule.forCell(privacyOptionsOf(context, config), { upkeep: false }),
    identityOf(context, config),
    apiLinks(context, config, { catalog, inventory }),
    MailModule.forCell(context, config.mail),
    catalog,
    CartsModule,
    inventory,
    PaymentWebhooksModule,
    InvoicesApiModule,
    CheckoutApiModule.over([CartsModule, inventory, OrdersModule, PaymentsModule, InvoicesModule]),
    erasure,
    rights,
    RelocationModule.forApi(relocationOptionsOf(context, config, erasure)),
  ];
}

/** Where the law of a country asks whoever registers for their age, in the calendar of the region. */
const asksAgeBy =
  ({ peopleLaw, timeZone }: RegionProfile) =>
  (country: CountryCode, at: Date): boolean => {
    const on = isoDate(dayIn(timeZone, at));
    return dutyInForce(peopleLaw, { country, duty: 'age_declaration', on }) !== undefined;
  };

const identityOf = ({ cell, region, config: { profile } }: ProcessContext, config: ApiConfig) =>
  IdentityModule.forApi({
    cell: cell.id,
    tokenKeyFile: config.tokenKey.file,
    browserOrigins: [cell.origin],
    relyingParty: relyingPartyOf(cell.origin),
    takesDemoPasskeys: profile !== 'production',
    asksAge: asksAgeBy(region),
    rateLimits: {
      url: config.redis.url,
      keyPrefix: `${cell.id}:rate:`,
      factor: profile === 'production' ? 1 : rateLimitFactorOutsideProduction,
    },
  });
