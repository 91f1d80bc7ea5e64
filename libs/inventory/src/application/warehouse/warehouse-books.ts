import type { CellId, StaffId } from '@entrepot/kernel';
import type { Queryable, Transaction } from '@entrepot/platform-database';
import type { Balances } from '../../domain/accounts.ts';
import type { Command, Verdict } from '../../domain/commands.ts';
import type { PoolId } from '../../domain/pool.ts';
import type { ActKind, ActLine } from './warehouse-act.ts';

/** What this cell's books say of one pool. */
export interface PoolAccounts {
  readonly pool: PoolId;
  readonly home: CellId;
  readonly balances: Balances;
  /** Left the warehouse in parcels, for whichever cell sold them. */
  readonly dispatched: number;
  /** Counts what the warehouse did to the pool. */
  readonly position: number;
}

export type RecordedLine = ActLine & { readonly free: number };

/** An act that was carried out. */
export interface RecordedAct {
  readonly document: string;
  readonly kind: ActKind;
  readonly staffId: StaffId;
  readonly recordedAt: Date;
  readonly lines: readonly RecordedLine[];
}

export interface ListedAct extends RecordedAct {
  /** Its place in the list of its warehouse. */
  readonly seq: number;
}

/** The books as the warehouse writes and reads them, and the record of who did what. */
export abstract class WarehouseBooks {
  /** Folds commands within the transaction; whatever is refused is for the caller to roll back. */
  abstract apply(tx: Transaction, commands: readonly Command[]): Promise<readonly Verdict[]>;
  /** Once per document; a unique violation where it was recorded before. Returns when. */
  abstract record(tx: Transaction, act: Omit<RecordedAct, 'recordedAt'>): Promise<Date>;
  abstract findRecorded(document: string): Promise<RecordedAct | undefined>;
  /** Newest first, with the lines that are about the warehouse. */
  abstract pageOfActs(
    warehouse: string,
    page: { readonly before: number | undefined; readonly limit: number },
  ): Promise<ListedAct[]>;
  /** Pools this cell has books for, in no order. */
  abstract findPools(database: Queryable, pools: readonly PoolId[]): Promise<PoolAccounts[]>;
  /** Pools of a warehouse by article number. */
  abstract pageOfPools(
    warehouse: string,
    page: { readonly after: string | undefined; readonly limit: number },
  ): Promise<PoolAccounts[]>;
}
