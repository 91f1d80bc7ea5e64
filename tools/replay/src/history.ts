import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** What a client was told about an order, as it was told. */
export interface HistoryLine {
  readonly key: string;
  readonly cell: string;
  readonly orderId: string | undefined;
  /** HTTP status; 0 where no final answer came in time. */
  readonly status: number;
  readonly units: number;
}

/** The client's own record, one JSON line per answer. Runs add to it: the orders of all of them count. */
export class History {
  private readonly file: number;

  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.file = openSync(path, 'a', 0o600);
  }

  add(line: HistoryLine): void {
    writeSync(this.file, `${JSON.stringify(line)}\n`);
  }

  close(): void {
    closeSync(this.file);
  }
}
