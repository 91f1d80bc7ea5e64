import { borrowView, totalsView } from '@entrepot/contracts/api/cell-inventory';
import type { CellId } from '@entrepot/kernel';
import { mayCross } from '@entrepot/platform-egress';
import {
  PeerRefusedError,
  PeerUnreachableError,
  type BorderClient,
  type CellClient,
} from '@entrepot/platform-http/border';
import {
  PeerInventory,
  PeerSilentError,
  type AppliedTotals,
  type BorrowAsk,
  type BorrowReply,
  type GrantedTotals,
} from '../application/peer-inventory.ts';

/** How long an order waits for one peer: a round trip between continents, and hundreds of pools granted there. */
export const borrowWaitMs = 1_000;
const totalsWaitMs = 5_000;
/** The border process answers for a silent peer before its own caller stops listening. */
const forwardMarginMs = 50;

/**
 * In the border process: other cells, over mutual TLS. A pool whose article number the border takes for somebody's is
 * left out, as one such number must not stop all others; of it the peer is silent.
 */
export class CellPeerInventory extends PeerInventory {
  constructor(private readonly cells: Pick<CellClient, 'call'>) {
    super();
  }

  async borrow(peer: CellId, asks: readonly BorrowAsk[]): Promise<BorrowReply> {
    const path = '/cell/v1/inventory/borrow';
    const body = { asks: asks.filter(({ pool }) => mayCross(pool)) };
    if (body.asks.length === 0) throw new PeerSilentError('no pool of these may cross');
    const call = { cell: peer, method: 'POST', path, body, deadlineMs: borrowWaitMs } as const;
    return replyOf(await orSilent(() => this.cells.call(call)));
  }

  async exchangeTotals(peer: CellId, { epoch, totals }: GrantedTotals): Promise<AppliedTotals> {
    const body = { epoch, totals: totals.filter(({ pool }) => mayCross(pool)) };
    if (body.totals.length === 0) return { totals: [] };
    const path = '/cell/v1/inventory/totals';
    const call = { cell: peer, method: 'POST', path, body, deadlineMs: totalsWaitMs } as const;
    return totalsOf(await orSilent(() => this.cells.call(call)));
  }
}

/** In the API process: other cells, by way of the own border process. */
export class BorderPeerInventory extends PeerInventory {
  constructor(private readonly border: Pick<BorderClient, 'call'>) {
    super();
  }

  async borrow(peer: CellId, asks: readonly BorrowAsk[]): Promise<BorrowReply> {
    const path = '/internal/v1/inventory/borrow';
    const deadlineMs = borrowWaitMs + forwardMarginMs;
    const call = { method: 'POST', path, body: { peer, asks }, deadlineMs } as const;
    return replyOf(await orSilent(() => this.border.call(call)));
  }

  /** Only the border process keeps totals with other cells. */
  exchangeTotals(): Promise<AppliedTotals> {
    return Promise.reject(new TypeError('totals are exchanged by the border process'));
  }
}

// the schemas check the form of every id, which is what the branded types stand for
const replyOf = (answer: unknown): BorrowReply =>
  borrowView.parse(answer) as unknown as BorrowReply;
const totalsOf = (answer: unknown): AppliedTotals =>
  totalsView.parse(answer) as unknown as AppliedTotals;

/** A refusal leaves us as much in the dark about the peer's units as silence does. */
async function orSilent(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof PeerUnreachableError || error instanceof PeerRefusedError) {
      throw new PeerSilentError('the other cell did not answer', { cause: error });
    }
    throw error;
  }
}
