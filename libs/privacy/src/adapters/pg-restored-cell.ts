import { statement } from '@entrepot/platform-database';
import type { ShopDatabase, VaultDatabase } from '@entrepot/platform-database';
import type { KeySearch } from '../application/key-search.ts';
import { RestoredCell } from '../application/replay-erasures.ts';
import { BrokenJournalError } from '../domain/erasure-journal.ts';
import type { Fate, Remembered, ReplayStep } from '../domain/replay.ts';

const rememberedInVault = statement(
  'vault.remembered_of_restored',
  `SELECT EXISTS (SELECT FROM vault.fence WHERE subject_id = $1) AS "isFencedInVault",
     (SELECT CASE WHEN state IN ('fenced', 'destroyed') THEN state ELSE 'usable' END
      FROM vault.subject_key WHERE subject_id = $1) AS "key",
     EXISTS (SELECT FROM vault.subject_kek WHERE subject_id = $1)
       OR EXISTS (SELECT FROM vault.login_index WHERE subject_id = $1)
       OR EXISTS (SELECT FROM vault.former_data_key WHERE subject_id = $1) AS "hasCovered",
     coalesce((SELECT CASE WHEN key_destroyed_at IS NOT NULL THEN 'destroyed'
                           WHEN key_unusable_at IS NOT NULL THEN 'unusable' ELSE 'fenced' END
      FROM vault.erasure_ledger WHERE subject_id = $1), 'absent') AS "ledger"`,
);
const rememberedInShop = statement(
  'privacy.remembered_of_restored',
  `SELECT (SELECT status FROM privacy.subject WHERE subject_id = $1) AS "shop",
     EXISTS (SELECT FROM privacy.restored_erasure WHERE subject_id = $1) AS "isPurgeOrdered"`,
);
const adoptKey = statement(
  'vault.adopt_key_of_restored',
  `INSERT INTO vault.subject_key (subject_id, kms_key_arn, first_epoch) VALUES ($1, $2, $3)`,
);
const fenceVault = statement('vault.fence_restored', `SELECT vault.fence_subject($1, 'restore')`);
const fenceShop = statement('privacy.fence_restored', 'SELECT privacy.fence_subject($1)');
const wipeKeks = statement(
  'vault.wipe_restored_keks',
  'DELETE FROM vault.subject_kek WHERE subject_id = $1',
);
const wipeLogins = statement(
  'vault.wipe_restored_logins',
  'DELETE FROM vault.login_index WHERE subject_id = $1',
);
const wipeFormerKeys = statement(
  'vault.wipe_restored_former_keys',
  'DELETE FROM vault.former_data_key WHERE subject_id = $1',
);
// where a KMS key of the person's own wraps it, the eraser has still to see the end of that
const wipeDataKey = statement(
  'vault.wipe_restored_data_key',
  `UPDATE vault.subject_key SET wrapped_key = NULL
   WHERE subject_id = $1 AND state = 'fenced' AND driver = 'kms-epoch'`,
);
const wipeKey = statement(
  'vault.wipe_restored_key',
  `UPDATE vault.subject_key SET state = 'destroyed', destroyed_at = $2::timestamptz, kms_key_arn = NULL,
     wrapped_key = NULL, kms_key_digest = sha256(convert_to(kms_key_arn, 'UTF8'))
   WHERE subject_id = $1 AND state = 'fenced'
     AND ($3::text IS NULL OR $3 = encode(sha256(convert_to(kms_key_arn, 'UTF8')), 'hex'))`,
);
const enterLedger = statement(
  'vault.enter_restored',
  `INSERT INTO vault.erasure_ledger AS known
     (subject_id, request_id, fenced_at, key_unusable_at, key_destroyed_at, first_epoch, last_epoch)
   VALUES ($1, $2, $3, $4, $5, $6, $7)
   ON CONFLICT (subject_id) DO UPDATE
     SET first_epoch = least(known.first_epoch, excluded.first_epoch),
         last_epoch = greatest(known.last_epoch, excluded.last_epoch),
         key_unusable_at = coalesce(known.key_unusable_at, excluded.key_unusable_at),
         key_destroyed_at = coalesce(known.key_destroyed_at, excluded.key_destroyed_at)`,
);
const orderPurge = statement(
  'privacy.order_purge_of_restored',
  `INSERT INTO privacy.restored_erasure (subject_id, request_id) VALUES ($1, $2)
   ON CONFLICT (subject_id) DO NOTHING`,
);

/** Both databases with the logins of their owners: no process could do this to them. */
export class PgRestoredCell extends RestoredCell {
  readonly #shop: ShopDatabase;
  readonly #vault: VaultDatabase;
  readonly #search: KeySearch;

  constructor(parts: {
    readonly shop: ShopDatabase;
    readonly vault: VaultDatabase;
    readonly search: KeySearch;
  }) {
    super();
    this.#shop = parts.shop;
    this.#vault = parts.vault;
    this.#search = parts.search;
  }

  override async remembers({ subject }: Fate): Promise<Remembered> {
    const [inVault] = await this.#vault.query<VaultMemory>(rememberedInVault, [subject]);
    const [inShop] = await this.#shop.query<ShopMemory>(rememberedInShop, [subject]);
    if (inVault === undefined || inShop === undefined)
      throw new TypeError('both SELECTs answer a row');
    return {
      ...{ ...inVault, ...inShop },
      key: inVault.key ?? undefined,
      shop: inShop.shop ?? undefined,
    };
  }

  override async take(step: ReplayStep, fate: Fate): Promise<boolean> {
    const { subject, requestId } = fate;
    switch (step) {
      case 'adopt-key':
        return this.#adoptKey(fate);
      case 'fence-vault':
        await this.#vault.query(fenceVault, [subject]);
        break;
      case 'fence-shop':
        await this.#shop.query(fenceShop, [subject]);
        break;
      case 'wipe-covered':
        await this.#wipeCovered(fate);
        break;
      case 'wipe-key':
        await this.#wipeKey(fate);
        break;
      case 'enter-ledger':
        await this.#enterLedger(fate);
        break;
      case 'order-purge':
        await this.#shop.execute(orderPurge, [subject, requestId]);
    }
    return true;
  }

  /** Of somebody who registered after the backup was made: so that the eraser can end the key. */
  async #adoptKey({ subject, arnDigest = '', epochs }: Fate): Promise<boolean> {
    const keyArn = await this.#search.arnOf(arnDigest);
    if (keyArn === undefined) return false;
    await this.#vault.execute(adoptKey, [subject, keyArn, epochs?.first ?? null]);
    return true;
  }

  /** The ledger has the epochs from the journal, which has seen more of them than this vault. */
  async #wipeCovered({ subject }: Fate): Promise<void> {
    await this.#vault.unitOfWork(async (tx) => {
      for (const wipe of [wipeKeks, wipeLogins, wipeFormerKeys, wipeDataKey]) {
        await tx.execute(wipe, [subject]);
      }
    });
  }

  async #wipeKey({ subject, destroyedAt, arnDigest }: Fate): Promise<void> {
    const values = [subject, destroyedAt ?? null, arnDigest ?? null];
    if ((await this.#vault.execute(wipeKey, values)) === 1) return;
    throw new BrokenJournalError(
      'mismatched',
      `The vault has another key of ${subject} than the journal of erasures names.`,
    );
  }

  async #enterLedger(fate: Fate): Promise<void> {
    const { subject, requestId, fencedAt, unusableAt, destroyedAt, epochs } = fate;
    await this.#vault.execute(enterLedger, [
      ...[subject, requestId, fencedAt, unusableAt ?? null, destroyedAt ?? null],
      ...[epochs?.first ?? null, epochs?.last ?? null],
    ]);
  }
}

interface VaultMemory extends Pick<Remembered, 'isFencedInVault' | 'hasCovered' | 'ledger'> {
  readonly key: NonNullable<Remembered['key']> | null;
}

interface ShopMemory extends Pick<Remembered, 'isPurgeOrdered'> {
  readonly shop: NonNullable<Remembered['shop']> | null;
}
