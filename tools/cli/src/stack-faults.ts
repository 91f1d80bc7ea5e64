import { readFileSync } from 'node:fs';

import { FaultInjector } from '@entrepot/replay';
import type { StackDescription } from '@entrepot/stack';
import {
  answersOk,
  crossingOf,
  linkFlows,
  requireRunning,
  StackError,
  StackPaths,
} from '@entrepot/stack';

import { changeLink, delayLink, killService, readStatus } from './control-client.ts';

const wholeWithinMs = 120_000;
const pollMs = 200;
/** A share, so that orders go on beside those that are hit. */
const providerShare = 0.5;

/** Orders a behaviour of the provider sandbox for a share of the payments to come; false clears all. */
export async function orderAtProvider(
  { pspOrigin, pspAdminSecretFile }: StackDescription,
  order: { readonly kind: string; readonly share: number } | false,
): Promise<void> {
  const secret = readFileSync(pspAdminSecretFile, 'utf8');
  const response = await fetch(new URL('/sandbox/v1/faults', pspOrigin), {
    method: order === false ? 'DELETE' : 'POST',
    headers: {
      authorization: `Bearer ${secret}`,
      ...(order === false ? {} : { 'content-type': 'application/json' }),
    },
    ...(order === false ? {} : { body: JSON.stringify(order) }),
  });
  if (!response.ok) throw new StackError(`The provider refused the order: ${response.status}.`);
}

/** Breaks the stack that runs here, by its supervisor and by the provider's own switches. */
export class StackFaults extends FaultInjector {
  private readonly description = requireRunning(new StackPaths());

  kill(service: string, signal: NodeJS.Signals): Promise<void> {
    return killService(service, signal);
  }

  /** What was held back before is held back again once the border is healed. */
  async cutBorder(isCut: boolean): Promise<void> {
    const { proxies } = await readStatus();
    const links = proxies.filter(({ name }) => crossingOf(name) !== undefined);
    for (const { name, delayMs } of links) {
      await changeLink(name, isCut ? 'cut' : 'heal');
      if (isCut) continue;
      for (const way of linkFlows) await delayLink(name, delayMs[way], way);
    }
  }

  breakProvider(kind: string | false): Promise<void> {
    return orderAtProvider(
      this.description,
      kind === false ? false : { kind, share: providerShare },
    );
  }

  async untilWhole(): Promise<void> {
    const until = performance.now() + wholeWithinMs;
    while (!(await this.isWhole())) {
      if (performance.now() > until) throw new StackError('The stack did not heal in two minutes.');
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }

  private async isWhole(): Promise<boolean> {
    const { services } = await readStatus();
    if (services.some(({ state }) => state !== 'running')) return false;
    const ports = this.description.cells.flatMap(({ apiOrigins }) =>
      apiOrigins.map((origin) => new URL(origin).port),
    );
    const answers = await Promise.all(
      ports.map((port) => answersOk(`http://127.0.0.1:${port}/health/ready`)),
    );
    return answers.every(Boolean);
  }
}
