import type { BorrowView, ForwardBorrowBody } from '@entrepot/contracts/api/cell-inventory';
import { DomainError, isCellId } from '@entrepot/kernel';
import { BorrowTraffic } from './borrow-traffic.ts';
import { PeerInventory } from './peer-inventory.ts';
import { StockMap } from './stock-map.ts';

/** Carries an ask of this cell's own processes over the border. */
export class ForwardBorrow {
  constructor(
    private readonly map: StockMap,
    private readonly peers: PeerInventory,
    private readonly traffic: BorrowTraffic,
  ) {}

  /** @throws PeerSilentError */
  async execute({ peer, asks }: ForwardBorrowBody): Promise<BorrowView> {
    if (!isCellId(peer) || !this.map.peers.includes(peer)) {
      throw new DomainError('NOT_FOUND', 'there is no such peer');
    }
    const waiting = asks.filter(({ isWaiting }) => isWaiting).map(({ pool }) => pool);
    return this.traffic.during(waiting, () => this.peers.borrow(peer, { asks }));
  }
}
