import type { OutboxEvent } from '@entrepot/contracts/events/define-event';
import type { CellId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { Database, Queryable, Transaction } from '@entrepot/platform-database';
import { Outbox } from '@entrepot/platform-messaging';

import { ParcelMoved, StockCounted } from './probe-events.ts';

const addAggregate = statement(
  'probe.add_aggregate',
  'INSERT INTO probe.aggregate (key) VALUES ($1) ON CONFLICT DO NOTHING',
);
const lockAggregate = statement(
  'probe.lock_aggregate',
  'SELECT version FROM probe.aggregate WHERE key = $1 FOR UPDATE',
);
const raiseVersion = statement(
  'probe.raise_version',
  'UPDATE probe.aggregate SET version = version + $2 WHERE key = $1 RETURNING version',
);
const sumUp = statement(
  'probe.sum_up',
  `SELECT count(*)::int AS effects, count(DISTINCT (record_key, version))::int AS "distinct",
     count(DISTINCT record_key)::int AS keys, count(*) FILTER (WHERE version <= before)::int AS inverted
   FROM (SELECT record_key, version,
     lag(version) OVER (PARTITION BY record_key ORDER BY id) AS before FROM probe.effect
     WHERE record_key LIKE $1) AS effect`,
);
const listCodes = statement(
  'probe.list_codes',
  `SELECT code, state, count(*)::int AS letters FROM messaging.dead_letter
   WHERE $1::text IS NULL OR record_key = $1 GROUP BY 1, 2 ORDER BY 1, 2`,
);

export const parcelKey = (index: number): string => `parcel-${String(index).padStart(16, '0')}`;
export const poolKey = (index: number): string => `pool-${index}`;

const eventOf = (key: string, version: number): OutboxEvent => {
  const order = { aggregateVersion: version };
  return key.startsWith('parcel-')
    ? ParcelMoved.of({ parcelToken: key, number: version }, order)
    : StockCounted.of({ pool: key, number: version }, order);
};

/** Stands for a domain's use cases: counts aggregates up and tells every count. */
export class ProbeWriter {
  private readonly outbox: Outbox;

  constructor(
    private readonly database: Database,
    cell: CellId,
  ) {
    this.outbox = new Outbox(cell);
  }

  async add(keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.database.execute(addAggregate, [key]);
  }

  /** As every use case does: the lock before anything is told. */
  raise(key: string, by: number): Promise<void> {
    return this.database.unitOfWork(async (tx) => {
      await tx.query(lockAggregate, [key]);
      await this.tell(tx, key, by);
    });
  }

  /** The planted fault: tells a version before it holds the aggregate. */
  raiseAfterTelling(key: string, version: number, meanwhile: () => Promise<void>): Promise<void> {
    return this.database.unitOfWork(async (tx) => {
      await this.outbox.append(tx, [eventOf(key, version)]);
      await meanwhile();
      await tx.query(lockAggregate, [key]);
      await tx.query(raiseVersion, [key, 1]);
    });
  }

  private async tell(tx: Transaction, key: string, by: number): Promise<void> {
    const [row] = await tx.query<{ readonly version: bigint }>(raiseVersion, [key, by]);
    const last = Number(row?.version ?? 0n);
    const versions = Array.from({ length: by }, (_, index) => last - by + 1 + index);
    await this.outbox.append(
      tx,
      versions.map((version) => eventOf(key, version)),
    );
  }
}

export interface EffectSummary {
  readonly effects: number;
  readonly distinct: number;
  readonly keys: number;
  /** Effects whose version is not above the one before of the same key. */
  readonly inverted: number;
}

export async function summarise(database: Queryable, keysLike: string): Promise<EffectSummary> {
  const [row] = await database.query<EffectSummary>(sumUp, [keysLike]);
  if (row === undefined) throw new TypeError('a sum is one row');
  return row;
}

export const deadLetterCodes = (database: Queryable, key?: string) =>
  database.query<{ readonly code: string; readonly state: string; readonly letters: number }>(
    listCodes,
    [key ?? null],
  );
