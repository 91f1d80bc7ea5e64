import { Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** What is said by whoever opened a connection of a link, and by whom it leads to. */
export const linkFlows = ['sent', 'received'] as const;
export type LinkFlow = (typeof linkFlows)[number];

/**
 * `hold`: nothing arrives until the link is healed, as where packets are lost and sent again; both ends believe in
 * their connections. `drop`: whoever says something loses the connection, and what was said is never heard.
 */
export const linkSilences = ['hold', 'drop'] as const;
export type LinkSilence = (typeof linkSilences)[number];

/** So much is under way at most while it is held back; more waits at its sender, as in a full pipe. */
const underWayBytesMax = 4 * 1024 * 1024;

/** One way of a link: what it does to everything that is said on it. */
export class LinkWay {
  delayMs = 0;
  private silenceNow: LinkSilence | undefined;
  private opened = Promise.withResolvers<undefined>();

  constructor() {
    this.opened.resolve(undefined);
  }

  get silence(): LinkSilence | undefined {
    return this.silenceNow;
  }

  fallSilent(how: LinkSilence): void {
    this.heal();
    this.silenceNow = how;
    if (how === 'hold') this.opened = Promise.withResolvers<undefined>();
  }

  /** Lets what was held go on, in its order. */
  heal(): void {
    this.silenceNow = undefined;
    this.opened.resolve(undefined);
  }

  /** For one connection: holds each chunk back from when it came, so that a long answer takes the delay once. */
  line(onDropped: () => void): Transform {
    let underWay = 0;
    let last: Promise<unknown> = Promise.resolve();
    const arrive = async (cameAt: number): Promise<void> => {
      const leftMs = cameAt + this.delayMs - performance.now();
      if (leftMs > 0) await sleep(leftMs);
      await this.opened.promise;
    };
    const isQuiet = (): boolean =>
      underWay === 0 && this.delayMs === 0 && this.silenceNow === undefined;
    const line: Transform = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        if (this.silenceNow === 'drop') {
          onDropped();
          return;
        }
        if (isQuiet()) {
          done(undefined, chunk);
          return;
        }
        underWay += chunk.length;
        const isFull = underWay > underWayBytesMax;
        const cameAt = performance.now();
        const arrived = last.then(() => arrive(cameAt));
        last = arrived;
        void arrived.then(() => {
          underWay -= chunk.length;
          if (isFull) done(undefined, chunk);
          else if (!line.destroyed) line.push(chunk);
        });
        if (!isFull) done();
      },
      flush: (done) => {
        const endedAt = performance.now();
        void last.then(() => arrive(endedAt)).then(() => done());
      },
    });
    return line;
  }
}
