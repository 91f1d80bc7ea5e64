import { DomainError, type CellId } from '@entrepot/kernel';
import type { BorrowTraffic } from './borrow-traffic.ts';
import type { BorrowAsk, BorrowReply, PeerInventory } from './peer-inventory.ts';
import type { StockMap } from './stock-map.ts';

/** Carries an ask of this cell's own processes over the border. */
export class ForwardBorrow {
  constructor(
    private readonly map: StockMap,
    private readonly peers: PeerInventory,
    private readonly traffic: BorrowTraffic,
  ) {}

  /** @throws PeerSilentError */
  async execute(peer: CellId, asks: readonly BorrowAsk[]): Promise<BorrowReply> {
    if (!this.map.peers.includes(peer)) {
      throw new DomainError('NOT_FOUND', 'there is no such peer');
    }
    const waiting = asks.filter(({ isWaiting }) => isWaiting).map(({ pool }) => pool);
    return this.traffic.during(waiting, () => this.peers.borrow(peer, asks));
  }
}
