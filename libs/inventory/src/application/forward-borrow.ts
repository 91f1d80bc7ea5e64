import { DomainError, type CellId } from '@entrepot/kernel';
import type { BorrowAdvice } from './borrow-advice.ts';
import type { BorrowTraffic } from './borrow-traffic.ts';
import type { BorrowTurns } from './borrow-turns.ts';
import type { BorrowAsk, BorrowReply, PeerInventory } from './peer-inventory.ts';
import type { StockMap } from './stock-map.ts';

/** Carries asks of this cell's own processes over the border, each pool's in the order in which they came. */
export class ForwardBorrow {
  constructor(
    private readonly map: StockMap,
    private readonly peers: PeerInventory,
    private readonly traffic: BorrowTraffic,
    private readonly turns: BorrowTurns,
    private readonly advice: BorrowAdvice,
  ) {}

  /** @throws PeerSilentError */
  async execute(peer: CellId, asks: readonly BorrowAsk[]): Promise<BorrowReply> {
    if (!this.map.peers.includes(peer)) {
      throw new DomainError('NOT_FOUND', 'there is no such peer');
    }
    const waiting = asks.filter(({ isWaiting }) => isWaiting).map(({ pool }) => pool);
    const pools = asks.map(({ pool }) => pool);
    return this.traffic.during(waiting, () =>
      this.turns.inTurn(peer, pools, async () => {
        const reply = await this.peers.borrow(peer, this.advice.forward(peer, asks));
        this.advice.learn(peer, reply);
        return withoutRates(reply);
      }),
    );
  }
}

/** Rates are for who plans; a process of the cell that was not brought up to date would refuse the answer. */
const withoutRates = ({ epoch, grants }: BorrowReply): BorrowReply => ({
  epoch,
  grants: grants.map(({ pool, grantedTotal, position }) => ({ pool, grantedTotal, position })),
});
