import type { SubjectId } from '@entrepot/kernel';
import { ShopDatabase, statement, VaultDatabase } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { Fences } from '../application/fences.ts';
import type { KeyFate } from '../application/fences.ts';

const fenceVault = statement(
  'vault.fence_for_erasure',
  `SELECT vault.fence_subject($1, 'erasure')`,
);
const fenceShop = statement('privacy.fence_for_erasure', 'SELECT privacy.fence_subject($1)');
const fateOf = statement(
  'vault.fate_of_key',
  `SELECT key_unusable_at AS "unusableAt", key_destroyed_at AS "destroyedAt"
   FROM vault.erasure_ledger WHERE subject_id = $1`,
);
const markErased = statement(
  'privacy.mark_erased',
  `UPDATE privacy.subject SET status = 'erased', erased_at = now()
   WHERE subject_id = $1 AND status = 'fenced'`,
);

@Injectable()
export class PgFences extends Fences {
  constructor(
    private readonly shop: ShopDatabase,
    private readonly vault: VaultDatabase,
  ) {
    super();
  }

  override async fence(subject: SubjectId): Promise<void> {
    await this.vault.query(fenceVault, [subject]);
    await this.shop.query(fenceShop, [subject]);
  }

  override async fateOf(subject: SubjectId): Promise<KeyFate> {
    const [fate] = await this.vault.query<Record<keyof KeyFate, Date | null>>(fateOf, [subject]);
    return {
      unusableAt: fate?.unusableAt ?? undefined,
      destroyedAt: fate?.destroyedAt ?? undefined,
    };
  }

  override async markErased(subject: SubjectId): Promise<void> {
    await this.shop.execute(markErased, [subject]);
  }
}
