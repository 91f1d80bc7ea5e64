import type { CellId, OrderId, Sku } from '@entrepot/kernel';

/** Units of each canary article, in the warehouse of its cell. */
export const canaryUnits = 24;

/** An article of no catalog, in the first warehouse of a cell: bought and cancelled by every cell, for no person. */
export const canarySkuOf = (home: CellId): Sku => `CANARY-${home}` as Sku;

/** One purchase a minute: its order id says which, so that what a killed run left behind is found again. */
export const canaryMinute = (at: Date): number => Math.floor(at.getTime() / 60_000);

/** 26 characters of an id: no order that was placed has such a one, since those are random. */
export const canaryOrderOf = (cell: CellId, minute: number): OrderId =>
  `ord_${cell}_canary${minute.toString().padStart(20, '0')}` as OrderId;
export const isCanaryOrder = (order: string): boolean => /_canary[0-9]{20}$/.test(order);

/**
 * How many units a cell asks for. One more than it has makes it borrow. In even minutes the guests borrow, in odd ones the home, so that
 * the units go to and fro; and never do all cells together want more than there are.
 */
export function canaryQuantity({
  free,
  isHome,
  guests,
  minute,
}: {
  readonly free: number;
  readonly isHome: boolean;
  /** How many other cells there are. */
  readonly guests: number;
  readonly minute: number;
}): number {
  const isItsTurn = isHome === (minute % 2 === 1);
  const most = isHome ? canaryUnits - guests : Math.floor(canaryUnits / 2 / guests);
  return isItsTurn && free < most ? free + 1 : 1;
}
