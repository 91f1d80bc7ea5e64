import { createHash } from 'node:crypto';
import { statement } from '@entrepot/platform-database';
import type { VaultDatabase } from '@entrepot/platform-database';
import { EpochEnds } from '../application/retire-epochs.ts';
import type { EndingEpoch, EpochKeys } from '../application/retire-epochs.ts';

const existing = statement(
  'vault.existing_epochs',
  `SELECT epoch, root_key_arn AS "rootKeyArn", index_key_arn AS "indexKeyArn"
   FROM vault.key_epoch WHERE destroyed_at IS NULL ORDER BY epoch`,
);
const ending = statement(
  'vault.ending_epochs',
  `SELECT epoch, root_key_arn AS "rootKeyArn", index_key_arn AS "indexKeyArn",
     unusable_at IS NOT NULL AS "isUnusable"
   FROM vault.key_epoch WHERE closed_at IS NOT NULL AND destroyed_at IS NULL ORDER BY epoch`,
);
const retire = statement('vault.retire_epoch', 'SELECT vault.retire_epoch($1) AS "isDone"');
const recordUnusable = statement(
  'vault.epoch_unusable',
  'UPDATE vault.key_epoch SET unusable_at = now() WHERE epoch = $1 AND unusable_at IS NULL',
);
const wipeShardKeys = statement(
  'vault.wipe_shard_keys',
  'DELETE FROM vault.shard_key WHERE epoch = $1',
);
const recordDestroyed = statement(
  'vault.epoch_destroyed',
  `UPDATE vault.key_epoch SET destroyed_at = now(), root_key_arn = NULL, index_key_arn = NULL,
     root_key_digest = $2, index_key_digest = $3
   WHERE epoch = $1 AND destroyed_at IS NULL`,
);

/** The ends of epochs, with the login of the eraser. */
export class PgEpochEnds extends EpochEnds {
  readonly #database: VaultDatabase;

  constructor(database: VaultDatabase) {
    super();
    this.#database = database;
  }

  override existing(): Promise<EpochKeys[]> {
    return this.#database.query<EpochKeys>(existing);
  }

  override ending(): Promise<EndingEpoch[]> {
    return this.#database.query<EndingEpoch>(ending);
  }

  override async retire(epoch: number): Promise<boolean> {
    const [row] = await this.#database.query<{ isDone: boolean }>(retire, [epoch]);
    return row?.isDone === true;
  }

  override async recordUnusable(epoch: number): Promise<void> {
    await this.#database.execute(recordUnusable, [epoch]);
  }

  override async recordDestroyed({ epoch, rootKeyArn, indexKeyArn }: EndingEpoch): Promise<void> {
    await this.#database.unitOfWork(async (tx) => {
      await tx.execute(wipeShardKeys, [epoch]);
      await tx.execute(recordDestroyed, [epoch, digestOf(rootKeyArn), digestOf(indexKeyArn)]);
    });
  }
}

const digestOf = (keyArn: string): Buffer => createHash('sha256').update(keyArn).digest();
