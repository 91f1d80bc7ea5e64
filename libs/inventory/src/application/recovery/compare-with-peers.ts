import { PeerSilentError } from '../peer-inventory.ts';
import type { StockMap } from '../stock-map.ts';
import type { RecoveryBooks } from './recovery-books.ts';
import type { RecoveryPeers } from './recovery-peers.ts';

/** How often a worker asks; a cell that was taken for lost and is let in again sells for so long at most. */
export const compareWithPeersEveryMs = 30_000;

/**
 * Asks the other cells, as far as they answer, in which epoch they have heard this one. A later one than its own means
 * that it was restored, or that people took it for lost: then it recovers before it sells again. While it does, that asks.
 */
export class CompareWithPeers {
  constructor(
    private readonly map: StockMap,
    private readonly books: RecoveryBooks,
    private readonly peers: RecoveryPeers,
  ) {}

  /** Resolves to the epoch of the recovery that was begun, if any. */
  async execute(): Promise<number | undefined> {
    const { epoch } = await this.books.findPlace();
    if ((await this.books.findOpenRecovery()) !== undefined) return undefined;
    const heard = await Promise.all(
      this.map.peers.map(async (peer) => {
        try {
          return (await this.peers.tellView(peer, { epoch, isBrief: true })).heard;
        } catch (error) {
          if (error instanceof PeerSilentError) return epoch;
          throw error;
        }
      }),
    );
    const newest = Math.max(epoch, ...heard);
    return newest > epoch ? this.books.begin(newest) : undefined;
  }
}
