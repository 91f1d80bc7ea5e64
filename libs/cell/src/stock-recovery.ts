import {
  KafkaWitnessTopic,
  BorderRecoveryPeers,
  compareWithPeersEveryMs,
  openWitnessedRecovery,
  recoverEveryMs,
  tellMovementsEveryMs,
} from '@entrepot/inventory';
import type { CompareWithWitness, StockStore, WitnessedRecovery } from '@entrepot/inventory';
import type { WorkerConfig } from '@entrepot/platform-config';
import type { ShopDatabase } from '@entrepot/platform-database';
import type { BorderClient } from '@entrepot/platform-http';
import { KafkaTopicReader } from '@entrepot/platform-messaging';
import type { EventLog } from '@entrepot/platform-messaging';
import { clientName } from './process-context.ts';
import type { ProcessContext } from './process-context.ts';
import type { ReadinessProbe } from './readiness.ts';
import { Upkeep } from './upkeep.ts';
import type { UpkeepReport } from './upkeep-report.ts';

/**
 * Holds the books of stock against what outlives the database, before this process serves. What they lack makes
 * the cell recover and sell nothing; all else goes on.
 */
export async function compareBooks(
  { log }: ProcessContext,
  compare: Pick<CompareWithWitness, 'execute'>,
): Promise<void> {
  const epoch = await compare.execute();
  if (epoch !== undefined) log.warn('stock.recovering', { version: epoch });
}

/** Down while the cell mends its books of stock, and so sells nothing; what is no sale is served. */
export const stockRecoveryProbe = (store: Pick<StockStore, 'findStanding'>): ReadinessProbe => ({
  name: 'stock recovery',
  required: false,
  measure: async () => {
    const { state, epoch } = await store.findStanding();
    if (state === 'RECOVERING') throw new Error(`stock is being mended in epoch ${epoch}`);
    return undefined;
  },
});

/** The witness and the recovery of a worker process, over the log that its relay writes to. */
export function openWorkerRecovery(
  context: ProcessContext,
  { kafka, witness }: Pick<WorkerConfig, 'kafka' | 'witness'>,
  parts: { readonly shop: ShopDatabase; readonly log: EventLog; readonly border: BorderClient },
): WitnessedRecovery {
  const { cell, directory } = context;
  const reader = new KafkaTopicReader({
    ...{ ...kafka, clientId: clientName(context), groupPrefix: 'worker.stock-witness.' },
  });
  return openWitnessedRecovery({
    ...{ cell: cell.id, directory, shop: parts.shop, markFile: witness.file },
    topic: new KafkaWitnessTopic(cell.id, parts.log, reader),
    peers: new BorderRecoveryPeers(parts.border),
  });
}

/** Tells the witness, and mends the cell where that is called for; every worker does, and one at a time gets on. */
export function keepWitnessed(
  context: ProcessContext,
  { journal, tellMovements, compareWithMark, compareWithPeers, recoverCell }: WitnessedRecovery,
  report: UpkeepReport,
): Upkeep {
  const { log, metrics } = context;
  metrics.gauge({
    name: 'entrepot_inventory_untold_places',
    help: 'Places of the journal of stock that its witness was not told yet',
    collect: async (gauge) => {
      gauge.set(await journal.countUntold());
    },
  });
  const readopted = metrics.counter({
    name: 'entrepot_inventory_readopted_total',
    help: 'Reservations that a restored cell had forgotten and took from its witness',
  });
  const upkeep = new Upkeep(report);
  upkeep.every(tellMovementsEveryMs, 'inventory.witness', () => tellMovements.execute());
  upkeep.every(compareWithPeersEveryMs, 'inventory.peers', () =>
    compareBooks(context, compareWithPeers),
  );
  upkeep.every(recoverEveryMs, 'inventory.recover', async () => {
    await compareBooks(context, compareWithMark);
    const done = await recoverCell.execute();
    if (done === undefined) return;
    readopted.inc(done.readopted);
    const { epoch, silentPeers, lostPeers, isActive } = done;
    if (isActive) log.info('stock.recovered', { version: epoch, count: done.readopted });
    for (const peer of lostPeers) log.warn('stock.goes_on_without', { version: epoch, peer });
    for (const peer of silentPeers) log.warn('stock.waits_for_peer', { version: epoch, peer });
  });
  return upkeep;
}
