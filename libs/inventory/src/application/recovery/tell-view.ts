import { DomainError, type CellId } from '@entrepot/kernel';
import { mayCross } from '@entrepot/platform-egress';
import type { PoolId } from '../../domain/pool.ts';
import type { StockStore } from '../stock-store.ts';
import type { RecoveryBooks } from './recovery-books.ts';
import { channelsPerViewMax, type PeerView, type ViewAsk } from './recovery-peers.ts';

/**
 * Tells a cell that recovers how this one sees their channels. First, and in a commit of its own, it stops to
 * take in anything that the other said in an older epoch, so that no total it tells rises behind its back. One that
 * recovers itself tells it too, once its books have what its own witness knows: two that were restored at
 * the same time mend one another.
 */
export class TellView {
  constructor(
    private readonly store: Pick<StockStore, 'findStanding'>,
    private readonly books: Pick<
      RecoveryBooks,
      'hear' | 'pageOfChannels' | 'findOpenRecovery' | 'findLost' | 'noteReturn'
    >,
  ) {}

  /** @throws DomainError UNAVAILABLE while this cell recovers itself and has not heard its own witness */
  async execute(asker: CellId, { epoch, after, isBrief }: ViewAsk): Promise<PeerView> {
    const own = await this.trustedEpoch();
    if (isBrief && (await this.books.findLost()).includes(asker)) {
      // in whatever epoch it speaks: it has not recovered since, and does not know what was taken back from it
      return { epoch: own, heard: epoch + 1, channels: [] };
    }
    const heard = await this.books.hear(asker, epoch);
    const isOutspoken = heard !== epoch;
    const isWhole = !isOutspoken && isBrief === undefined;
    const page = isWhole ? await this.pageFor(asker, after) : { channels: [] };
    // behind the reading: a cell that was restored meanwhile must not be taken at its word
    if ((await this.trustedEpoch()) !== own) throw untrusted();
    if (isWhole && page.next === undefined) await this.books.noteReturn(asker, epoch);
    return { epoch: own, heard, ...page };
  }

  /**
   * Without the pools whose article numbers the border takes for somebody's: with one of them the whole answer would stay
   * here. No right of theirs has ever crossed.
   */
  private async pageFor(
    asker: CellId,
    from: PoolId | undefined,
  ): Promise<Pick<PeerView, 'channels' | 'next'>> {
    const limit = channelsPerViewMax;
    for (let after = from; ;) {
      const found = await this.books.pageOfChannels(asker, { after, limit: limit + 1 });
      const isLast = found.length <= limit;
      const page = found.slice(0, limit);
      const channels = page.filter(({ pool }) => mayCross(pool));
      if (isLast) return { channels };
      const next = channels.at(-1)?.pool;
      if (next !== undefined) return { channels, next };
      after = page.at(-1)?.pool;
    }
  }

  /** The epoch of the cell, whose books can be told from. */
  private async trustedEpoch(): Promise<number> {
    const { state, epoch } = await this.store.findStanding();
    if (state !== 'RECOVERING') return epoch;
    const recovery = await this.books.findOpenRecovery();
    if (recovery?.epoch !== epoch || !recovery.hasRemembered) throw untrusted();
    return epoch;
  }
}

const untrusted = (): DomainError =>
  new DomainError('UNAVAILABLE', 'this cell recovers and does not trust its own books');
