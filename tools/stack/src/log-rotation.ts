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
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= bytesMax) return false;
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

/** Every `.log` below a folder of logs. */
export const logsBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.log'))
    .map((name) => join(folder, name));

/** Looks at the listed files from time to time until stopped; the list is asked for each time. */
export function keepLogsSmall(list: () => readonly string[]): { stop(): void } {
  const timer = setInterval(() => {
    for (const file of list()) rotateLog(file);
  }, checkEveryMs);
  return { stop: () => clearInterval(timer) };
}
