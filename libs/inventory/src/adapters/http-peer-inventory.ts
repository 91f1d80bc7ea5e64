import { borrowView, totalsView } from '@entrepot/contracts/api/cell-inventory';
import type { CellId } from '@entrepot/kernel';
import { mayCross } from '@entrepot/platform-egress';
import {
  PeerRefusedError,
  PeerUnreachableError,
  type BorderClient,
  type CellClient,
} from '@entrepot/platform-http/border';
import { ZodError } from 'zod';
import {
  PeerInventory,
  PeerSilentError,
  type AppliedTotals,
  type BorrowAsk,
  type BorrowReply,
  type GrantedTotals,
} from '../application/peer-inventory.ts';
import { FigureReaders } from './figure-readers.ts';

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
  /** @param readers which cells read figures that are only advice. */
  constructor(
    private readonly cells: Pick<CellClient, 'call'>,
    private readonly readers = new FigureReaders<CellId>(),
  ) {
    super();
  }

  async borrow(peer: CellId, asks: readonly BorrowAsk[]): Promise<BorrowReply> {
    const path = '/cell/v1/inventory/borrow';
    const crossing = asks.filter(({ pool }) => mayCross(pool));
    if (crossing.length === 0) throw new PeerSilentError('no pool of these may cross');
    const call = { cell: peer, method: 'POST', path, deadlineMs: borrowWaitMs } as const;
    const send = (told: readonly BorrowAsk[]) => this.cells.call({ ...call, body: { asks: told } });
    return orSilent(async () => replyOf(await this.readers.tell(peer, crossing, send)));
  }

  async exchangeTotals(peer: CellId, { epoch, totals }: GrantedTotals): Promise<AppliedTotals> {
    const body = { epoch, totals: totals.filter(({ pool }) => mayCross(pool)) };
    if (body.totals.length === 0) return { totals: [] };
    const path = '/cell/v1/inventory/totals';
    const call = { cell: peer, method: 'POST', path, body, deadlineMs: totalsWaitMs } as const;
    return orSilent(async () => totalsOf(await this.cells.call(call)));
  }
}

/** In the API process: other cells, by way of the own border process. */
export class BorderPeerInventory extends PeerInventory {
  private readonly readers = new FigureReaders<'border'>();

  constructor(private readonly border: Pick<BorderClient, 'call'>) {
    super();
  }

  async borrow(peer: CellId, asks: readonly BorrowAsk[]): Promise<BorrowReply> {
    const path = '/internal/v1/inventory/borrow';
    const deadlineMs = borrowWaitMs + forwardMarginMs;
    const send = (told: readonly BorrowAsk[]) =>
      this.border.call({ method: 'POST', path, body: { peer, asks: told }, deadlineMs });
    return orSilent(async () => replyOf(await this.readers.tell('border', asks, send)));
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

/** A refusal, or an answer that is none, leaves us as much in the dark about the peer's units as silence does. */
async function orSilent<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call();
  } catch (error) {
    if (isNoAnswer(error)) {
      throw new PeerSilentError('the other cell did not answer', { cause: error });
    }
    throw error;
  }
}

const isNoAnswer = (error: unknown): boolean =>
  error instanceof PeerUnreachableError ||
  error instanceof PeerRefusedError ||
  error instanceof ZodError;
