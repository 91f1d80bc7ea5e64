import type { CellId } from '@entrepot/kernel';
import { statement, type Queryable, type Transaction } from '@entrepot/platform-database';
import {
  WarehouseBooks,
  type ListedAct,
  type PoolAccounts,
  type RecordedAct,
  type RecordedLine,
} from '../application/warehouse/warehouse-books.ts';
import type { Command, Verdict } from '../domain/commands.ts';
import type { PoolId } from '../domain/pool.ts';
import { PgStockLedger } from './pg-stock-ledger.ts';

/** A document that is about several warehouses has a row for each; `place` is that of a line in it. */
const insertActs = statement(
  'inventory.record_act',
  `INSERT INTO inventory.warehouse_act (document_id, kind, staff_id, warehouse, lines)
   SELECT $1, $2, $3, line ->> 'warehouse',
     jsonb_agg(jsonb_build_object('place', place, 'line', line) ORDER BY place)
   FROM jsonb_array_elements($4::jsonb) WITH ORDINALITY AS l (line, place)
   GROUP BY line ->> 'warehouse'
   RETURNING recorded_at AS "recordedAt"`,
);

const actColumns = `seq, document_id AS document, kind, staff_id AS "staffId", lines,
  recorded_at AS "recordedAt"`;

const findActs = statement(
  'inventory.find_acts',
  `SELECT ${actColumns} FROM inventory.warehouse_act WHERE document_id = $1`,
);

const pageActs = statement(
  'inventory.page_acts',
  `SELECT ${actColumns} FROM inventory.warehouse_act
   WHERE warehouse = $1 AND seq < coalesce($2::bigint, 9223372036854775807)
   ORDER BY seq DESC LIMIT $3`,
);

const accountColumns = `e.pool_id AS pool, s.home_cell AS home, e.documents AS position, e.dispatched,
  e.minted AS "SUPPLY", e.applied AS "APPLIED", e.deficit AS "DEFICIT", e.free AS "FREE",
  e.held AS "HELD", e.sold AS "SOLD", e.shipped AS "SHIPPED", e.safety AS "SAFETY",
  e.quarantine AS "QUARANTINE", e.suspense AS "SUSPENSE", e.granted AS "GRANTED",
  e.written_off AS "WRITTEN_OFF", e.transferred AS "TRANSFERRED"`;

const findPools = statement(
  'inventory.find_pools',
  `SELECT ${accountColumns} FROM inventory.stock_pool s JOIN inventory.escrow e USING (pool_id)
   WHERE e.pool_id = ANY ($1::text[]) AND e.stripe = 0`,
);

/** The pools of a warehouse stand together in the key: '0' follows the '/' between their parts. */
const pagePools = statement(
  'inventory.page_pools',
  `SELECT ${accountColumns} FROM inventory.stock_pool s JOIN inventory.escrow e USING (pool_id)
   WHERE s.pool_id > $1 || '/' || coalesce($2, '') AND s.pool_id < $1 || '0' AND e.stripe = 0
   ORDER BY s.pool_id LIMIT $3`,
);

type ActRow = Omit<ListedAct, 'seq' | 'lines'> & {
  readonly seq: bigint;
  readonly lines: readonly { readonly place: number; readonly line: RecordedLine }[];
};
type AccountsRow = Record<keyof PoolAccounts['balances'] | 'position' | 'dispatched', bigint> &
  Pick<PoolAccounts, 'pool' | 'home'>;

/** The record of a cell's warehouses, and its stock tables as they read them. */
export class PgWarehouseBooks extends WarehouseBooks {
  constructor(
    private readonly database: Queryable,
    private readonly cell: CellId,
  ) {
    super();
  }

  async apply(tx: Transaction, commands: readonly Command[]): Promise<readonly Verdict[]> {
    return (await PgStockLedger.within(tx, this.cell).apply(commands)).verdicts;
  }

  async record(
    tx: Transaction,
    { document, kind, staffId, lines }: Omit<RecordedAct, 'recordedAt'>,
  ): Promise<Date> {
    const values = [document, kind, staffId, JSON.stringify(lines)];
    const [row] = await tx.query<{ recordedAt: Date }>(insertActs, values);
    if (row === undefined) throw new TypeError('an act without lines was recorded');
    return row.recordedAt;
  }

  async findRecorded(document: string): Promise<RecordedAct | undefined> {
    const rows = await this.database.query<ActRow>(findActs, [document]);
    const [first] = rows.map(actOf);
    if (first === undefined) return undefined;
    return { ...first, lines: linesOf(rows.flatMap(({ lines }) => lines)) };
  }

  async pageOfActs(
    warehouse: string,
    { before, limit }: { readonly before: number | undefined; readonly limit: number },
  ): Promise<ListedAct[]> {
    const values = [warehouse, before ?? null, limit];
    return (await this.database.query<ActRow>(pageActs, values)).map(actOf);
  }

  async findPools(database: Queryable, pools: readonly PoolId[]): Promise<PoolAccounts[]> {
    return (await database.query<AccountsRow>(findPools, [pools])).map(accountsOf);
  }

  async pageOfPools(
    warehouse: string,
    { after, limit }: { readonly after: string | undefined; readonly limit: number },
  ): Promise<PoolAccounts[]> {
    const values = [warehouse, after ?? null, limit];
    return (await this.database.query<AccountsRow>(pagePools, values)).map(accountsOf);
  }
}

const actOf = ({ seq, lines, ...act }: ActRow): ListedAct => ({
  ...act,
  seq: Number(seq),
  lines: linesOf(lines),
});

const linesOf = (lines: ActRow['lines']): RecordedLine[] =>
  lines.toSorted((left, right) => left.place - right.place).map(({ line }) => line);

function accountsOf({ pool, home, position, dispatched, ...accounts }: AccountsRow): PoolAccounts {
  const balances = Object.fromEntries(
    Object.entries(accounts).map(([account, units]) => [account, Number(units)]),
  ) as PoolAccounts['balances'];
  return { pool, home, balances, position: Number(position), dispatched: Number(dispatched) };
}
