import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** XLOG_BLCKSZ as PostgreSQL is built by default, and its page headers (src/include/access/xlog_internal.h). */
const logPageBytes = 8_192;
const headerBytes = { short: 24, long: 40 } as const;
const infoOffset = 2;
const hasLongHeader = 0x0002;
const logSegment = /\/pg_wal\/[0-9A-F]{24}$/;
const runs = /[\x20-\x7e]{8,}/g;

/** Whoever reads the runs reads a file at a time into one text. */
const fileBytesMax = 64 * 1024 ** 2;

/**
 * Writes down every run of eight or more printable ASCII characters in the files, one a line: what a thief
 * of a disk reads there without knowing what wrote it. Goes on in another file below the folder when one is
 * full. Returns how many bytes were read.
 */
export function writeReadableRuns(files: readonly string[], folder: string): number {
  let [bytes, part, written] = [0, 0, 0];
  for (const file of files) {
    const content = contentOf(file);
    bytes += content.length;
    const found = content.toString('latin1').match(runs) ?? [];
    if (found.length === 0) continue;
    const text = `${found.join('\n')}\n`;
    if (written > 0 && written + text.length > fileBytesMax) [part, written] = [part + 1, 0];
    appendFileSync(join(folder, `strings-${part}.txt`), text, { encoding: 'latin1', mode: 0o600 });
    written += text.length;
  }
  return bytes;
}

/** A server removes files while it runs; a value in its log goes over the header of the next page. */
function contentOf(file: string): Buffer {
  try {
    const content = readFileSync(file);
    return logSegment.test(file) ? withoutPageHeaders(content) : content;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

function withoutPageHeaders(log: Buffer): Buffer {
  const pages: Buffer[] = [];
  for (let at = 0; at + infoOffset + 2 <= log.length; at += logPageBytes) {
    const isLong = (log.readUInt16LE(at + infoOffset) & hasLongHeader) !== 0;
    pages.push(log.subarray(at + headerBytes[isLong ? 'long' : 'short'], at + logPageBytes));
  }
  return Buffer.concat(pages);
}
