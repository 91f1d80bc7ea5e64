import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeFetch } from '@entrepot/client/node';
import type { DescribedCell } from '@entrepot/stack';
import { SecretStore } from '@entrepot/stack';
import { inClusterOf } from './books.ts';

const timeoutMs = 60_000;
const pollMs = 250;
/** One day more than the shortest waiting period of KMS. */
const windowDays = 8;

/** An operator ends the epoch under which logins lie; worker and eraser do the rest. */
export async function endEpoch(home: DescribedCell): Promise<void> {
  const end = performance.now() + timeoutMs;
  const askForNext = `UPDATE vault.key_epoch SET due_at = now()
    WHERE opened_at IS NOT NULL AND closed_at IS NULL RETURNING epoch`;
  const { rows } = await inClusterOf(home.id, 'vault', (client) => client.query(askForNext));
  const isUnusable = 'SELECT FROM vault.key_epoch WHERE epoch = $1 AND unusable_at IS NOT NULL';
  const epoch = (rows as { epoch: number }[])[0]?.epoch;
  const hasEnded = () =>
    inClusterOf(home.id, 'vault', (client) => client.query(isUnusable, [epoch]));
  while ((await hasEnded()).rowCount !== 1) {
    if (performance.now() > end) throw new Error(`epoch ${String(epoch)} does not end`);
    await sleep(pollMs);
  }
}

/** Keys that wait for their end come to it. */
export async function passKmsWindow(node: NodeFetch, home: DescribedCell): Promise<void> {
  const secret = new SecretStore(home.secrets).read('kms/clock-secret');
  const answer = await node.fetch(`${home.kmsEndpoint}/emulator/clock`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ advanceSeconds: windowDays * 86_400 }),
  });
  if (!answer.ok) throw new Error(`the clock of the KMS stays: ${answer.status}`);
}
