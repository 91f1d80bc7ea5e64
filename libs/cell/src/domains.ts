import type { DynamicModule } from '@nestjs/common';
import { CartsModule } from '@entrepot/carts';
import { CatalogModule } from '@entrepot/catalog';
import { CheckoutApiModule, CheckoutModule } from '@entrepot/flow-checkout';
import { ErasureModule } from '@entrepot/flow-erasure';
import { IdentityModule } from '@entrepot/identity';
import { InventoryModule } from '@entrepot/inventory';
import { OrdersModule } from '@entrepot/orders';
import { PaymentsModule, PaymentWebhooksModule } from '@entrepot/payments';
import type { ApiConfig, KmsConfig, WorkerConfig } from '@entrepot/platform-config';
import { PrivacyModule } from '@entrepot/privacy';
import type { PrivacyOptions } from '@entrepot/privacy';
import { catalogContextOf } from './catalog-context.ts';
import { apiLinks, workerLinks } from './domain-links.ts';
import type { ProcessContext } from './process-context.ts';

/** Outside production one address plays thousands of shoppers: a replay drives them all. */
const rateLimitFactorOutsideProduction = 10_000;

type Imports = NonNullable<DynamicModule['imports']>;

/** What an API process serves. */
export function apiDomains(context: ProcessContext, config: ApiConfig): Imports {
  const catalog = CatalogModule.forApi(catalogContextOf(context));
  const inventory = inventoryOf(context);
  return [
    PrivacyModule.forCell(privacyOptionsOf(context, config.kms), { upkeep: false }),
    identityOf(context, config),
    apiLinks(context, config, catalog),
    catalog,
    CartsModule,
    inventory,
    PaymentWebhooksModule,
    CheckoutApiModule.over([CartsModule, inventory, OrdersModule, PaymentsModule]),
    ErasureModule.forApi({ cell: context.cell.id }),
  ];
}

/** What a worker process keeps going. */
export function workerDomains(context: ProcessContext, config: WorkerConfig): Imports {
  const identity = IdentityModule.forWorker({ cell: context.cell.id });
  const inventory = inventoryOf(context);
  return [
    PrivacyModule.forCell(privacyOptionsOf(context, config.kms), { upkeep: true }),
    identity,
    workerLinks(context, config),
    CatalogModule.forWorker(catalogContextOf(context)),
    inventory,
    CheckoutModule.over([CartsModule, inventory, OrdersModule, PaymentsModule]),
    ErasureModule.forWorker([identity]),
  ];
}

const inventoryOf = ({ cell, directory }: ProcessContext): DynamicModule =>
  InventoryModule.forCell({ cell: cell.id, directory });

const identityOf = ({ cell, config: { profile } }: ProcessContext, config: ApiConfig) =>
  IdentityModule.forApi({
    cell: cell.id,
    tokenKeyFile: config.tokenKey.file,
    browserOrigins: [cell.origin],
    rateLimits: {
      url: config.redis.url,
      keyPrefix: `${cell.id}:rate:`,
      factor: profile === 'production' ? 1 : rateLimitFactorOutsideProduction,
    },
  });

const privacyOptionsOf = ({ cell, region }: ProcessContext, kms: KmsConfig): PrivacyOptions => ({
  cell: cell.id,
  region: region.region,
  kms: { ...kms, awsRegion: region.awsRegion },
});
