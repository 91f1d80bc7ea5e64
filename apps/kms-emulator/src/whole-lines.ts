import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

const lineFeed = 0x0a;

/** A line of a file, and the offset of the byte after its line feed. */
export interface WholeLine {
  readonly text: string;
  readonly end: number;
}

/**
 * Reads a file of lines, never more of it at once than a chunk and a line. What comes after the last
 * line feed is left out: it is torn, or still being written. Node's own readline takes U+2028 for the
 * end of a line, which JSON does not escape.
 */
export async function* readWholeLines(path: string): AsyncGenerator<WholeLine> {
  let begun = Buffer.alloc(0);
  let offset = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    const bytes = Buffer.concat([begun, chunk]);
    let start = 0;
    for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, start)) {
      yield { text: bytes.toString('utf8', start, at), end: offset + at + 1 };
      start = at + 1;
    }
    offset += start;
    begun = bytes.subarray(start);
  }
}

/**
 * Opens or creates a file of lines for appending, readable by its owner only. A torn last line was
 * never acknowledged to anyone and is cut off; the others are shown to `visit`.
 */
export async function openWholeLines(
  path: string,
  visit: (line: string) => void = () => {},
): Promise<FileHandle> {
  const handle = await open(path, 'a', 0o600);
  let end = 0;
  for await (const line of readWholeLines(path)) {
    visit(line.text);
    end = line.end;
  }
  await handle.truncate(end);
  await syncFolderOf(path);
  return handle;
}

/** Without it a file that was made or renamed may have another name after a power failure, or none. */
export async function syncFolderOf(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r');
  await folder.sync();
  await folder.close();
}
