import { setTimeout as sleep } from 'node:timers/promises';

import { clustersOfStack, withClient } from '@entrepot/stack';
import type { DescribedCell } from '@entrepot/stack';

const timeoutMsDefault = 60_000;
const pollMs = 250;
const askForNext = `UPDATE vault.key_epoch SET due_at = now()
  WHERE opened_at IS NOT NULL AND closed_at IS NULL RETURNING epoch`;
const isUnusable = 'SELECT FROM vault.key_epoch WHERE epoch = $1 AND unusable_at IS NOT NULL';

/**
 * An operator ends the epoch that is open; worker and eraser do the rest, in longer than the default where the KMS
 * refuses them. Resolves to its number.
 */
export async function endEpoch(
  { id }: DescribedCell,
  { timeoutMs = timeoutMsDefault }: { readonly timeoutMs?: number } = {},
): Promise<number> {
  const vault = clustersOfStack().find(({ cell, cluster }) => cell === id && cluster === 'vault');
  if (vault === undefined) throw new RangeError(`${id} has no vault`);
  const end = performance.now() + timeoutMs;
  return withClient(vault.superuserUrl, async (client) => {
    const { rows } = await client.query<{ epoch: number }>(askForNext);
    const epoch = rows[0]?.epoch ?? 0;
    while ((await client.query(isUnusable, [epoch])).rowCount !== 1) {
      if (performance.now() > end) throw new Error(`epoch ${epoch} does not end`);
      await sleep(pollMs);
    }
    return epoch;
  });
}
