import { readFileSync } from 'node:fs';

import { requireRunning, StackError, StackPaths } from '@entrepot/stack';
import type { LinkFlow, LinkSilence, LinkStatus, ServiceStatus } from '@entrepot/stack';

export interface StackStatus {
  readonly services: readonly ServiceStatus[];
  readonly proxies: readonly LinkStatus[];
}

/** Asks the supervisor of the running stack; says so in one sentence when there is none. */
async function ask(method: 'GET' | 'POST', path: string): Promise<unknown> {
  const description = requireRunning(new StackPaths());
  const secret = readFileSync(description.controlSecretFile, 'utf8');
  const response = await fetch(`${description.controlOrigin}${path}`, {
    method,
    headers: { authorization: `Bearer ${secret}` },
  }).catch((cause: unknown) => {
    throw new StackError('No stack is running; `npm start -- --detach` starts one.', { cause });
  });
  const answer = (await response.json()) as { readonly error?: string };
  if (!response.ok) throw new StackError(answer.error ?? `The supervisor said ${response.status}.`);
  return answer;
}

export const readStatus = async (): Promise<StackStatus> =>
  (await ask('GET', '/status')) as StackStatus;

/** Cuts or heals a link by its name, `in-1.kafka-border.eu-1`. */
export async function changeLink(name: string, change: 'cut' | 'heal'): Promise<void> {
  await ask('POST', `/proxies/${encodeURIComponent(name)}?do=${change}`);
}

/** Holds back every byte of a link, each way or one way. */
export async function delayLink(name: string, delayMs: number, way?: LinkFlow): Promise<void> {
  const query = new URLSearchParams({
    ...{ do: 'delay', ms: String(delayMs) },
    ...(way !== undefined && { way }),
  });
  await ask('POST', `/proxies/${encodeURIComponent(name)}?${query.toString()}`);
}

/** Lets nothing through a link one way until it is healed. */
export async function silenceLink(name: string, way: LinkFlow, how: LinkSilence): Promise<void> {
  await ask('POST', `/proxies/${encodeURIComponent(name)}?do=${how}&way=${way}`);
}

/** Writes what goes over a link into a file, from its next connection on; without a file, stops. */
export async function recordLink(name: string, into?: string): Promise<void> {
  const query = new URLSearchParams({ do: 'record', ...(into !== undefined && { into }) });
  await ask('POST', `/proxies/${encodeURIComponent(name)}?${query.toString()}`);
}

/** Sends a signal to a service by its name, `in-1 api-1`; the supervisor starts it again. */
export async function killService(name: string, signal: NodeJS.Signals): Promise<void> {
  await ask('POST', `/kills/${encodeURIComponent(name)}?signal=${signal}`);
}
