import { DomainError } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { VaultDatabase } from '@entrepot/platform-database';
import type { KeySearch } from '../application/key-search.ts';
import { RestoredKeys } from '../application/replay-erasures.ts';
import type { LostUnderEpochs } from '../application/replay-erasures.ts';
import { BrokenJournalError } from '../domain/erasure-journal.ts';
import type { EpochFate, EpochReplayStep, RememberedEpoch } from '../domain/replay.ts';

const dropSpareKeys = statement('vault.drop_spare_keys', 'DELETE FROM vault.key_reserve');
const digestOf = (arn: string, digest: string): string =>
  `encode(coalesce(sha256(convert_to(${arn}, 'UTF8')), ${digest}), 'hex')`;
const remembered = statement(
  'vault.remembered_epoch',
  `SELECT CASE WHEN destroyed_at IS NOT NULL THEN 'destroyed' WHEN retired_at IS NOT NULL THEN 'retired'
       WHEN opened_at IS NULL THEN 'making' ELSE 'living' END AS "state",
     ${digestOf('root_key_arn', 'root_key_digest')} AS "rootDigest",
     ${digestOf('index_key_arn', 'index_key_digest')} AS "indexDigest"
   FROM vault.key_epoch WHERE epoch = $1`,
);
// numbers go up in the order of time, so the one that is open makes room for a new one at once
const adopt = statement(
  'vault.adopt_epoch',
  `WITH adopted AS (
     INSERT INTO vault.key_epoch
       (epoch, root_key_arn, index_key_arn, made_at, opened_at, closed_at, retired_at)
     VALUES ($1, $2, $3, $4, $4, $4, coalesce($5::timestamptz, $4))
   )
   UPDATE vault.key_epoch SET due_at = now() WHERE opened_at IS NOT NULL AND closed_at IS NULL`,
);
const adoptEnded = statement(
  'vault.adopt_ended_epoch',
  `INSERT INTO vault.key_epoch (epoch, root_key_digest, index_key_digest, made_at, opened_at, closed_at,
     retired_at, unusable_at, destroyed_at)
   VALUES ($1, decode($2, 'hex'), decode($3, 'hex'), $4, $4, $4, $5, $5, coalesce($6::timestamptz, now()))`,
);
const retire = statement(
  'vault.retire_restored_epoch',
  `UPDATE vault.key_epoch SET opened_at = coalesce(opened_at, $2::timestamptz),
     closed_at = coalesce(closed_at, $2::timestamptz), retired_at = $2::timestamptz WHERE epoch = $1`,
);
const wipeShardKeys = statement(
  'vault.wipe_shard_keys_of_restored',
  'DELETE FROM vault.shard_key WHERE epoch = $1',
);
const end = statement(
  'vault.end_restored_epoch',
  `UPDATE vault.key_epoch SET opened_at = coalesce(opened_at, $2::timestamptz),
     closed_at = coalesce(closed_at, $2::timestamptz), retired_at = coalesce(retired_at, $2::timestamptz),
     unusable_at = coalesce(unusable_at, $2::timestamptz), destroyed_at = coalesce($3::timestamptz, now()),
     root_key_digest = decode($4, 'hex'), index_key_digest = decode($5, 'hex'),
     root_key_arn = NULL, index_key_arn = NULL
   WHERE epoch = $1`,
);
const countLost = statement(
  'vault.lost_under_epochs',
  `WITH over AS (SELECT epoch FROM vault.key_epoch WHERE retired_at IS NOT NULL)
   SELECT (SELECT count(*)::int FROM vault.subject_kek JOIN over USING (epoch)) AS "keys",
     (SELECT count(*)::int FROM vault.login_index JOIN over USING (epoch)) AS "logins"`,
);

/** The vault with the login of its owner: no process could do this to it. */
export class PgRestoredKeys extends RestoredKeys {
  readonly #vault: VaultDatabase;
  readonly #search: KeySearch;

  constructor(vault: VaultDatabase, search: KeySearch) {
    super();
    this.#vault = vault;
    this.#search = search;
  }

  override dropSpareKeys(): Promise<number> {
    return this.#vault.execute(dropSpareKeys);
  }

  override async remembers(fate: EpochFate): Promise<RememberedEpoch> {
    const [row] = await this.#vault.query<EpochMemory>(remembered, [fate.epoch]);
    if (row === undefined) return 'absent';
    if (row.rootDigest === fate.rootDigest && row.indexDigest === fate.indexDigest)
      return row.state;
    throw new BrokenJournalError(
      'mismatched',
      `The vault has other keys of epoch ${fate.epoch} than the journal of erasures names.`,
    );
  }

  override async take(step: EpochReplayStep, fate: EpochFate): Promise<void> {
    switch (step) {
      case 'adopt-epoch':
        return this.#adopt(fate);
      case 'retire-epoch':
        await this.#vault.execute(retire, [fate.epoch, fate.retiredAt ?? fate.madeAt]);
        return;
      case 'end-epoch':
        return this.#end(fate);
    }
  }

  override async countLost(): Promise<LostUnderEpochs> {
    const [lost] = await this.#vault.query<LostUnderEpochs>(countLost);
    return lost ?? { keys: 0, logins: 0 };
  }

  async #adopt(fate: EpochFate): Promise<void> {
    const { epoch, rootDigest, indexDigest, madeAt, retiredAt } = fate;
    const root = await this.#search.arnOf(rootDigest);
    const index = await this.#search.arnOf(indexDigest);
    if (root !== undefined && index !== undefined) {
      await this.#vault.execute(adopt, [epoch, root, index, madeAt, retiredAt ?? null]);
      return;
    }
    if (root !== undefined || index !== undefined) {
      throw new DomainError('UNAVAILABLE', `KMS has one of the two keys of epoch ${epoch} left`);
    }
    await this.#end(fate);
  }

  async #end(fate: EpochFate): Promise<void> {
    const { epoch, rootDigest, indexDigest, madeAt, retiredAt, destroyedAt } = fate;
    const over = retiredAt ?? destroyedAt ?? madeAt;
    await this.#vault.unitOfWork(async (tx) => {
      await tx.execute(wipeShardKeys, [epoch]);
      const at = destroyedAt ?? null;
      if ((await tx.execute(end, [epoch, over, at, rootDigest, indexDigest])) === 1) return;
      await tx.execute(adoptEnded, [epoch, rootDigest, indexDigest, madeAt, over, at]);
    });
  }
}

interface EpochMemory extends Pick<EpochFate, 'rootDigest' | 'indexDigest'> {
  readonly state: Exclude<RememberedEpoch, 'absent'>;
}
