import { createReadStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { openWholeLines, readWholeLines, syncFolderOf } from '../whole-lines.ts';
import { isAbout } from './audit-record.ts';
import type { AuditRecord } from './audit-record.ts';

const msPerDay = 86_400_000;

export interface AuditRetention {
  /** Older records leave the file. */
  readonly days: number;
  /** Epoch milliseconds, by the clock that the records carry. */
  readonly now: () => number;
}

/** A file of records, one line of JSON each, readable by its owner only. */
export class AuditFile {
  readonly #path: string;
  readonly #retention: AuditRetention;
  #handle: FileHandle;
  #droppedAt: number | undefined;
  #lastWork: Promise<void> = Promise.resolve();

  private constructor(path: string, retention: AuditRetention, handle: FileHandle) {
    this.#path = path;
    this.#retention = retention;
    this.#handle = handle;
  }

  static async open(path: string, retention: AuditRetention): Promise<AuditFile> {
    // a crash may have left it
    await rm(unfinishedOf(path), { force: true });
    return new AuditFile(path, retention, await openWholeLines(path));
  }

  /**
   * Resolves once the operating system has the line. After a failed write every later call fails too:
   * what cannot be written down is not answered.
   */
  append(record: AuditRecord): Promise<void> {
    const line = `${JSON.stringify(record)}\n`;
    return this.#enqueue(async () => {
      await this.#dropDaily();
      await this.#handle.appendFile(line);
    });
  }

  /** Resolves once the line is on disk: for what nobody could tell again. */
  appendDurably(record: AuditRecord): Promise<void> {
    void this.append(record);
    return this.#enqueue(() => this.#handle.datasync());
  }

  /** The records about one key, named by its id or ARN, or all; in memory are those returned. */
  async read(keyReference?: string): Promise<AuditRecord[]> {
    await this.#lastWork;
    const records: AuditRecord[] = [];
    for await (const { text } of readWholeLines(this.#path)) {
      const record = parse(text);
      if (keyReference === undefined || isAbout(record, keyReference)) records.push(record);
    }
    return records;
  }

  /** Takes the records out of the file that are older than they may be. */
  dropOld(): Promise<void> {
    return this.#enqueue(() => this.#dropOld());
  }

  async close(): Promise<void> {
    await this.#enqueue(() => this.#handle.close());
  }

  async #dropDaily(): Promise<void> {
    const isDue =
      this.#droppedAt === undefined || this.#retention.now() >= this.#droppedAt + msPerDay;
    if (isDue) await this.#dropOld();
  }

  async #dropOld(): Promise<void> {
    const now = this.#retention.now();
    const start = await this.#startOfKept(now - this.#retention.days * msPerDay);
    if (start > 0) await this.#keepFrom(start);
    this.#droppedAt = now;
  }

  /**
   * Records come in the order of their times, as the clock is never moved back; only an event that was
   * told late, after a crash, comes behind younger ones, and goes with them.
   */
  async #startOfKept(oldestMs: number): Promise<number> {
    let start = 0;
    for await (const { text, end } of readWholeLines(this.#path)) {
      if (Date.parse(parse(text).eventTime) >= oldestMs) return start;
      start = end;
    }
    return start;
  }

  async #keepFrom(start: number): Promise<void> {
    const unfinished = unfinishedOf(this.#path);
    const fresh = await open(unfinished, 'w', 0o600);
    await pipeline(
      createReadStream(this.#path, { start }),
      fresh.createWriteStream({ flush: true }),
    );
    await rename(unfinished, this.#path);
    await syncFolderOf(this.#path);
    await this.#handle.close();
    this.#handle = await open(this.#path, 'a', 0o600);
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    this.#lastWork = this.#lastWork.then(work);
    return this.#lastWork;
  }
}

const unfinishedOf = (path: string): string => `${path}.new`;
const parse = (line: string): AuditRecord => JSON.parse(line) as AuditRecord;
