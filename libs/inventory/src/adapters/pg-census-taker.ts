import type { CellId } from '@entrepot/kernel';
import { statement, type Queryable } from '@entrepot/platform-database';
import { CensusTaker, type CensusPage, type InTransit } from '../application/take-census.ts';
import { emptyBalances, type Account } from '../domain/accounts.ts';
import type { PoolId } from '../domain/pool.ts';

const columns: Readonly<Record<Account, string>> = {
  SUPPLY: 'minted',
  APPLIED: 'applied',
  DEFICIT: 'deficit',
  FREE: 'free',
  HELD: 'held',
  SOLD: 'sold',
  SHIPPED: 'shipped',
  SAFETY: 'safety',
  QUARANTINE: 'quarantine',
  SUSPENSE: 'suspense',
  GRANTED: 'granted',
  WRITTEN_OFF: 'written_off',
  TRANSFERRED: 'transferred',
};

const sums = Object.entries(columns)
  .map(([account, column]) => `coalesce(sum(${column}), 0)::bigint AS "${account}"`)
  .join(', ');

export const sumPage = statement(
  'inventory.sum_page',
  `SELECT count(*)::int AS pools, max(pool_id) AS last, ${sums}
   FROM (SELECT * FROM inventory.escrow
     WHERE pool_id > $1 AND stripe = 0 ORDER BY pool_id LIMIT $2) page`,
);

export const sumInTransit = statement(
  'inventory.sum_in_transit',
  `SELECT peer, sum(granted_total - peer_acked_total)::bigint AS units,
     extract(epoch FROM clock_timestamp() - min(changed_at))::float8 AS "oldestSeconds"
   FROM (SELECT peer, granted_total, peer_acked_total, changed_at FROM inventory.quota_channel
     WHERE granted_total - peer_acked_total > 0 ORDER BY changed_at LIMIT $1) oldest
   GROUP BY peer`,
);

type PageRow = Record<Account, bigint> & { readonly pools: number; readonly last: PoolId | null };

export class PgCensusTaker extends CensusTaker {
  constructor(private readonly database: Queryable) {
    super();
  }

  async sumPage(after: PoolId | undefined, poolsMax: number): Promise<CensusPage> {
    const [row] = await this.database.query<PageRow>(sumPage, [after ?? '', poolsMax]);
    if (row === undefined) throw new TypeError('a sum has one row');
    const { pools, last, ...units } = row;
    const balances = Object.fromEntries(
      Object.keys(emptyBalances).map((account) => [account, Number(units[account as Account])]),
    );
    return { pools, last: last ?? undefined, balances: balances as CensusPage['balances'] };
  }

  async sumInTransit(channelsMax: number): Promise<InTransit[]> {
    type Row = { peer: CellId; units: bigint; oldestSeconds: number };
    const rows = await this.database.query<Row>(sumInTransit, [channelsMax]);
    return rows.map(({ units, ...row }) => ({ ...row, units: Number(units) }));
  }
}
