import { Readable } from 'node:stream';

/** Bytes that wait for a reader before later bands replace earlier ones. */
const bytesWaitingMax = 8 * 1024;

/**
 * The answer to one reader, in the form of server-sent events. While the reader is slow, of each article
 * only the latest band waits, so what a stream holds is bounded by the articles it shows.
 */
export class BandStream extends Readable {
  private readonly waiting = new Map<string, string>();
  private isWanted = false;
  private isOver = false;
  /** By `performance.now()`; undefined while the reader takes what comes. */
  private stuckSince: number | undefined;

  /** @param retryMs how long the reader waits before it connects again after the stream has ended. */
  constructor(retryMs: number) {
    super({ highWaterMark: bytesWaitingMax });
    this.isWanted = this.push(`retry: ${retryMs}\n\n`);
  }

  /** The latest word on a subject takes the place of one that has not been read. */
  tell(subject: string, event: string, data: object): void {
    this.waiting.set(subject, `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    this.flush();
  }

  /** Says that the stream is alive, in a comment; nothing where the reader has enough to read. */
  beat(): void {
    if (this.isWanted) this.isWanted = this.push(':\n\n');
    if (!this.isWanted) this.stuckSince ??= performance.now();
  }

  /** For how long the reader has taken nothing, in milliseconds. */
  get stuckMs(): number {
    return this.stuckSince === undefined ? 0 : performance.now() - this.stuckSince;
  }

  /** Ends the answer; what waits is not read any more. */
  finish(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.isWanted = false;
    this.waiting.clear();
    this.push(null);
  }

  override _read(): void {
    this.isWanted = !this.isOver;
    this.stuckSince = undefined;
    this.flush();
  }

  private flush(): void {
    for (const [subject, text] of this.waiting) {
      if (!this.isWanted) {
        this.stuckSince ??= performance.now();
        return;
      }
      this.waiting.delete(subject);
      this.isWanted = this.push(text);
    }
  }
}
