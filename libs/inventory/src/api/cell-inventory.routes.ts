import {
  borrowBody,
  borrowView,
  demandBody,
  forwardBorrowBody,
  totalsBody,
  totalsView,
  type BorrowView,
  type DemandView,
  type TotalsView,
} from '@entrepot/contracts/api/cell-inventory';
import { DomainError, type CellId } from '@entrepot/kernel';
import type { ApplyGrants } from '../application/apply-grants.ts';
import type { DemandBook } from '../application/demand-book.ts';
import type { PoolDemand } from '../application/demand-counts.ts';
import type { ForwardBorrow } from '../application/forward-borrow.ts';
import type { GrantStock } from '../application/grant-stock.ts';
import {
  PeerSilentError,
  type BorrowAsk,
  type GrantedTotals,
} from '../application/peer-inventory.ts';
import type { StockLanes } from '../application/stock-lanes.ts';
import { steadySeconds } from '../application/steady-seconds.ts';

/** What other cells may ask about stock; the caller is the cell whose certificate was shown. */
export const cellInventoryRoutes = (grant: GrantStock, apply: ApplyGrants, lanes: StockLanes) => [
  {
    method: 'POST' as const,
    path: '/cell/v1/inventory/borrow' as const,
    body: borrowBody,
    answer: async (asker: CellId, body: unknown): Promise<BorrowView> => {
      const { asks } = body as { readonly asks: readonly BorrowAsk[] };
      return borrowView.parse(await grant.execute(asker, asks));
    },
  },
  {
    method: 'POST' as const,
    path: '/cell/v1/inventory/totals' as const,
    body: totalsBody,
    answer: async (donor: CellId, body: unknown): Promise<TotalsView> =>
      totalsView.parse(await apply.execute(donor, body as GrantedTotals, lanes)),
  },
];

/**
 * What the own cell's processes may ask of the border process about stock, and tell it.
 * @param demand undefined where nothing is planned: what is told is dropped then.
 */
export const internalInventoryRoutes = (forward: ForwardBorrow, demand: DemandBook | undefined) => [
  {
    method: 'POST' as const,
    path: '/internal/v1/inventory/borrow' as const,
    body: forwardBorrowBody,
    answer: async (_caller: unknown, body: unknown): Promise<BorrowView> => {
      const { peer, asks } = body as { readonly peer: CellId; readonly asks: readonly BorrowAsk[] };
      try {
        return borrowView.parse(await forward.execute(peer, asks));
      } catch (error) {
        if (!(error instanceof PeerSilentError)) throw error;
        throw new DomainError('UNAVAILABLE', 'the other cell did not answer', { cause: error });
      }
    },
  },
  {
    method: 'POST' as const,
    path: '/internal/v1/inventory/demand' as const,
    body: demandBody,
    isRoutine: true,
    answer: (_caller: unknown, body: unknown): Promise<DemandView> => {
      const { demands } = body as { readonly demands: readonly PoolDemand[] };
      demand?.hear(demands, steadySeconds());
      return Promise.resolve({ noted: demand === undefined ? 0 : demands.length });
    },
  },
];
