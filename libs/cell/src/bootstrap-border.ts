import { readFileSync } from 'node:fs';
import { loadBorderConfig } from '@entrepot/platform-config';
import type { BorderConfig, BorderProcessConfig } from '@entrepot/platform-config';
import { QuotaGranted } from '@entrepot/contracts/events/inventory';
import {
  askAheadEveryMs,
  cellInventoryRoutes,
  CellPeerInventory,
  cellRecoveryRoutes,
  CellRecoveryPeers,
  censusEveryMs,
  exposeCensus,
  HeardPeers,
  internalInventoryRoutes,
  internalRecoveryRoutes,
  openInventory,
  openRecovery,
  openVectorSigner,
  PeerReportWriter,
  PgCensusTaker,
  PgStockHints,
  quotaGrantsConsumer,
  RebalanceMetrics,
  recallEveryMs,
  RecallMetrics,
  reconcileEveryMs,
  signVectorsEveryMs,
  StockMetrics,
  TakeCensus,
} from '@entrepot/inventory';
import type { Inventory } from '@entrepot/inventory';
import { SystemClock } from '@entrepot/kernel';
import { MutualTlsCellClient } from '@entrepot/platform-http';
import type { TlsIdentity } from '@entrepot/platform-http';
import {
  CellMessaging,
  EnvelopeSigner,
  KafkaEventLog,
  MessagingMetrics,
} from '@entrepot/platform-messaging';
import type { ShopDatabase } from '@entrepot/platform-database';
import { commonCellRoutes } from './border/cell-routes.ts';
import { cellServer } from './border/cell-server.ts';
import { commonInternalRoutes } from './border/internal-routes.ts';
import { internalServer } from './border/internal-server.ts';
import { readMarkers } from './database-markers.ts';
import { databaseProbe, openShop } from './databases.ts';
import { peerEndpoints } from './egress.ts';
import { readKafkaClusterId } from './kafka-cluster.ts';
import { consumerProbe, outboxProbe, replicationProbe } from './lag-probes.ts';
import { serveObservability } from './observability.ts';
import {
  clientName,
  openContext,
  refuseDemo,
  refuseWrongWiring,
  runProcess,
} from './process-context.ts';
import type { ProcessContext } from './process-context.ts';
import { quarantineProbe, refuseQuarantine } from './quarantine.ts';
import { Readiness } from './readiness.ts';
import type { RegionProfile } from './region-profile.ts';
import { endOnFailure, endOnSignal } from './shutdown.ts';
import { compareBooks, stockRecoveryProbe } from './stock-recovery.ts';
import { UpkeepReport } from './upkeep-report.ts';
import { Upkeep } from './upkeep.ts';

/** Of the key that events are signed with. */
const signingEpoch = 1;

/** Starts the border process of a cell: the only one that speaks to other cells. */
export const bootstrapBorder = (region: RegionProfile): Promise<void> =>
  runProcess(() => startBorder(region, loadBorderConfig()));

async function startBorder(region: RegionProfile, config: BorderProcessConfig): Promise<void> {
  const context = openContext('border', region, config.process);
  const { log, directory, cell } = context;
  await refuseDemo(context, {
    files: [config.border.envelopeKeyFile, config.border.tlsKeyFile],
    secrets: {
      ENTREPOT_SHOP_DATABASE_URL: config.shop.url,
      ENTREPOT_KAFKA_PASSWORD: config.kafka.password,
      ENTREPOT_BORDER_INTERNAL_SECRET: config.internal.secret,
    },
  });
  const shop = await openOwnShop(context, config);
  const readiness = new Readiness(cell.id, [
    databaseProbe('shop', shop),
    quarantineProbe({ shop }),
    replicationProbe('shop', shop),
    outboxProbe('global', shop),
  ]);
  const identity = readIdentity(config.border);
  const cells = new MutualTlsCellClient(directory, identity, (options) =>
    context.egress.agentOf(options),
  );
  const report = new UpkeepReport(log, context.metrics);
  const { peers, reports } = hearPeers(context, { cells, shop, report });
  const { rebalancing } = config.stock;
  const inventory = openInventory({ cell: cell.id, directory, shop, peers, rebalancing });
  const markFile = config.witness.file;
  const recovery = openRecovery({ cell: cell.id, directory, shop, markFile });
  await compareBooks(context, recovery.compareWithMark);
  const outside = cellServer(context, identity, [
    ...commonCellRoutes(context, readiness),
    ...cellInventoryRoutes(inventory.grantStock, inventory.applyGrants, inventory.lanes),
    ...cellRecoveryRoutes(recovery.tellView),
  ]);
  const inside = internalServer({
    log,
    secret: config.internal.secret,
    routes: [
      ...commonInternalRoutes(context, cells),
      ...internalInventoryRoutes(inventory.forwardBorrow, inventory.demand),
      ...internalRecoveryRoutes(recovery.map, new CellRecoveryPeers(cells)),
    ],
  });
  await outside.listen({ port: config.border.port, host: config.border.host });
  await inside.listen({ port: Number(new URL(config.internal.url).port), host: '127.0.0.1' });
  const messaging = await startMessaging(context, config, { shop, inventory });
  readiness.watch(stockRecoveryProbe(recovery.store), ...messaging.consumers.map(consumerProbe));
  const upkeep = startUpkeep(context, config, { inventory, report });
  countStock(context, upkeep, shop);
  signTotals(config.border, upkeep, shop);
  const observability = await serveObservability(context, readiness);
  log.info('process.ready', { port: config.border.port, pid: process.pid });
  endOnFailure(messaging.failed, log);
  endOnSignal(
    [
      { name: 'readiness', run: () => readiness.drain() },
      { name: 'cell-server', run: () => outside.close() },
      { name: 'internal-server', run: () => inside.close() },
      { name: 'upkeep', run: () => upkeep.stop() },
      { name: 'messaging', run: () => messaging.stop() },
      { name: 'cell-client', run: () => cells.close() },
      { name: 'peer-reports', run: () => reports.settled() },
      { name: 'shop', run: () => shop.close() },
      { name: 'observability', run: () => observability.close() },
    ],
    log,
  );
}

/** What the border process does for the stock again and again. */
function startUpkeep(
  { metrics }: ProcessContext,
  { stock }: BorderProcessConfig,
  { inventory, report }: { readonly inventory: Inventory; readonly report: UpkeepReport },
): Upkeep {
  const upkeep = new Upkeep(report);
  upkeep.every(reconcileEveryMs, 'inventory.reconcile', () =>
    inventory.reconcileChannels.execute(),
  );
  const recalls = new RecallMetrics(metrics, inventory.store);
  upkeep.every(recallEveryMs, 'inventory.recall', async () => {
    recalls.note(await inventory.recallDeficit.execute());
  });
  if (stock.rebalancing) {
    const rebalancing = new RebalanceMetrics(metrics);
    upkeep.every(askAheadEveryMs, 'inventory.ask_ahead', async () => {
      rebalancing.note(await inventory.askAhead.execute());
    });
  }
  return upkeep;
}

/** The other cells, with what they answer counted and kept for readers. */
function hearPeers(
  { directory, cell, metrics }: ProcessContext,
  parts: {
    readonly cells: MutualTlsCellClient;
    readonly shop: ShopDatabase;
    readonly report: UpkeepReport;
  },
): { readonly peers: HeardPeers; readonly reports: PeerReportWriter } {
  const ids = directory.peersOf(cell.id).map(({ id }) => id);
  const stock = new StockMetrics(metrics, ids);
  const reports = new PeerReportWriter(new PgStockHints(parts.shop), (error) =>
    parts.report.failed('inventory.peer-reports', error),
  );
  const others = new CellPeerInventory(parts.cells);
  return { peers: new HeardPeers(others, reports, (ask) => stock.noteAsk(ask)), reports };
}

/** Keeps the sums of the cell's units for whoever reads the metrics. */
function countStock(
  { directory, cell, metrics }: ProcessContext,
  upkeep: Upkeep,
  shop: ShopDatabase,
): void {
  const census = new TakeCensus(new PgCensusTaker(shop));
  const peers = directory.peersOf(cell.id).map(({ id }) => id);
  exposeCensus(metrics, census, peers);
  upkeep.every(censusEveryMs, 'inventory.census', () => census.execute());
}

/** Vouches for the totals that the workers' auditor has taken. */
function signTotals({ envelopeKeyFile }: BorderConfig, upkeep: Upkeep, shop: ShopDatabase): void {
  const signer = openVectorSigner(shop, readFileSync(envelopeKeyFile, 'utf8'));
  upkeep.every(signVectorsEveryMs, 'inventory.sign_vectors', () => signer.execute());
}

/** The shop database of this cell, held against the rest of its surroundings. */
async function openOwnShop(
  context: ProcessContext,
  config: BorderProcessConfig,
): Promise<ShopDatabase> {
  const shop = openShop(context, config.shop);
  refuseWrongWiring({
    cell: context.cell.id,
    profile: config.process.profile,
    region: context.region,
    directory: context.directory,
    databases: await readMarkers({ shop }),
    egress: context.egress.list,
    endpoints: peerEndpoints(context.directory, context.cell.id),
    kafkaClusterId: await readKafkaClusterId(config.kafka, clientName(context)),
  });
  await refuseQuarantine({ shop });
  return shop;
}

/** The border relay: signs and publishes the declared global events, and hears the peers. */
function startMessaging(
  context: ProcessContext,
  config: BorderProcessConfig,
  { shop, inventory }: { readonly shop: ShopDatabase; readonly inventory: Inventory },
): Promise<CellMessaging> {
  const { cell, directory, metrics } = context;
  return CellMessaging.startBorder({
    cell: cell.id,
    directory,
    database: shop,
    log: new KafkaEventLog({ ...config.kafka, clientId: clientName(context) }),
    metrics: new MessagingMetrics(metrics),
    consumers: [quotaGrantsConsumer(inventory.applyGrants, inventory.map)],
    signer: new EnvelopeSigner({
      cell: cell.id,
      epoch: signingEpoch,
      privateKeyPem: readFileSync(config.border.envelopeKeyFile, 'utf8'),
    }),
    clock: new SystemClock(),
    exported: [QuotaGranted],
    findEpoch: () => inventory.store.findEpoch(),
  });
}

const readIdentity = (config: BorderConfig): TlsIdentity => ({
  key: readFileSync(config.tlsKeyFile, 'utf8'),
  certificate: readFileSync(config.tlsCertificateFile, 'utf8'),
});
