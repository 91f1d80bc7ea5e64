import { StockWindow } from '@entrepot/catalog';
import type { StockQuestion } from '@entrepot/catalog';
import type { AvailabilityItem } from '@entrepot/contracts/api/inventory';
import { availabilityItemOf } from '@entrepot/inventory';
import type { ReadAvailability } from '@entrepot/inventory';

/** The stock as the shop window sees it. */
export class StockOnShow extends StockWindow {
  private readonly availability: ReadAvailability;

  constructor(availability: ReadAvailability) {
    super();
    this.availability = availability;
  }

  async read(questions: readonly StockQuestion[]): Promise<readonly AvailabilityItem[]> {
    return (await this.availability.execute(questions)).map(availabilityItemOf);
  }
}
