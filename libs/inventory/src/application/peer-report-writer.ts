import { channelKeyOf } from '../domain/pool.ts';
import type { HeardPosition, StockHints } from './stock-hints.ts';

/** Reports that may wait; beyond, new pools are not noted until the store has caught up. */
const waitingMax = 10_000;
const perWriteMax = 1_000;

/**
 * Keeps what other cells said without holding up who asked them: a borrow is answered first. One write
 * at a time; what comes meanwhile gathers, the last word on each pool. A hint that is lost is told again
 * with the next borrow, so a write that fails is reported and not repeated.
 */
export class PeerReportWriter {
  private readonly waiting = new Map<string, HeardPosition>();
  private writing: Promise<void> | undefined;

  constructor(
    private readonly hints: Pick<StockHints, 'note'>,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  take(heard: readonly HeardPosition[]): void {
    for (const position of heard) {
      const key = channelKeyOf(position.peer, position.pool);
      if (this.waiting.has(key) || this.waiting.size < waitingMax) this.waiting.set(key, position);
    }
    this.writing ??= this.write().finally(() => (this.writing = undefined));
  }

  /** Resolves when all that was taken has been written or has failed. */
  async settled(): Promise<void> {
    await this.writing;
  }

  private async write(): Promise<void> {
    // whoever is just being answered goes first
    await Promise.resolve();
    while (this.waiting.size > 0) {
      const batch = [...this.waiting].slice(0, perWriteMax);
      for (const [key] of batch) this.waiting.delete(key);
      try {
        await this.hints.note(batch.map(([, position]) => position));
      } catch (error) {
        this.onFailure(error);
      }
    }
  }
}
