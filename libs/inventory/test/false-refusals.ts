import { statement, type Queryable } from '@entrepot/platform-database';

interface Refused {
  readonly pool: string;
  readonly quantity: number;
  readonly startedAt: number;
  readonly endedAt: number;
}

interface Change {
  readonly pool: string;
  readonly at: number;
  /** What the movement adds to the units that are free here or on their way from here. */
  readonly units: number;
}

// the process that refuses counts in milliseconds, the journal in microseconds: up to one is lost
const readRefusals = statement(
  'inventory_test.refusal_spans',
  `SELECT pool_id AS pool, quantity::float8 AS quantity,
     (extract(epoch FROM started_at) * 1000)::float8 AS "startedAt",
     (extract(epoch FROM ended_at) * 1000)::float8 + 1 AS "endedAt"
   FROM inventory.stock_refusal`,
);
// a batch notes when it began and may have waited for the pool: its time is at least its predecessor's
const readChanges = statement(
  'inventory_test.unsold_changes',
  `SELECT pool_id AS pool,
     (extract(epoch FROM max(recorded_at) OVER (PARTITION BY pool_id ORDER BY seq)) * 1000)::float8
       AS at,
     (CASE WHEN movement IN ('MINT', 'RELEASE', 'EXPIRE', 'CANCEL', 'CLEAR', 'FREE_SAFETY',
         'RESOLVE') THEN quantity
       WHEN movement IN ('RESERVE', 'WRITE_OFF', 'SET_ASIDE', 'KEEP_SAFE', 'TRANSFER', 'SETTLE')
         THEN -quantity ELSE 0 END)::float8 AS units
   FROM inventory.escrow_journal ORDER BY seq`,
);

/** Final refusals at every instant of which all cells together had the units, free or in transit. */
export async function findFalseRefusals(cells: readonly Queryable[]): Promise<readonly Refused[]> {
  const [refusals, changes] = await Promise.all([
    Promise.all(cells.map((cell) => cell.query<Refused>(readRefusals))),
    Promise.all(cells.map((cell) => cell.query<Change>(readChanges))),
  ]);
  const byPool = Map.groupBy(
    changes.flat().toSorted((left, right) => left.at - right.at),
    ({ pool }) => pool,
  );
  return refusals
    .flat()
    .filter((refusal) => lowestWithin(refusal, byPool.get(refusal.pool) ?? []) >= refusal.quantity);
}

/** The fewest unsold units at any instant of the refusal's request. */
function lowestWithin({ startedAt, endedAt }: Refused, changes: readonly Change[]): number {
  let level = 0;
  let lowest = Infinity;
  for (const { at, units } of changes) {
    if (at > endedAt) break;
    if (at > startedAt) lowest = Math.min(lowest, level);
    level += units;
  }
  return Math.min(lowest, level);
}
