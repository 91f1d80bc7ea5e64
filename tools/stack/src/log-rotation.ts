import { copyFileSync, readdirSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

export const logBytesMax = 16 * 1024 * 1024;
const generationsMax = 3;
const checkEveryMs = 30_000;

/**
 * Copies a log that grew too large aside and empties it in place: the writers append, so they go on
 * in the same file without being told. Lines written between copy and emptying are lost.
 */
export function rotateLog(file: string, bytesMax: number = logBytesMax): boolean {
  if (statSync(file).size <= bytesMax) return false;
  for (let generation = generationsMax - 1; generation >= 1; generation -= 1) {
    try {
      renameSync(`${file}.${generation}`, `${file}.${generation + 1}`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  rmSync(`${file}.1`, { force: true });
  copyFileSync(file, `${file}.1`);
  truncateSync(file);
  return true;
}

/** Keeps every `.log` under the folders from growing without bound, until stopped. */
export function keepLogsSmall(folders: readonly string[]): { stop(): void } {
  const timer = setInterval(() => {
    for (const folder of folders) {
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        if (name.endsWith('.log')) rotateLog(join(folder, name));
      }
    }
  }, checkEveryMs);
  return { stop: () => clearInterval(timer) };
}
