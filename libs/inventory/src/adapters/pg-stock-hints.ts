import type { CellId } from '@entrepot/kernel';
import { statement, type Queryable } from '@entrepot/platform-database';
import { StockHints, type HeardPosition } from '../application/stock-hints.ts';
import type { PoolId } from '../domain/pool.ts';
import type { PeerReport, PoolHint } from '../domain/stock-hint.ts';

const findHints = statement(
  'inventory.find_hints',
  `SELECT u.pool, coalesce(e.free, 0)::bigint AS free, r.peer, r.free AS "peerFree",
     r.granted_total AS granted, coalesce(q.applied_total, 0)::bigint AS applied,
     extract(epoch FROM clock_timestamp() - r.heard_at)::float8 AS "ageSeconds"
   FROM unnest($1::text[]) AS u(pool)
   LEFT JOIN inventory.escrow e ON e.pool_id = u.pool AND e.stripe = 0
   LEFT JOIN inventory.peer_report r ON r.pool_id = u.pool
   LEFT JOIN inventory.quota_channel q ON q.pool_id = r.pool_id AND q.peer = r.peer`,
);

// in the order of the keys, so that two processes that note at once do not wait for each other
const noteReports = statement(
  'inventory.note_peer_reports',
  `INSERT INTO inventory.peer_report AS r (pool_id, peer, free, granted_total, heard_at)
   SELECT pool, peer, free, granted, clock_timestamp()
   FROM jsonb_to_recordset($1::jsonb) AS heard (pool text, peer text, free bigint, granted bigint)
   ORDER BY pool COLLATE "C", peer COLLATE "C"
   ON CONFLICT (pool_id, peer) DO UPDATE
   SET free = excluded.free, granted_total = excluded.granted_total, heard_at = excluded.heard_at
   WHERE excluded.granted_total >= r.granted_total`,
);

interface HintRow {
  readonly pool: PoolId;
  readonly free: bigint;
  readonly peer: CellId | null;
  readonly peerFree: bigint;
  readonly granted: bigint;
  readonly applied: bigint;
  readonly ageSeconds: number;
}

export class PgStockHints extends StockHints {
  constructor(private readonly database: Queryable) {
    super();
  }

  async find(pools: readonly PoolId[]): Promise<PoolHint[]> {
    if (pools.length === 0) return [];
    const rows = await this.database.query<HintRow>(findHints, [pools]);
    const byPool = Map.groupBy(rows, ({ pool }) => pool);
    return pools.map((pool) => {
      const ofPool = byPool.get(pool) ?? [];
      return { pool, free: Number(ofPool[0]?.free ?? 0), reports: ofPool.flatMap(reportOf) };
    });
  }

  async note(heard: readonly HeardPosition[]): Promise<void> {
    if (heard.length > 0) await this.database.execute(noteReports, [JSON.stringify(heard)]);
  }
}

function reportOf({ peer, peerFree, granted, applied, ageSeconds }: HintRow): PeerReport[] {
  if (peer === null) return [];
  const totals = { granted: Number(granted), applied: Number(applied) };
  return [{ peer, free: Number(peerFree), ...totals, ageSeconds }];
}
