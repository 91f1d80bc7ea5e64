import type { DocumentView, StockPoolView } from '@entrepot/contracts/api/warehouse';
import { partsOf } from '../domain/pool.ts';
import { emptyBooks, shelfOf } from '../domain/cell-stock.ts';
import type { PoolAccounts, RecordedAct } from '../application/warehouse/warehouse-books.ts';

export const documentViewOf = ({
  document,
  kind,
  recordedAt,
  lines,
}: RecordedAct): DocumentView => ({
  document,
  kind,
  recordedAt: recordedAt.toISOString(),
  // what was taken in by these very schemas
  lines: lines as DocumentView['lines'],
});

export function stockPoolViewOf(
  { pool, home, position, balances, dispatched }: PoolAccounts,
  cell: string,
): StockPoolView {
  const expected = shelfOf({ ...emptyBooks(home), balances, dispatched });
  return {
    ...partsOf(pool),
    home,
    accounts: {
      supply: balances.SUPPLY,
      applied: balances.APPLIED,
      free: balances.FREE,
      held: balances.HELD,
      sold: balances.SOLD,
      shipped: balances.SHIPPED,
      granted: balances.GRANTED,
      writtenOff: balances.WRITTEN_OFF,
      safety: balances.SAFETY,
      quarantine: balances.QUARANTINE,
      suspense: balances.SUSPENSE,
      transferred: balances.TRANSFERRED,
      deficit: balances.DEFICIT,
    },
    shelf: home === cell ? { position, expected, dispatched } : null,
  };
}
