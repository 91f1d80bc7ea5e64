import { DomainError, type CellId } from '@entrepot/kernel';
import type { StockStore } from '../stock-store.ts';
import type { RecoveryBooks } from './recovery-books.ts';
import { channelsPerViewMax, type PeerView, type ViewAsk } from './recovery-peers.ts';

/**
 * Tells a cell that recovers how this one sees their channels. First, and in a commit of its own, it stops to
 * take in anything that the other said in an older epoch, so that no total it tells rises behind its back.
 */
export class TellView {
  constructor(
    private readonly store: Pick<StockStore, 'findStanding'>,
    private readonly books: Pick<RecoveryBooks, 'hear' | 'pageOfChannels'>,
  ) {}

  /** @throws DomainError UNAVAILABLE while this cell recovers itself */
  async execute(asker: CellId, { epoch, after }: ViewAsk): Promise<PeerView> {
    const heard = await this.books.hear(asker, epoch);
    const isOutspoken = heard !== epoch;
    const limit = channelsPerViewMax;
    const channels = isOutspoken
      ? []
      : await this.books.pageOfChannels(asker, { after, limit: limit + 1 });
    // behind the reading: a cell that was restored meanwhile must not be taken at its word
    const { state, epoch: own } = await this.store.findStanding();
    if (state === 'RECOVERING') {
      throw new DomainError('UNAVAILABLE', 'this cell recovers and does not trust its own books');
    }
    const page = channels.slice(0, limit);
    const next = channels.length > limit ? page.at(-1)?.pool : undefined;
    return { epoch: own, heard, channels: page, next };
  }
}
