import type { CellId } from '@entrepot/kernel';
import type { PoolId } from '@entrepot/inventory';
import type { CellStock } from '@entrepot/inventory/testing';

/** One pool over all cells at one instant. */
export interface PoolFigures {
  free: number;
  placed: number;
  exists: number;
  inTransit: number;
  /** Pairs of cells of which the second took in more than the first gave. */
  readonly overdrawn: string[];
}

export function figuresOf(
  cells: readonly { readonly id: CellId; readonly stock: CellStock }[],
  pool: PoolId,
): PoolFigures {
  const figures: PoolFigures = { free: 0, placed: 0, exists: 0, inTransit: 0, overdrawn: [] };
  for (const { id, stock } of cells) {
    const books = stock.pools.get(pool);
    if (books === undefined) continue;
    const { balances: of } = books;
    figures.free += of.FREE;
    figures.placed += of.FREE + of.HELD + of.SOLD + of.SHIPPED;
    figures.placed += of.SAFETY + of.QUARANTINE + of.SUSPENSE;
    figures.exists += of.SUPPLY + of.DEFICIT - of.WRITTEN_OFF - of.TRANSFERRED;
    for (const { peer, granted, applied } of books.channels.values()) {
      figures.inTransit += granted - applied;
      const receiver = cells.find((cell) => cell.id === peer)?.stock.pools.get(pool);
      const taken = receiver?.channels.get(id)?.applied ?? 0;
      if (taken > granted) figures.overdrawn.push(`${id} gave ${peer} ${granted}, not ${taken}`);
    }
  }
  return figures;
}
