import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { ByteMatcher } from './needle-matcher.ts';
import { dropPageHeaders } from './wal-pages.ts';

export interface FileFind {
  readonly label: string;
  readonly file: string;
  /** In the file; in PostgreSQL's log, in what lies between its page headers. */
  readonly offset: number;
}

export interface Scanned {
  readonly bytes: number;
  readonly finds: readonly FileFind[];
}

/** Whole pages of every store. */
const chunkBytes = 4 * 1024 * 1024;
const walSegment = /\/pg_wal\/[0-9A-F]{24}$/;

/** Every file below the folder; a server removes files while it is scanned, and those are left out. */
export function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

/** Scans files byte by byte, whatever they are; PostgreSQL's log without its page headers. */
export function scanFiles(files: readonly string[], matcher: ByteMatcher): Scanned {
  let bytes = 0;
  const finds: FileFind[] = [];
  // one for all: a store has thousands of small files, and memory for a chunk is dear to get
  const buffer = Buffer.allocUnsafe(matcher.overlapBytes + chunkBytes);
  for (const file of files) {
    const scanned = scanFile(file, matcher, buffer);
    bytes += scanned.bytes;
    finds.push(...scanned.finds);
  }
  return { bytes, finds };
}

function scanFile(file: string, matcher: ByteMatcher, buffer: Buffer): Scanned {
  const handle = openIfThere(file);
  if (handle === undefined) return { bytes: 0, finds: [] };
  const seen = new Map<string, FileFind>();
  const isLog = walSegment.test(file);
  let carried = 0;
  let position = 0;
  let searched = 0;
  try {
    for (;;) {
      const read = readSync(handle, buffer, carried, chunkBytes, position);
      if (read === 0) break;
      const added = isLog ? dropPageHeaders(buffer.subarray(carried, carried + read)) : read;
      const chunk = buffer.subarray(0, carried + added);
      for (const { label, offset } of matcher.search(chunk, searched - carried)) {
        seen.set(`${label} ${offset}`, { label, file, offset });
      }
      position += read;
      searched += added;
      carried = Math.min(matcher.overlapBytes, chunk.length);
      chunk.copy(buffer, 0, chunk.length - carried);
    }
  } finally {
    closeSync(handle);
  }
  return { bytes: position, finds: [...seen.values()] };
}

function openIfThere(file: string): number | undefined {
  try {
    return openSync(file, 'r');
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

const isGone = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';
