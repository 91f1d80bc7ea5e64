import type { JournalHead } from '@entrepot/privacy';
import { withClient } from '@entrepot/stack';

export interface Quarantine {
  readonly backupId: string;
  /** How far the journal of erasures went when the backup was made. */
  readonly backupHead: JournalHead;
}

/** Opens the quarantine of a restored database, with the login of its superuser. */
export async function openQuarantine(
  url: string,
  { restoreId, backupId, backupHead }: Quarantine & { readonly restoreId: string },
): Promise<void> {
  await withClient(url, (client) =>
    client.query(
      `INSERT INTO cell.quarantine (restore_id, backup_id, backup_seq, backup_digest)
       VALUES ($1, $2, $3, $4)`,
      [restoreId, backupId, backupHead.seq, backupHead.digest],
    ),
  );
}

/** Undefined where the database is not in quarantine. */
export async function quarantineOf(url: string): Promise<Quarantine | undefined> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<JournalHead & { backupId: string }>(
      `SELECT backup_id AS "backupId", backup_seq AS "seq", backup_digest AS "digest"
       FROM cell.quarantine WHERE closed_at IS NULL`,
    );
    return rows.map(({ backupId, seq, digest }) => ({ backupId, backupHead: { seq, digest } }))[0];
  });
}

/** Closes it at the head up to which the journal has been replayed. */
export async function closeQuarantine(url: string, { seq, digest }: JournalHead): Promise<void> {
  await withClient(url, (client) =>
    client.query(
      `UPDATE cell.quarantine SET closed_at = now(), replayed_seq = $1, replayed_digest = $2
       WHERE closed_at IS NULL`,
      [seq, digest],
    ),
  );
}
