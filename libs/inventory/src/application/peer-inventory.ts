import type {
  BorrowBody,
  BorrowView,
  TotalsBody,
  TotalsView,
} from '@entrepot/contracts/api/cell-inventory';
import type { CellId } from '@entrepot/kernel';

/** Another cell could not be asked, or did not answer in time; it may have acted. */
export class PeerSilentError extends Error {
  override readonly name = 'PeerSilentError';
}

/** The stock of other cells, as this one may ask about it. Every call ends within its deadline. */
export abstract class PeerInventory {
  /** @throws PeerSilentError */
  abstract borrow(peer: CellId, body: BorrowBody): Promise<BorrowView>;
  /** @throws PeerSilentError */
  abstract exchangeTotals(peer: CellId, body: TotalsBody): Promise<TotalsView>;
}
