import { randomUUID } from 'node:crypto';
import type { SubjectId } from '@entrepot/kernel';
import { defaultCacheLimits } from '@entrepot/platform-crypto';
import { statement } from '@entrepot/platform-database';
import type { ShopDatabase, VaultDatabase } from '@entrepot/platform-database';
import { KeyHolders } from '../application/key-holders.ts';
import type { Drain } from '../application/key-holders.ts';

const report = statement(
  'privacy.report_key_holder',
  `INSERT INTO privacy.key_holder (process_id, kind, fence_seq, seen_at) VALUES ($1, $2, $3, now())
   ON CONFLICT (process_id) DO UPDATE SET fence_seq = excluded.fence_seq, seen_at = excluded.seen_at`,
);
const leave = statement(
  'privacy.forget_key_holder',
  'DELETE FROM privacy.key_holder WHERE process_id = $1',
);
const measure = statement(
  'privacy.measure_key_holders',
  `SELECT count(*)::int AS "holders",
     (count(*) FILTER (WHERE fence_seq >= $1::bigint))::int AS "heeded"
   FROM privacy.key_holder WHERE seen_at > now() - make_interval(secs => $2::float8 / 1000)`,
);
const forgetSilent = statement(
  'privacy.forget_silent_key_holders',
  `DELETE FROM privacy.key_holder
   WHERE seen_at < now() - make_interval(secs => $1::float8 / 1000)`,
);
const fenceOf = statement(
  'vault.fence_of_subject',
  'SELECT seq FROM vault.fence WHERE subject_id = $1',
);

/** As long as a key may live in memory, and the time in which a process says anything at all. */
const silenceMsMax = defaultCacheLimits.ageMsMax + 15_000;
const forgottenAfterMs = 10 * silenceMsMax;

export type KeyHolderKind = 'api' | 'worker';

/** In the shop database, where every process that holds keys writes anyway. */
export class PgKeyHolders extends KeyHolders {
  readonly #processId = randomUUID();

  constructor(
    private readonly kind: KeyHolderKind,
    private readonly shop: ShopDatabase,
    private readonly vault: VaultDatabase,
  ) {
    super();
  }

  override async report(fenceSeq: bigint): Promise<void> {
    await this.shop.execute(report, [this.#processId, this.kind, fenceSeq]);
  }

  override async leave(): Promise<void> {
    await this.shop.execute(leave, [this.#processId]);
    await this.shop.execute(forgetSilent, [forgottenAfterMs]);
  }

  override async measure(subject: SubjectId): Promise<Drain> {
    const [fence] = await this.vault.query<{ seq: bigint }>(fenceOf, [subject]);
    if (fence === undefined) return { holders: 1, heeded: 0 };
    const [drain] = await this.shop.query<Drain>(measure, [fence.seq, silenceMsMax]);
    return drain ?? { holders: 1, heeded: 0 };
  }
}
