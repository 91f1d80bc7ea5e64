import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { identityOf, isAlive, signalProcess, waitForEnd } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { findMarked } from './supervision-mark.ts';

const politeTimeoutMs = 10_000;
const killTimeoutMs = 5_000;
const sweepsMax = 3;

export interface RecordedProcess {
  readonly name: string;
  /** Higher ranks depend on lower ones and end first. */
  readonly rank: number;
  readonly identity: ProcessIdentity;
}

/** Which processes a stack has started, on disk: so that they can be ended after it was killed. */
export class ProcessRecord {
  private readonly running = new Map<string, RecordedProcess>();

  constructor(private readonly file: string) {}

  add({ name, rank }: { readonly name: string; readonly rank: number }, pid: number): void {
    const identity = identityOf(pid);
    if (identity === undefined) return;
    this.running.set(name, { name, rank, identity });
    this.write();
  }

  remove(name: string): void {
    if (this.running.delete(name)) this.write();
  }

  clear(): void {
    this.running.clear();
    rmSync(this.file, { force: true });
  }

  private write(): void {
    const list = [...this.running.values()];
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(`${this.file}.new`, JSON.stringify(list, undefined, 2));
    renameSync(`${this.file}.new`, this.file);
  }
}

export function readRecord(file: string): readonly RecordedProcess[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RecordedProcess[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** SIGINT is the orderly end of everything the stack runs, PostgreSQL's "fast" shutdown included. */
async function end(identity: ProcessIdentity): Promise<void> {
  if (!signalProcess(identity, 'SIGINT')) return;
  if (await waitForEnd(identity, politeTimeoutMs)) return;
  signalProcess(identity, 'SIGKILL');
  await waitForEnd(identity, killTimeoutMs);
}

/**
 * Ends what a stack without a living supervisor left behind: rank by rank, then everything that
 * still carries the stack's mark. Resolves to how many processes it ended.
 */
export async function endLeftovers(recordFile: string, home: string): Promise<number> {
  let ended = 0;
  const alive = readRecord(recordFile).filter(({ identity }) => isAlive(identity));
  const ranks = Map.groupBy(alive, ({ rank }) => rank);
  for (const rank of [...ranks.keys()].toSorted((a, b) => b - a)) {
    await Promise.all((ranks.get(rank) ?? []).map(({ identity }) => end(identity)));
    ended += ranks.get(rank)?.length ?? 0;
  }
  for (let sweep = 0; sweep < sweepsMax; sweep += 1) {
    const marked = findMarked(home);
    if (marked.length === 0) break;
    await Promise.all(marked.map(end));
    ended += marked.length;
  }
  rmSync(recordFile, { force: true });
  return ended;
}
