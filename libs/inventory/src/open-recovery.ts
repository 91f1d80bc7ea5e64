import type { CellId } from '@entrepot/kernel';
import type { CellDirectory } from '@entrepot/platform-config';
import type { ShopDatabase } from '@entrepot/platform-database';
import { FileWitnessMark } from './adapters/file-witness-mark.ts';
import { PgMovementJournal } from './adapters/pg-movement-journal.ts';
import { PgRecoveryBooks } from './adapters/pg-recovery-books.ts';
import { PgStockLedger } from './adapters/pg-stock-ledger.ts';
import { PgStockStore } from './adapters/pg-stock-store.ts';
import { CompareWithPeers } from './application/recovery/compare-with-peers.ts';
import { CompareWithWitness } from './application/recovery/compare-with-witness.ts';
import { RecoverCell } from './application/recovery/recover-cell.ts';
import type { RecoveryPeers } from './application/recovery/recovery-peers.ts';
import { TellMovements } from './application/recovery/tell-movements.ts';
import { TellView } from './application/recovery/tell-view.ts';
import type { WitnessTopic } from './application/recovery/witness-topic.ts';
import { StockMap } from './application/stock-map.ts';

export interface RecoveryOptions {
  readonly cell: CellId;
  readonly directory: Pick<CellDirectory, 'cells'>;
  readonly shop: ShopDatabase;
  /** File of the highest place told, beside the topic and outside of every database. */
  readonly markFile: string;
}

/** What an API or border process has of recovery: it compares itself with the file, and tells its view. */
export function openRecovery({ cell, directory, shop, markFile }: RecoveryOptions) {
  const books = new PgRecoveryBooks(shop);
  const store = new PgStockStore(shop);
  const mark = new FileWitnessMark(markFile);
  return {
    map: new StockMap(directory, cell),
    ...{ store, books, mark },
    /** By the file alone: cheap enough to be done again and again, as a database may be exchanged beneath a process. */
    compareWithMark: new CompareWithWitness(books, mark),
    tellView: new TellView(store, books),
  };
}

/** What a worker has: it tells the witness, compares itself with all of it, and mends the cell. */
export function openWitnessedRecovery(
  options: RecoveryOptions & { readonly topic: WitnessTopic; readonly peers: RecoveryPeers },
) {
  const { cell, shop, topic, peers } = options;
  const recovery = openRecovery(options);
  const { map, books, mark } = recovery;
  const journal = new PgMovementJournal(shop);
  const ledger = new PgStockLedger(shop, cell);
  return {
    ...recovery,
    journal,
    tellMovements: new TellMovements(journal, topic, mark),
    compareWithWitness: new CompareWithWitness(books, mark, topic),
    compareWithPeers: new CompareWithPeers(map, books, peers),
    recoverCell: new RecoverCell(map, books, peers, { topic, mark }, ledger),
  };
}

export type WitnessedRecovery = ReturnType<typeof openWitnessedRecovery>;
