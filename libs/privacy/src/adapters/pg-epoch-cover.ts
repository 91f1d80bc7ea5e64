import type { SubjectId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { VaultDatabase } from '@entrepot/platform-database';

const isCovered = statement(
  'vault.is_covered_by_living_epoch',
  `SELECT EXISTS (
     SELECT FROM vault.erasure_ledger l
     JOIN vault.key_epoch e ON e.epoch BETWEEN l.first_epoch AND l.last_epoch
     WHERE l.subject_id = $1 AND e.unusable_at IS NULL
       AND (SELECT driver FROM vault.key_driver) = 'kms-epoch') AS "isCovered"`,
);

/** Whether an old vault still opens an erased person, because an epoch under which their key lay has not ended. */
export async function isCoveredByEpoch(vault: VaultDatabase, subject: SubjectId): Promise<boolean> {
  const [row] = await vault.query<{ isCovered: boolean }>(isCovered, [subject]);
  return row?.isCovered ?? false;
}
