import { channelsView } from '@entrepot/contracts/api/cell-inventory';
import type { CellId } from '@entrepot/kernel';
import {
  PeerRefusedError,
  PeerUnreachableError,
  type BorderClient,
  type CellClient,
} from '@entrepot/platform-http/border';
import { ZodError } from 'zod';
import { PeerSilentError } from '../application/peer-inventory.ts';
import {
  RecoveryPeers,
  type PeerView,
  type ViewAsk,
} from '../application/recovery/recovery-peers.ts';

/** A page of channels is read behind a lock that waits for what is under way. */
const viewWaitMs = 5_000;
/** The border process answers for a silent peer before its own caller stops listening. */
const forwardMarginMs = 100;

/** In the border process: other cells, over mutual TLS. */
export class CellRecoveryPeers extends RecoveryPeers {
  constructor(private readonly cells: Pick<CellClient, 'call'>) {
    super();
  }

  async tellView(cell: CellId, body: ViewAsk): Promise<PeerView> {
    const path = '/cell/v1/inventory/view';
    const call = { cell, method: 'POST', path, body, deadlineMs: viewWaitMs } as const;
    return orSilent(async () => viewOf(await this.cells.call(call)));
  }
}

/** In the worker process: other cells, by way of the own border process. */
export class BorderRecoveryPeers extends RecoveryPeers {
  constructor(private readonly border: Pick<BorderClient, 'call'>) {
    super();
  }

  async tellView(peer: CellId, ask: ViewAsk): Promise<PeerView> {
    const path = '/internal/v1/inventory/view';
    const deadlineMs = viewWaitMs + forwardMarginMs;
    const call = { method: 'POST', path, body: { peer, ...ask }, deadlineMs } as const;
    return orSilent(async () => viewOf(await this.border.call(call)));
  }
}

// the schema checks the form of every id, which is what the branded types stand for
const viewOf = (answer: unknown): PeerView => channelsView.parse(answer) as unknown as PeerView;

async function orSilent(call: () => Promise<PeerView>): Promise<PeerView> {
  try {
    return await call();
  } catch (error) {
    const isRefused = error instanceof PeerUnreachableError || error instanceof PeerRefusedError;
    // an answer that is none says nothing either
    if (isRefused || error instanceof ZodError) {
      throw new PeerSilentError('the other cell did not tell its view', { cause: error });
    }
    throw error;
  }
}
