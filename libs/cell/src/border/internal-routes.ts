import type { CellClient } from '@entrepot/platform-http';
import { peersView } from '@entrepot/contracts/api/health';
import type { PeersView } from '@entrepot/contracts/api/health';
import type { ProcessContext } from '../process-context.ts';
import type { InternalRoute } from './internal-server.ts';

/** How long a peer may take to say how it is. */
const peerHealthDeadlineMs = 1_000;

/** What the own cell may ask its border process: how the peers are. */
export function commonInternalRoutes(context: ProcessContext, cells: CellClient): InternalRoute[] {
  return [
    {
      method: 'GET',
      path: '/internal/v1/peers',
      answer: () => peersOf(context, cells),
    },
  ];
}

async function peersOf({ directory, cell }: ProcessContext, cells: CellClient): Promise<PeersView> {
  const peers = directory.peersOf(cell.id).map(async (peer) => {
    try {
      await cells.call({
        cell: peer.id,
        method: 'GET',
        path: '/cell/v1/health',
        deadlineMs: peerHealthDeadlineMs,
      });
      return { cell: peer.id, status: 'up' as const };
    } catch {
      // unreachable is the answer here, not a failure of this call
      return { cell: peer.id, status: 'down' as const };
    }
  });
  return peersView.parse({ peers: await Promise.all(peers) });
}
