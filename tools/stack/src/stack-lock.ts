import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { identityOf, isAlive } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

const takeOverAttemptsMax = 5;

function readHolder(file: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (error instanceof SyntaxError) return { pid: 0, startedAt: 'unreadable' };
    throw error;
  }
}

function isRefusal(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}

/** Links are made whole or not at all, so the lock is never seen without its holder's name. */
function tryLink(source: string, target: string): boolean {
  try {
    linkSync(source, target);
    return true;
  } catch (error) {
    if (isRefusal(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Moves a dead holder's lock aside. A live lock that slipped in between is put back. */
function removeDeadHolder(file: string): void {
  const aside = `${file}.dead.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (isRefusal(error, 'ENOENT')) return;
    throw error;
  }
  const holder = readHolder(aside);
  if (holder !== undefined && isAlive(holder)) tryLink(aside, file);
  rmSync(aside, { force: true });
}

/**
 * One holder at a time across processes. It outlives a killed holder only as a file: the next one sees
 * that the recorded process is gone and takes over.
 */
export class StackLock {
  private constructor(private readonly file: string) {}

  /** The lock, or who holds it. */
  static take(file: string): StackLock | ProcessIdentity {
    mkdirSync(dirname(file), { recursive: true });
    const own = `${file}.${process.pid}`;
    writeFileSync(own, JSON.stringify(identityOf(process.pid)));
    try {
      for (let attempt = 0; attempt < takeOverAttemptsMax; attempt += 1) {
        if (tryLink(own, file)) return new StackLock(file);
        const holder = readHolder(file);
        if (holder !== undefined && isAlive(holder)) return holder;
        if (holder !== undefined) removeDeadHolder(file);
      }
    } finally {
      rmSync(own, { force: true });
    }
    return readHolder(file) ?? { pid: 0, startedAt: 'unknown' };
  }

  /** The live holder of the lock; undefined when nobody alive holds it. */
  static holder(file: string): ProcessIdentity | undefined {
    const holder = readHolder(file);
    return holder !== undefined && isAlive(holder) ? holder : undefined;
  }

  release(): void {
    rmSync(this.file, { force: true });
  }
}
