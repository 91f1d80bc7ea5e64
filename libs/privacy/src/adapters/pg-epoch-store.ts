import { statement, VaultDatabase } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { EpochStore } from '../application/epoch-store.ts';
import type {
  EpochInTheMaking,
  KekRow,
  LiveEpoch,
  LoginRow,
  MovedLogin,
  MoveProgress,
  PageAfter,
  StoredShardKey,
} from '../application/epoch-store.ts';
import { shards, shardsPerEpoch } from '../application/key-places.ts';

const live = statement(
  'vault.live_epochs',
  `SELECT epoch, root_key_arn AS "rootKeyArn", index_key_arn AS "indexKeyArn",
     opened_at AS "openedAt", closed_at IS NULL AS "isOpen",
     due_at <= now() IS TRUE AS "isDue"
   FROM vault.key_epoch WHERE opened_at IS NOT NULL AND retired_at IS NULL ORDER BY epoch`,
);
const inTheMaking = statement(
  'vault.epoch_in_the_making',
  `SELECT epoch, root_key_arn AS "rootKeyArn", index_key_arn AS "indexKeyArn"
   FROM vault.key_epoch WHERE opened_at IS NULL`,
);
const make = statement(
  'vault.make_epoch',
  `INSERT INTO vault.key_epoch (epoch, root_key_arn, index_key_arn)
   SELECT coalesce(max(epoch), 0) + 1, $1, $2 FROM vault.key_epoch
   ON CONFLICT DO NOTHING`,
);
const shardsOf = statement(
  'vault.shards_of_epoch',
  'SELECT shard FROM vault.shard_key WHERE epoch = $1 ORDER BY shard',
);
const findShardKey = statement(
  'vault.find_shard_key',
  `SELECT s.epoch, s.shard, e.root_key_arn AS "rootKeyArn", s.wrapped_key AS "wrapped"
   FROM vault.shard_key s JOIN vault.key_epoch e USING (epoch)
   WHERE s.epoch = $1 AND s.shard = $2 AND e.root_key_arn IS NOT NULL`,
);
const keepShardKey = statement(
  'vault.keep_shard_key',
  `INSERT INTO vault.shard_key (epoch, shard, wrapped_key) VALUES ($1, $2, $3)
   ON CONFLICT DO NOTHING`,
);
const open = statement('vault.open_epoch', 'SELECT vault.open_epoch($1) AS "isDone"');

const keksOf = statement(
  'vault.keks_of_shard',
  `SELECT subject_id AS "subject", wrapped_kek AS "wrappedKek" FROM vault.subject_kek
   WHERE epoch = $1 AND shard = $2 AND subject_id > $3 ORDER BY subject_id LIMIT $4`,
);
// moves are updates: what the eraser has deleted meanwhile does not come back
const moveKeks = statement(
  'vault.move_keks',
  `UPDATE vault.subject_kek kek SET epoch = $2, wrapped_kek = moved.wrapped
   FROM unnest($3::text[], $4::bytea[]) AS moved (subject_id, wrapped)
   WHERE kek.subject_id = moved.subject_id AND kek.epoch = $1`,
);
const loginsOf = statement(
  'vault.logins_of_epoch',
  `SELECT subject_id AS "subject", audience, digest, wrapped_inner AS "wrappedInner"
   FROM vault.login_index WHERE epoch = $1 AND subject_id > $2 ORDER BY subject_id LIMIT $3`,
);
const moveLogins = statement(
  'vault.move_logins',
  `UPDATE vault.login_index l SET epoch = $2, digest = moved.digest, wrapped_inner = moved.wrapped
   FROM unnest($3::text[], $4::text[], $5::bytea[], $6::bytea[], $7::bytea[])
     AS moved (subject_id, audience, former, digest, wrapped)
   WHERE l.epoch = $1 AND l.audience = moved.audience AND l.digest = moved.former
     AND l.subject_id = moved.subject_id`,
);
const countMoved = statement(
  'vault.count_moved',
  'UPDATE vault.key_epoch SET moves_done = moves_done + $2 WHERE epoch = $1',
);
const countShare = statement(
  'vault.count_share',
  `SELECT (SELECT count(*) FROM vault.subject_kek WHERE epoch = $1 AND shard = $2)::int
     + (SELECT count(*) FROM vault.login_index WHERE epoch = $1 AND audience IN ('shopper', 'staff')
          AND digest >= $3 AND ($4::bytea IS NULL OR digest < $4))::int AS "count"`,
);
const noteTotal = statement(
  'vault.note_moves_total',
  `UPDATE vault.key_epoch SET moves_total = moves_done + $2
   WHERE epoch = $1 AND closed_at IS NOT NULL AND moves_total IS NULL`,
);
const progressOf = statement(
  'vault.move_progress',
  `SELECT moves_done AS "done", moves_total AS "total" FROM vault.key_epoch WHERE epoch = $1`,
);
const innerKey = statement(
  'vault.inner_key',
  'SELECT kms_key_arn AS "keyArn" FROM vault.login_key',
);
const keepInnerKey = statement(
  'vault.keep_inner_key',
  'INSERT INTO vault.login_key (kms_key_arn) VALUES ($1) ON CONFLICT DO NOTHING',
);

/** The epochs in PostgreSQL. */
@Injectable()
export class PgEpochStore extends EpochStore {
  private readonly database: VaultDatabase;

  constructor(database: VaultDatabase) {
    super();
    this.database = database;
  }

  override live(): Promise<LiveEpoch[]> {
    return this.database.query<LiveEpoch>(live);
  }

  override async inTheMaking(): Promise<EpochInTheMaking | undefined> {
    const [epoch] = await this.database.query<EpochInTheMaking>(inTheMaking);
    return epoch;
  }

  override async make(keys: { rootKeyArn: string; indexKeyArn: string }): Promise<boolean> {
    return (await this.database.execute(make, [keys.rootKeyArn, keys.indexKeyArn])) === 1;
  }

  override async shardsOf(epoch: number): Promise<number[]> {
    const rows = await this.database.query<{ shard: number }>(shardsOf, [epoch]);
    return rows.map((row) => row.shard);
  }

  override async findShardKey(epoch: number, shard: number): Promise<StoredShardKey | undefined> {
    const [key] = await this.database.query<StoredShardKey>(findShardKey, [epoch, shard]);
    return key;
  }

  override async keepShardKey(epoch: number, shard: number, wrapped: Buffer): Promise<void> {
    await this.database.execute(keepShardKey, [epoch, shard, wrapped]);
  }

  override async open(epoch: number): Promise<boolean> {
    const [row] = await this.database.query<{ isDone: boolean }>(open, [epoch]);
    return row?.isDone === true;
  }

  override keksOf(epoch: number, shard: number, { after, rowsMax }: PageAfter): Promise<KekRow[]> {
    return this.database.query<KekRow>(keksOf, [epoch, shard, after, rowsMax]);
  }

  override moveKeks(from: number, to: number, rows: readonly KekRow[]): Promise<number> {
    const columns = [rows.map((row) => row.subject), rows.map((row) => row.wrappedKek)];
    return this.database.unitOfWork(async (tx) => {
      const moved = await tx.execute(moveKeks, [from, to, ...columns]);
      await tx.execute(countMoved, [from, moved]);
      return moved;
    });
  }

  override loginsOf(epoch: number, { after, rowsMax }: PageAfter): Promise<LoginRow[]> {
    return this.database.query<LoginRow>(loginsOf, [epoch, after, rowsMax]);
  }

  override moveLogins(from: number, to: number, rows: readonly MovedLogin[]): Promise<number> {
    const columns = [
      rows.map((row) => row.from.subject),
      rows.map((row) => row.from.audience),
      rows.map((row) => row.from.digest),
      rows.map((row) => row.digest),
      rows.map((row) => row.wrappedInner),
    ];
    return this.database.unitOfWork(async (tx) => {
      const moved = await tx.execute(moveLogins, [from, to, ...columns]);
      await tx.execute(countMoved, [from, moved]);
      return moved;
    });
  }

  override async countMoves(epoch: number): Promise<number> {
    let total = 0;
    // in shares, each of which is counted well within the time that a transaction has
    for (const shard of shards) {
      const share = [digestFloor(shard), digestFloor(shard + 1)];
      const [row] = await this.database.query<{ count: number }>(countShare, [
        ...[epoch, shard],
        ...share,
      ]);
      total += row?.count ?? 0;
    }
    return total;
  }

  override async noteTotal(epoch: number, stillToMove: number): Promise<void> {
    await this.database.execute(noteTotal, [epoch, stillToMove]);
  }

  override async progressOf(epoch: number): Promise<MoveProgress | undefined> {
    const [row] = await this.database.query<{ done: number; total: number | null }>(progressOf, [
      epoch,
    ]);
    return row && { done: row.done, total: row.total ?? undefined };
  }

  override async innerKey(): Promise<string | undefined> {
    const [row] = await this.database.query<{ keyArn: string }>(innerKey);
    return row?.keyArn;
  }

  override async keepInnerKey(keyArn: string): Promise<void> {
    await this.database.execute(keepInnerKey, [keyArn]);
  }
}

/** The lowest digest of each share of the index; null behind the last one. */
const digestFloor = (shard: number): Buffer | null =>
  shard === shardsPerEpoch ? null : Buffer.of(shard * (256 / shardsPerEpoch));
