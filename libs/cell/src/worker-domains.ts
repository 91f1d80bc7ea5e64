import type { DynamicModule } from '@nestjs/common';
import { CartsModule } from '@entrepot/carts';
import { CatalogWorkerModule } from '@entrepot/catalog';
import { CheckoutModule } from '@entrepot/flow-checkout';
import {
  DeadLetters,
  ErasureModule,
  KafkaTopics,
  RedisKeySpaces,
  TellOfCorrection,
} from '@entrepot/flow-erasure';
import { RelocationModule } from '@entrepot/flow-relocation';
import { RightsModule } from '@entrepot/flow-rights';
import { IdentityModule } from '@entrepot/identity';
import { InvoicesModule } from '@entrepot/invoices';
import { OrdersModule } from '@entrepot/orders';
import { PaymentsModule } from '@entrepot/payments';
import type { WorkerConfig } from '@entrepot/platform-config';
import type { ShopDatabase } from '@entrepot/platform-database';
import { KafkaTopicScan } from '@entrepot/platform-messaging';
import { PrivacyModule } from '@entrepot/privacy';
import { catalogContextOf } from './catalog-context.ts';
import { workerLinks } from './domain-links.ts';
import {
  erasureOptionsOf,
  inventoryOf,
  privacyOptionsOf,
  rightsOptionsOf,
} from './domain-options.ts';
import { knownTopics } from './known-topics.ts';
import { MailModule } from './mail.ts';
import { clientName } from './process-context.ts';
import type { ProcessContext } from './process-context.ts';
import { recipientsOf } from './recipients.ts';

/** What a worker process keeps going. */
export function workerDomains(
  context: ProcessContext,
  config: WorkerConfig,
  shop: ShopDatabase,
): NonNullable<DynamicModule['imports']> {
  const identity = IdentityModule.forWorker({ cell: context.cell.id });
  const inventory = inventoryOf(context);
  const erasure = ErasureModule.forWorker({
    ...{ ...erasureOptionsOf(context, config.erasure), imports: [identity, PaymentsModule] },
    recipients: () => recipientsOf(context, config),
    keepers: [keySpacesOf(context, config), topicsOf(context, config), new DeadLetters(shop)],
  });
  return [
    PrivacyModule.forCell(privacyOptionsOf(context, config), { upkeep: true }),
    identity,
    workerLinks(context, config),
    MailModule.forCell(context, config.mail),
    CatalogWorkerModule.over(catalogContextOf(context)),
    inventory,
    CheckoutModule.over([CartsModule, inventory, OrdersModule, PaymentsModule, InvoicesModule]),
    erasure,
    RightsModule.forWorker({
      ...{ ...rightsOptionsOf(context), imports: [identity, erasure] },
      correctionNotices: TellOfCorrection,
    }),
    RelocationModule.forWorker(),
  ];
}

/** Whatever a cell keeps in Redis; the last one is what a scan plants to see that it finds it. */
const keySpacesOf = ({ cell }: ProcessContext, { redis }: WorkerConfig): RedisKeySpaces =>
  new RedisKeySpaces({
    url: redis.url,
    spaces: [
      ...['cache', 'rate', 'jobs'].map((name) => ({ name, prefix: `${cell.id}:${name}:` })),
      { name: 'border-scan-control', prefix: 'border-scan-control:' },
    ],
  });

/** Whatever the cell's broker has; peers' crossing topics lie there too. */
const topicsOf = (context: ProcessContext, { kafka }: WorkerConfig): KafkaTopics =>
  new KafkaTopics({
    scan: new KafkaTopicScan({
      ...{ ...kafka, clientId: clientName(context), groupPrefix: 'worker.erasure-scan.' },
    }),
    known: knownTopics,
    prefix: kafka.topicPrefix,
    peers: context.directory.peersOf(context.cell.id).map(({ id }) => id),
  });
