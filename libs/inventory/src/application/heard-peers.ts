import type { CellId } from '@entrepot/kernel';
import {
  PeerInventory,
  PeerSilentError,
  type AppliedTotals,
  type BorrowAsk,
  type BorrowReply,
  type GrantedTotals,
} from './peer-inventory.ts';
import type { PeerReportWriter } from './peer-report-writer.ts';

/** What came of one call that asks another cell for units. */
export interface AskResult {
  readonly peer: CellId;
  /** `nothing` also where the cell was only asked how it stands. */
  readonly outcome: 'granted' | 'nothing' | 'silent';
  /** Units given that the asker has not taken in, of all pools of the call. */
  readonly units: number;
  readonly seconds: number;
}

/** The other cells, with an ear for what they say: how their pools stand is kept for shop windows. */
export class HeardPeers extends PeerInventory {
  constructor(
    private readonly peers: PeerInventory,
    private readonly writer: PeerReportWriter,
    private readonly onAsked: (result: AskResult) => void,
  ) {
    super();
  }

  async borrow(peer: CellId, asks: readonly BorrowAsk[]): Promise<BorrowReply> {
    const startedAt = performance.now();
    const told = (result: Omit<AskResult, 'peer' | 'seconds'>): void =>
      this.onAsked({ peer, ...result, seconds: (performance.now() - startedAt) / 1_000 });
    try {
      const reply = await this.peers.borrow(peer, asks);
      const units = unitsIn(reply, asks);
      told({ outcome: units > 0 ? 'granted' : 'nothing', units });
      this.writer.take(
        reply.grants.map(({ pool, grantedTotal: granted, position: { free } }) => ({
          pool,
          peer,
          free,
          granted,
        })),
      );
      return reply;
    } catch (error) {
      if (error instanceof PeerSilentError) told({ outcome: 'silent', units: 0 });
      throw error;
    }
  }

  exchangeTotals(peer: CellId, totals: GrantedTotals): Promise<AppliedTotals> {
    return this.peers.exchangeTotals(peer, totals);
  }
}

function unitsIn({ grants }: BorrowReply, asks: readonly BorrowAsk[]): number {
  const acked = new Map(asks.map((ask) => [ask.pool, ask.acked]));
  return grants
    .map(({ pool, grantedTotal }) => grantedTotal - (acked.get(pool) ?? grantedTotal))
    .reduce((sum, units) => sum + Math.max(0, units), 0);
}
