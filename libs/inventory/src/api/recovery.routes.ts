import {
  channelsView,
  forwardViewBody,
  viewBody,
  type ChannelsView,
} from '@entrepot/contracts/api/cell-inventory';
import { DomainError, type CellId } from '@entrepot/kernel';
import { PeerSilentError } from '../application/peer-inventory.ts';
import type { RecoveryPeers, ViewAsk } from '../application/recovery/recovery-peers.ts';
import type { TellView } from '../application/recovery/tell-view.ts';
import type { StockMap } from '../application/stock-map.ts';

/** What a cell that recovers may ask this one; it is the cell whose certificate was shown. */
export const cellRecoveryRoutes = (tell: TellView) => [
  {
    method: 'POST' as const,
    path: '/cell/v1/inventory/view' as const,
    body: viewBody,
    answer: async (asker: CellId, body: unknown): Promise<ChannelsView> =>
      channelsView.parse(await tell.execute(asker, body as ViewAsk)),
  },
];

/** What the own cell's worker may ask of the border process while the cell recovers. */
export const internalRecoveryRoutes = (map: StockMap, peers: RecoveryPeers) => [
  {
    method: 'POST' as const,
    path: '/internal/v1/inventory/view' as const,
    body: forwardViewBody,
    answer: async (_caller: unknown, body: unknown): Promise<ChannelsView> => {
      const { peer, ...ask } = body as ViewAsk & { readonly peer: CellId };
      if (!map.peers.includes(peer)) throw new DomainError('NOT_FOUND', 'there is no such peer');
      try {
        return channelsView.parse(await peers.tellView(peer, ask));
      } catch (error) {
        if (!(error instanceof PeerSilentError)) throw error;
        throw new DomainError('UNAVAILABLE', 'the other cell did not answer', { cause: error });
      }
    },
  },
];
