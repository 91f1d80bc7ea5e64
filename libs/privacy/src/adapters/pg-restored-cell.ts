import type { SubjectId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { ShopDatabase, VaultDatabase } from '@entrepot/platform-database';
import { RestoredCell } from '../application/replay-erasures.ts';
import { BrokenJournalError } from '../domain/erasure-journal.ts';
import type { Fate, Remembered, ReplayStep } from '../domain/erasure-journal.ts';

const rememberedInVault = statement(
  'vault.remembered_of_restored',
  `SELECT EXISTS (SELECT FROM vault.fence WHERE subject_id = $1) AS "isFencedInVault",
     (SELECT CASE WHEN state IN ('fenced', 'destroyed') THEN state ELSE 'usable' END
      FROM vault.subject_key WHERE subject_id = $1) AS "key",
     coalesce((SELECT CASE WHEN key_destroyed_at IS NOT NULL THEN 'destroyed'
                           WHEN key_unusable_at IS NOT NULL THEN 'unusable' ELSE 'fenced' END
      FROM vault.erasure_ledger WHERE subject_id = $1), 'absent') AS "ledger"`,
);
const rememberedInShop = statement(
  'privacy.remembered_of_restored',
  `SELECT (SELECT status FROM privacy.subject WHERE subject_id = $1) AS "shop",
     EXISTS (SELECT FROM privacy.restored_erasure WHERE subject_id = $1) AS "isPurgeOrdered"`,
);
const fenceVault = statement('vault.fence_restored', `SELECT vault.fence_subject($1, 'restore')`);
const fenceShop = statement('privacy.fence_restored', 'SELECT privacy.fence_subject($1)');
const wipeKey = statement(
  'vault.wipe_restored_key',
  `UPDATE vault.subject_key SET state = 'destroyed', destroyed_at = $2::timestamptz, kms_key_arn = NULL,
     wrapped_key = NULL, kms_key_digest = sha256(convert_to(kms_key_arn, 'UTF8'))
   WHERE subject_id = $1 AND state = 'fenced' AND (left($3, 11) <> 'arn-sha256:'
     OR $3 = 'arn-sha256:' || encode(sha256(convert_to(kms_key_arn, 'UTF8')), 'hex'))`,
);
const enterLedger = statement(
  'vault.enter_restored',
  `INSERT INTO vault.erasure_ledger AS known
     (subject_id, request_id, fenced_at, key_unusable_at, key_destroyed_at)
   VALUES ($1, $2, $3, $4, $5)
   ON CONFLICT (subject_id) DO UPDATE
     SET key_unusable_at = coalesce(known.key_unusable_at, excluded.key_unusable_at),
         key_destroyed_at = coalesce(known.key_destroyed_at, excluded.key_destroyed_at)`,
);
const orderPurge = statement(
  'privacy.order_purge_of_restored',
  `INSERT INTO privacy.restored_erasure (subject_id, request_id) VALUES ($1, $2)
   ON CONFLICT (subject_id) DO NOTHING`,
);
const dropSpareKeys = statement('vault.drop_spare_keys', 'DELETE FROM vault.key_reserve');

/** Both databases with the logins of their owners: no process could do this to them. */
export class PgRestoredCell extends RestoredCell {
  readonly #shop: ShopDatabase;
  readonly #vault: VaultDatabase;

  constructor(shop: ShopDatabase, vault: VaultDatabase) {
    super();
    this.#shop = shop;
    this.#vault = vault;
  }

  override async remembers({ subject }: Fate): Promise<Remembered> {
    const [inVault] = await this.#vault.query<VaultMemory>(rememberedInVault, [subject]);
    const [inShop] = await this.#shop.query<ShopMemory>(rememberedInShop, [subject]);
    return {
      isFencedInVault: inVault?.isFencedInVault ?? false,
      key: inVault?.key ?? undefined,
      ledger: inVault?.ledger ?? 'absent',
      shop: inShop?.shop ?? undefined,
      isPurgeOrdered: inShop?.isPurgeOrdered ?? false,
    };
  }

  override async take(step: ReplayStep, fate: Fate): Promise<void> {
    const { subject, requestId, fencedAt, unusableAt, destroyedAt } = fate;
    switch (step) {
      case 'fence-vault':
        await this.#vault.query(fenceVault, [subject]);
        return;
      case 'fence-shop':
        await this.#shop.query(fenceShop, [subject]);
        return;
      case 'wipe-key':
        await this.#wipe(subject, fate);
        return;
      case 'enter-ledger': {
        const values = [subject, requestId, fencedAt, unusableAt ?? null, destroyedAt ?? null];
        await this.#vault.execute(enterLedger, values);
        return;
      }
      case 'order-purge':
        await this.#shop.execute(orderPurge, [subject, requestId]);
    }
  }

  override dropSpareKeys(): Promise<number> {
    return this.#vault.execute(dropSpareKeys);
  }

  async #wipe(subject: SubjectId, { destroyedAt, key }: Fate): Promise<void> {
    const wiped = await this.#vault.execute(wipeKey, [subject, destroyedAt ?? null, key ?? '']);
    if (wiped === 1) return;
    throw new BrokenJournalError(
      'mismatched',
      `The vault has another key of ${subject} than the journal of erasures names.`,
    );
  }
}

interface VaultMemory extends Pick<Remembered, 'isFencedInVault' | 'ledger'> {
  readonly key: NonNullable<Remembered['key']> | null;
}

interface ShopMemory extends Pick<Remembered, 'isPurgeOrdered'> {
  readonly shop: NonNullable<Remembered['shop']> | null;
}
