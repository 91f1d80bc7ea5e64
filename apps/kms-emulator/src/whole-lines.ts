import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

/**
 * Opens or creates a file of lines for appending, readable by its owner only. A torn last line was
 * never acknowledged to anyone and is cut off.
 */
export async function openWholeLines(
  path: string,
): Promise<{ handle: FileHandle; lines: string[] }> {
  const handle = await open(path, 'a+', 0o600);
  const text = await handle.readFile('utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) await handle.truncate(Buffer.byteLength(whole));
  return { handle, lines: whole.split('\n').filter((line) => line !== '') };
}
