import type { CellId } from '@entrepot/kernel';
import type { PoolId } from '../../domain/pool.ts';
import type { ChannelTotals } from './recovery-books.ts';

/** Channels in one page of a view; whoever has more is asked again behind the last. */
export const channelsPerViewMax = 1_000;

export interface ViewAsk {
  /** In which the asker recovers. */
  readonly epoch: number;
  readonly after?: PoolId | undefined;
  /** Only the epochs are asked for. */
  readonly isBrief?: true | undefined;
}

/** How a peer sees all that it ever gave the asker and took in from it, a page of it. */
export interface PeerView {
  /** In which the peer speaks. */
  readonly epoch: number;
  /**
   * The newest epoch that the peer has heard of the asker. If it is not the one that was asked in, the asker
   * has spoken in a newer one before and forgotten it: then there are no channels.
   */
  readonly heard: number;
  readonly channels: readonly ChannelTotals[];
  /** Behind which the next page begins; absent on the last. */
  readonly next?: PoolId | undefined;
}

/** Other cells, as one that recovers may ask them. */
export abstract class RecoveryPeers {
  /** @throws PeerSilentError also where the peer does not trust its own books at the moment */
  abstract tellView(peer: CellId, ask: ViewAsk): Promise<PeerView>;
}
