import { readOnlineRetail } from '@entrepot/replay';
import { quantityMax, seededPurchases } from '@entrepot/residency';
import type { Purchase } from '@entrepot/residency';

/** Where the shoppers of a seeded day live, in turn. */
const countries = ['IN', 'DE'];

export interface DayChoice {
  readonly seed: number;
  readonly orders: number;
  /** A folder with the data set: who buys where, in which order, is as on its `day`. */
  readonly data?: string | undefined;
  readonly day: string;
}

/**
 * What is bought of a few articles. Of the data set's invoices it takes residence and order of time, and the first line;
 * articles are folded onto the few that there are, and quantities onto what a shopper of a small shop takes.
 */
export async function purchasesOf(
  { seed, orders, data, day }: DayChoice,
  skus: readonly string[],
): Promise<readonly Purchase[]> {
  if (data === undefined) return seededPurchases({ seed, orders }, { countries, skus });
  const { orders: invoices } = await readOnlineRetail(data, { from: day, to: day });
  return invoices.slice(0, orders).flatMap(({ residence, lines: [line] }) => {
    if (line === undefined) return [];
    const sku = skus[parseInt(line.stockCode, 10) % skus.length] ?? '';
    return [{ country: residence, sku, quantity: 1 + (line.quantity % quantityMax) }];
  });
}
