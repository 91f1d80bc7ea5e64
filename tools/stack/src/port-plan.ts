import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';

import { StackError } from './stack-error.ts';

/** Below the range from which Linux and macOS draw the source ports of outgoing connections. */
export const firstPortMin = 10_000;
export const firstPortMax = 28_000;
const portsTriedMax = 4_000;

export type PortNames = Readonly<Record<string, number>>;

export interface PortPlanning {
  readonly names: readonly string[];
  readonly remembered: PortNames;
  /** Where to begin looking for ports that are not yet remembered. */
  readonly firstPort: number;
  readonly isFree: (port: number) => Promise<boolean>;
}

/**
 * Keeps remembered ports and chooses free ones for new names, each name its own. A stack's addresses
 * are written into its data (advertised listeners, subscriptions, bookmarks), so a remembered port
 * that someone else took is refused with its name, never silently replaced.
 */
export async function planPorts(planning: PortPlanning): Promise<PortNames> {
  const { names, remembered, isFree } = planning;
  const plan: Record<string, number> = { ...remembered };
  for (const name of names) {
    const port = remembered[name];
    if (port === undefined || (await isFree(port))) continue;
    throw new StackError(
      `Port ${port} of ${name} is taken by another program; end that program and start again.`,
    );
  }
  const used = new Set(Object.values(remembered));
  let next = planning.firstPort;
  for (const name of names.filter((candidate) => plan[candidate] === undefined)) {
    while (used.has(next) || !(await isFree(next))) {
      next += 1;
      if (next > planning.firstPort + portsTriedMax) throw new StackError('No free ports found.');
    }
    plan[name] = next;
    used.add(next);
  }
  return plan;
}

/** Whether a program could listen on this loopback port now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      server.close(() => resolve(true));
    });
  });
}

export function readPorts(file: string): PortNames {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as PortNames;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

export function writePorts(file: string, ports: PortNames): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(ports, undefined, 2)}\n`);
  renameSync(`${file}.new`, file);
}
