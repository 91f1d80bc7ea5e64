import type { CellId } from '@entrepot/kernel';
import { statement, type Queryable } from '@entrepot/platform-database';
import {
  RecoveryBooks,
  type ChannelTotals,
  type OpenRecovery,
} from '../application/recovery/recovery-books.ts';
import type { PoolId } from '../domain/pool.ts';
import type { JournalEnd } from '../domain/witness.ts';

const findPlace = statement(
  'inventory.find_place',
  `SELECT coalesce(e.epoch, 1) AS epoch,
     coalesce((SELECT max(seq) FROM inventory.escrow_journal), 0) AS place,
     EXISTS (SELECT FROM inventory.recovery r WHERE r.epoch = e.epoch
       AND e.state = 'RECOVERING' AND r.remembered_at IS NULL) AS "isDeaf"
   FROM cell.identity i LEFT JOIN inventory.cell_epoch e USING (cell)`,
);
const findUnknown = statement(
  'inventory.find_unknown_places',
  `SELECT w.place FROM unnest($1::bigint[]) AS w(place)
   WHERE NOT EXISTS (SELECT FROM inventory.escrow_journal j WHERE j.seq = w.place)`,
);
const findOpen = statement(
  'inventory.find_open_recovery',
  `SELECT r.epoch, r.mends_epoch AS "mendsEpoch", r.mends_after AS "mendsAfter",
     r.remembered_at IS NOT NULL AS "hasRemembered"
   FROM inventory.recovery r JOIN inventory.cell_epoch e USING (epoch)
   JOIN cell.identity i USING (cell)
   WHERE e.state = 'RECOVERING'`,
);
const findLost = statement(
  'inventory.find_lost',
  `SELECT peer FROM inventory.lost_cell
   WHERE approved_at IS NOT NULL AND returned_at IS NULL ORDER BY peer`,
);
const begin = statement('inventory.begin_recovery', 'SELECT inventory.begin_recovery($1) AS epoch');
const noteRemembered = statement(
  'inventory.note_remembered',
  'SELECT inventory.note_remembered($1)',
);
const openUnitCases = statement(
  'inventory.open_unit_cases',
  'SELECT inventory.open_unit_cases($1, $2, $3) AS last',
);
const openSaleCases = statement(
  'inventory.open_sale_cases',
  'SELECT inventory.open_sale_cases($1, $2, $3) AS last',
);
/** Pools, or entries of the journal, that are looked at in one transaction. */
const casesPerPage = 1_000;
const end = statement('inventory.end_recovery', 'SELECT inventory.end_recovery($1) AS ended');
const hear = statement('inventory.hear_epoch', 'SELECT inventory.hear_epoch($1, $2) AS epoch');
const noteReturn = statement('inventory.note_return', 'SELECT inventory.note_return($1, $2)');
const pageOfChannels = statement(
  'inventory.page_of_channels',
  `SELECT pool_id AS pool, granted_total AS granted, applied_total AS applied
   FROM inventory.quota_channel WHERE peer = $1 AND pool_id > $2 ORDER BY pool_id LIMIT $3`,
);

const theOne = <Row>([row]: readonly Row[]): Row => {
  if (row === undefined) throw new TypeError('one row was expected');
  return row;
};

/** Epochs, recoveries and channels in PostgreSQL. */
export class PgRecoveryBooks extends RecoveryBooks {
  constructor(private readonly database: Queryable) {
    super();
  }

  async findPlace(): Promise<JournalEnd> {
    type Row = { readonly epoch: number; readonly place: bigint; readonly isDeaf: boolean };
    const { epoch, place, isDeaf } = theOne(await this.database.query<Row>(findPlace));
    return { epoch, place: Number(place), isDeaf };
  }

  async findUnknown(places: readonly number[]): Promise<number[]> {
    if (places.length === 0) return [];
    const rows = await this.database.query<{ place: bigint }>(findUnknown, [places]);
    return rows.map(({ place }) => Number(place));
  }

  async findOpenRecovery(): Promise<OpenRecovery | undefined> {
    type Row = {
      readonly epoch: number;
      readonly mendsEpoch: number;
      readonly mendsAfter: bigint;
      readonly hasRemembered: boolean;
    };
    const [row] = await this.database.query<Row>(findOpen);
    if (row === undefined) return undefined;
    const mends = { epoch: row.mendsEpoch, place: Number(row.mendsAfter) };
    return { epoch: row.epoch, mends, hasRemembered: row.hasRemembered };
  }

  async findLost(): Promise<CellId[]> {
    const rows = await this.database.query<{ readonly peer: CellId }>(findLost);
    return rows.map(({ peer }) => peer);
  }

  async begin(witnessed: number): Promise<number> {
    return theOne(await this.database.query<{ epoch: number }>(begin, [witnessed])).epoch;
  }

  async noteRemembered(epoch: number): Promise<void> {
    await this.database.query(noteRemembered, [epoch]);
  }

  async openCases({ epoch, mends }: OpenRecovery): Promise<void> {
    for (let after: string | null = ''; after !== null;) {
      after = await this.openPage<string>(openUnitCases, epoch, after);
    }
    for (let after: bigint | null = BigInt(mends.place); after !== null;) {
      after = await this.openPage<bigint>(openSaleCases, epoch, after);
    }
  }

  async end(epoch: number): Promise<boolean> {
    return theOne(await this.database.query<{ ended: boolean }>(end, [epoch])).ended;
  }

  async hear(peer: CellId, epoch: number): Promise<number> {
    return theOne(await this.database.query<{ epoch: number }>(hear, [peer, epoch])).epoch;
  }

  async noteReturn(peer: CellId, epoch: number): Promise<void> {
    await this.database.query(noteReturn, [peer, epoch]);
  }

  async pageOfChannels(
    peer: CellId,
    { after, limit }: { readonly after: PoolId | undefined; readonly limit: number },
  ): Promise<ChannelTotals[]> {
    type Row = { pool: PoolId; granted: bigint; applied: bigint };
    const rows = await this.database.query<Row>(pageOfChannels, [peer, after ?? '', limit]);
    return rows.map(({ pool, granted, applied }) => ({
      pool,
      granted: Number(granted),
      applied: Number(applied),
    }));
  }

  /** Resolves to what the page ended with, where there may be more. */
  private async openPage<Last>(
    page: typeof openUnitCases,
    epoch: number,
    after: Last,
  ): Promise<Last | null> {
    const values = [epoch, after, casesPerPage];
    return theOne(await this.database.query<{ readonly last: Last | null }>(page, values)).last;
  }
}
