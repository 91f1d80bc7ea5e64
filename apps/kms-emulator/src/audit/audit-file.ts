import { readFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { openWholeLines } from '../whole-lines.ts';
import type { AuditRecord } from './audit-record.ts';

/** An append-only file of records, one line of JSON each, readable by its owner only. */
export class AuditFile {
  readonly #path: string;
  readonly #handle: FileHandle;
  #lastWrite: Promise<void> = Promise.resolve();

  private constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  static async open(path: string): Promise<AuditFile> {
    const { handle } = await openWholeLines(path);
    return new AuditFile(path, handle);
  }

  /**
   * Resolves once the operating system has the line. After a failed write every later call fails too:
   * what cannot be written down is not answered.
   */
  append(record: AuditRecord): Promise<void> {
    const line = `${JSON.stringify(record)}\n`;
    this.#lastWrite = this.#lastWrite.then(() => this.#handle.appendFile(line));
    return this.#lastWrite;
  }

  async read(): Promise<AuditRecord[]> {
    await this.#lastWrite;
    const text = await readFile(this.#path, 'utf8');
    // The next record may be half there already.
    const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as AuditRecord);
  }

  async close(): Promise<void> {
    await this.#lastWrite;
    await this.#handle.close();
  }
}
