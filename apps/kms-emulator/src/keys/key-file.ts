import { open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { GrantRecord } from '../grants/grant-record.ts';
import { openWholeLines, syncFolderOf } from '../whole-lines.ts';
import type { KeyEvent } from './key-event.ts';
import type { AliasRecord, KeyOrigin, KeyRecord } from './key-record.ts';

/** One line of the file; a later line about the same thing replaces an earlier one. */
export type StoredLine =
  | { readonly kind: 'clock'; readonly offsetMs: number }
  | { readonly kind: 'key'; readonly key: StoredKey; readonly material: string | undefined }
  | { readonly kind: 'key-changed'; readonly key: Pick<KeyRecord, 'id' | ChangingField> }
  | { readonly kind: 'alias'; readonly alias: AliasRecord }
  | { readonly kind: 'alias-deleted'; readonly name: string }
  | { readonly kind: 'grant'; readonly grant: GrantRecord }
  | { readonly kind: 'grant-deleted'; readonly keyId: string; readonly id: string }
  | { readonly kind: 'untold'; readonly event: KeyEvent };
type ChangingField = 'state' | 'deletionAt' | 'tags';

/** Files from before keys could be imported say nothing of an origin. */
type StoredKey = Omit<KeyRecord, 'material' | 'origin'> & { readonly origin?: KeyOrigin };

/**
 * The durable form of a key ring: lines of JSON, appended and synced before a caller is answered.
 * Concurrent appends share one sync. `replace` writes a new file and then overwrites the old one's
 * bytes, so that what was dropped is on no page that belonged to the store.
 */
export class KeyFile {
  readonly #path: string;
  #handle: FileHandle;
  #pending: string[] = [];
  #flush: Promise<void> | undefined;
  #lastWork: Promise<void> = Promise.resolve();

  private constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  /** Opens or creates the file and returns what it holds. */
  static async open(path: string): Promise<{ file: KeyFile; lines: StoredLine[] }> {
    await removeUnfinished(path);
    const lines: StoredLine[] = [];
    const handle = await openWholeLines(path, (line) => lines.push(parse(line)));
    return { file: new KeyFile(path, handle), lines };
  }

  /** Resolves once the line is on disk. After a failed write every later call fails too. */
  append(line: StoredLine): Promise<void> {
    this.#pending.push(serialise(line));
    this.#flush ??= this.#enqueue(() => this.#writePending());
    return this.#flush;
  }

  /** Makes the file hold exactly these lines; the bytes it held before are overwritten with zeros. */
  replace(lines: () => readonly StoredLine[]): Promise<void> {
    return this.#enqueue(async () => {
      const unfinished = unfinishedOf(this.#path);
      const fresh = await open(unfinished, 'w', 0o600);
      await fresh.writeFile(lines().map(serialise).join(''));
      await fresh.sync();
      await fresh.close();
      const dropped = await open(this.#path, 'r+');
      await rename(unfinished, this.#path);
      await syncFolderOf(this.#path);
      await this.#handle.close();
      this.#handle = await open(this.#path, 'a', 0o600);
      await overwriteWithZeros(dropped);
    });
  }

  async close(): Promise<void> {
    await this.#enqueue(() => this.#handle.close());
  }

  async #writePending(): Promise<void> {
    this.#flush = undefined;
    const lines = this.#pending.splice(0);
    await this.#handle.appendFile(lines.join(''));
    await this.#handle.datasync();
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    this.#lastWork = this.#lastWork.then(work);
    return this.#lastWork;
  }
}

const parse = (line: string): StoredLine => JSON.parse(line) as StoredLine;
const serialise = (line: StoredLine): string => `${JSON.stringify(line)}\n`;

const unfinishedOf = (path: string): string => `${path}.new`;

/** A crash may leave a new file behind that never took the old one's place, with keys in it. */
async function removeUnfinished(path: string): Promise<void> {
  const unfinished = unfinishedOf(path);
  try {
    await overwriteWithZeros(await open(unfinished, 'r+'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  await rm(unfinished, { force: true });
}

async function overwriteWithZeros(handle: FileHandle): Promise<void> {
  const { size } = await handle.stat();
  await handle.write(Buffer.alloc(size), 0, size, 0);
  await handle.sync();
  await handle.close();
}
