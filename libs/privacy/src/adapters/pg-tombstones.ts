import type { SubjectId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { ShopDatabase, VaultDatabase } from '@entrepot/platform-database';
import { Tombstones } from '../application/hash-tombstones.ts';

const dueTombstones = statement(
  'vault.due_tombstones',
  `SELECT f.subject_id AS "subject" FROM vault.fence f
   JOIN vault.erasure_ledger l USING (subject_id)
   WHERE NOT f.is_hashed AND l.key_destroyed_at < $1 AND f.subject_id > coalesce($2, '')
   ORDER BY f.subject_id LIMIT $3`,
);
const renameInShop = statement(
  'privacy.hash_tombstone',
  'SELECT privacy.hash_tombstone($1, $2, $3) AS "isDone"',
);
const renameInVault = statement(
  'vault.hash_tombstone',
  'SELECT vault.hash_tombstone($1, $2, $3) AS "isDone"',
);

/** The shop first: whoever is still named in the vault is found again. */
export class PgTombstones extends Tombstones {
  readonly #shop: ShopDatabase;
  readonly #vault: VaultDatabase;

  constructor(shop: ShopDatabase, vault: VaultDatabase) {
    super();
    this.#shop = shop;
    this.#vault = vault;
  }

  override async due(
    before: Date,
    { after, limit }: { readonly after: SubjectId | undefined; readonly limit: number },
  ): Promise<readonly SubjectId[]> {
    const values = [before, after ?? null, limit];
    const rows = await this.#vault.query<{ subject: SubjectId }>(dueTombstones, values);
    return rows.map(({ subject }) => subject);
  }

  override async rename(
    subject: SubjectId,
    { reference, spare }: { readonly reference: SubjectId; readonly spare: SubjectId },
  ): Promise<boolean> {
    const values = [subject, reference, spare];
    const [inShop] = await this.#shop.query<{ isDone: boolean }>(renameInShop, values);
    if (inShop?.isDone !== true) return false;
    const [inVault] = await this.#vault.query<{ isDone: boolean }>(renameInVault, values);
    return inVault?.isDone === true;
  }
}
