import type { Inventory } from '@entrepot/inventory';
import { poolIdOf } from '@entrepot/inventory';
import type { Sku } from '@entrepot/kernel';
import { newCellId } from '@entrepot/kernel';
import { warehouse } from './stock-cells.ts';

const deliveredAtOnce = 500;

/** Brings units of each SKU into the warehouse of the cell that is asked. */
export async function deliver(
  inventory: Inventory,
  skus: readonly string[],
  quantity: number,
): Promise<void> {
  for (let from = 0; from < skus.length; from += deliveredAtOnce) {
    const lines = skus.slice(from, from + deliveredAtOnce);
    await inventory.receiveStock.execute(
      `bench ${lines[0] ?? ''}`,
      lines.map((sku) => ({ sku, warehouse, quantity })),
    );
  }
}

export const skusNamed = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `${name}-${at}`);

/** Throws where an order for one unit ends otherwise than told. */
export async function order(
  inventory: Inventory,
  sku: string,
  end: 'held' | 'refused',
): Promise<void> {
  const { kind } = await inventory.reserveLines.execute({
    ...{ order: newCellId('order', inventory.map.cell), round: 1, onShortage: 'refuse' },
    lines: [{ line: sku, sku: sku as Sku, quantity: 1 }],
  });
  if (kind !== end) throw new Error(`an order of ${poolIdOf(warehouse, sku)} was ${kind}`);
}
