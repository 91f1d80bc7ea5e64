import { readdirSync, readFileSync } from 'node:fs';

import { identityOf } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

const variable = 'SUPERVISED_BY';

/** Makes every process started from now on recognisable as one of the stack kept in `home`. */
export function markSupervision(home: string): void {
  process.env[variable] = home;
}

/** What a child's environment must carry to be recognised; empty outside a supervisor. */
export function supervisionMark(): Readonly<Record<string, string>> {
  const mark = process.env[variable];
  return mark === undefined ? {} : { [variable]: mark };
}

function environmentOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}

/**
 * The processes that carry the mark, without those whose parent carries it too (a server ends its own
 * workers). Finds what a killed supervisor had started but not yet written down. Linux only: elsewhere
 * another process's environment cannot be read, and the written record has to do.
 */
export function findMarked(home: string): readonly ProcessIdentity[] {
  if (process.platform !== 'linux') return [];
  const marked = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && environmentOf(pid).includes(`${variable}=${home}`));
  const all = new Set(marked);
  return marked
    .filter((pid) => !all.has(parentOf(pid)))
    .map((pid) => identityOf(pid))
    .filter((identity) => identity !== undefined);
}
