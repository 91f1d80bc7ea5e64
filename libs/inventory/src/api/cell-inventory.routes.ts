import {
  borrowBody,
  forwardBorrowBody,
  totalsBody,
  type BorrowBody,
  type BorrowView,
  type ForwardBorrowBody,
  type TotalsBody,
  type TotalsView,
} from '@entrepot/contracts/api/cell-inventory';
import { DomainError, type CellId } from '@entrepot/kernel';
import type { ApplyGrants } from '../application/apply-grants.ts';
import type { ForwardBorrow } from '../application/forward-borrow.ts';
import type { GrantStock } from '../application/grant-stock.ts';
import { PeerSilentError } from '../application/peer-inventory.ts';
import type { StockLanes } from '../application/stock-lanes.ts';

/** What other cells may ask about stock; the caller is the cell whose certificate was shown. */
export const cellInventoryRoutes = (grant: GrantStock, apply: ApplyGrants, lanes: StockLanes) => [
  {
    method: 'POST' as const,
    path: '/cell/v1/inventory/borrow' as const,
    body: borrowBody,
    answer: (asker: CellId, body: unknown): Promise<BorrowView> =>
      grant.execute(asker, body as BorrowBody),
  },
  {
    method: 'POST' as const,
    path: '/cell/v1/inventory/totals' as const,
    body: totalsBody,
    answer: (donor: CellId, body: unknown): Promise<TotalsView> =>
      apply.execute(donor, body as TotalsBody, lanes),
  },
];

/** What the own cell's processes may ask of the border process about stock. */
export const internalInventoryRoutes = (forward: ForwardBorrow) => [
  {
    method: 'POST' as const,
    path: '/internal/v1/inventory/borrow' as const,
    body: forwardBorrowBody,
    answer: async (_caller: unknown, body: unknown): Promise<BorrowView> => {
      try {
        return await forward.execute(body as ForwardBorrowBody);
      } catch (error) {
        if (!(error instanceof PeerSilentError)) throw error;
        throw new DomainError('UNAVAILABLE', 'the other cell did not answer', { cause: error });
      }
    },
  },
];
