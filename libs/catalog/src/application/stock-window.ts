import type { AvailabilityItem } from '@entrepot/contracts/api/inventory';
import type { Sku } from '@entrepot/kernel';

/** Whether so many of an article can be had. */
export interface StockQuestion {
  readonly sku: Sku;
  /** At least 1. */
  readonly quantity: number;
}

/** What the shop window asks of the stock. */
export abstract class StockWindow {
  /** One item for each question, in their order, in one read however many there are. */
  abstract read(questions: readonly StockQuestion[]): Promise<readonly AvailabilityItem[]>;
}
