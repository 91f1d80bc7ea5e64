import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { DomainError, type Sku } from '@entrepot/kernel';
import type { BandFeed } from '../application/band-feed.ts';
import { bandEventOf } from './availability.view.ts';
import { BandStream } from './band-stream.ts';
import { networkOf } from './client-network.ts';

export interface BandStreamLimits {
  /** Streams that one process keeps open. */
  readonly streamsMax: number;
  /** Of them, those of one address, or of one /64 of IPv6. */
  readonly perAddressMax: number;
  /** How often a stream that has nothing to say shows that it is alive; less than a proxy's patience. */
  readonly beatEveryMs: number;
  /** A reader who takes nothing for so long is cut off, and may connect again. */
  readonly stuckMsMax: number;
  /**
   * A stream lasts three quarters of this at least, then its reader connects again. What a reader does not take
   * lies in the buffers of the network for hours before a process sees it, and so does the place.
   */
  readonly lifeMsMax: number;
}

export const bandStreamLimits: BandStreamLimits = {
  streamsMax: 2_000,
  perAddressMax: 20,
  beatEveryMs: 15_000,
  stuckMsMax: 30_000,
  lifeMsMax: 15 * 60_000,
};

/** How long readers wait before they connect again, spread so that they do not come back all at once. */
const retryMs = { least: 1_000, spread: 4_000 };
/** Readers may take so long to read the end. */
const farewellMs = 1_000;
const tryAgainSeconds = 30;

/** How a stream came to its end. */
export type StreamEnd = 'reader' | 'stuck' | 'old' | 'shutdown';

/** The open streams of this process. */
export class BandStreams {
  /** With the instant at which the time of each is over, by `performance.now()`. */
  private readonly streams = new Map<BandStream, number>();
  private readonly places = new Map<string, number>();
  /** Addresses are known by their hash under this key, which no other process has. */
  private readonly key = randomBytes(32);
  private beats: NodeJS.Timeout | undefined;
  private isEnding = false;

  constructor(
    private readonly feed: BandFeed,
    private readonly limits: BandStreamLimits = bandStreamLimits,
    private readonly onEnd: (end: StreamEnd) => void = () => undefined,
  ) {}

  get open(): number {
    return this.streams.size;
  }

  /**
   * A stream that begins with the band of every article. Throws RATE_LIMITED where the address has as
   * many as it may, UNAVAILABLE where the process has or is ending.
   */
  connect(skus: ReadonlySet<Sku>, address: string): BandStream {
    if (this.isEnding || this.streams.size >= this.limits.streamsMax) {
      throw new DomainError('UNAVAILABLE', 'this process has as many streams as it may', {
        details: { retryAfterSeconds: tryAgainSeconds },
      });
    }
    const giveBack = this.enter(address);
    const stream = new BandStream(retryMs.least + Math.round(Math.random() * retryMs.spread));
    try {
      const unwatch = this.feed.watch(skus, (sku, hint) =>
        stream.tell(sku, 'band', bandEventOf(sku, hint)),
      );
      stream.once('close', () => {
        unwatch();
        giveBack();
        this.leave(stream, this.isEnding ? 'shutdown' : 'reader');
      });
    } catch (error) {
      giveBack();
      throw error;
    }
    const life = this.limits.lifeMsMax * (0.75 + Math.random() / 4);
    this.streams.set(stream, performance.now() + life);
    this.beats ??= setInterval(() => this.beat(), this.limits.beatEveryMs);
    return stream;
  }

  /** Ends every stream and opens no more; resolves when all are closed. */
  async close(): Promise<void> {
    this.isEnding = true;
    await this.feed.stop();
    await Promise.all([...this.streams.keys()].map(finish));
  }

  private beat(): void {
    const now = performance.now();
    for (const [stream, endsAt] of this.streams) {
      stream.beat();
      if (stream.stuckMs >= this.limits.stuckMsMax) {
        this.leave(stream, 'stuck');
        stream.destroy();
      } else if (now >= endsAt) {
        this.leave(stream, 'old');
        void finish(stream);
      }
    }
  }

  private leave(stream: BandStream, end: StreamEnd): void {
    if (this.streams.delete(stream)) this.onEnd(end);
    if (this.streams.size > 0) return;
    clearInterval(this.beats);
    this.beats = undefined;
  }

  /** Takes a place of the address; the result gives it back. */
  private enter(address: string): () => void {
    const name = createHmac('sha256', this.key).update(networkOf(address)).digest('base64url');
    const taken = this.places.get(name) ?? 0;
    if (taken >= this.limits.perAddressMax) {
      throw new DomainError('RATE_LIMITED', 'the address has as many streams as it may', {
        details: { retryAfterSeconds: tryAgainSeconds },
      });
    }
    this.places.set(name, taken + 1);
    return () => {
      const left = (this.places.get(name) ?? 1) - 1;
      if (left > 0) this.places.set(name, left);
      else this.places.delete(name);
    };
  }
}

/** Lets the reader read to the end, for a while; resolves when the stream is closed. */
async function finish(stream: BandStream): Promise<void> {
  const closed = once(stream, 'close');
  stream.finish();
  const late = setTimeout(() => stream.destroy(), farewellMs);
  await closed;
  clearTimeout(late);
}
