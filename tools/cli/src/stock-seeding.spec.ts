import { describe, expect, it } from '@jest/globals';
import type { CellDirectory } from '@entrepot/platform-config';
import { splitBetweenCells } from './stock-seeding.ts';

const directory = {
  cells: [
    { id: 'in-1', warehouses: [{ id: 'blr' }] },
    { id: 'eu-1', warehouses: [{ id: 'rtm' }] },
  ],
} as unknown as CellDirectory;

describe('a seed', () => {
  it('is split as its forecast says, and evenly where it has none', () => {
    const split = splitBetweenCells(
      [
        { sku: 'TEA', warehouse: 'blr', quantity: 21 },
        { sku: 'SOAP', warehouse: 'rtm', quantity: 20, forecast: { 'in-1': 9, 'eu-1': 1 } },
      ],
      directory,
    );
    expect([...split.keys()]).toEqual(['in-1', 'eu-1']);
    expect([...split.values()].flat()).toEqual([
      { sku: 'TEA', warehouse: 'blr', quantity: 21, shares: [{ cell: 'eu-1', quantity: 10 }] },
      { sku: 'SOAP', warehouse: 'rtm', quantity: 20, shares: [{ cell: 'in-1', quantity: 18 }] },
    ]);
  });

  it('goes to no warehouse that no cell has', () => {
    const lost = [{ sku: 'TEA', warehouse: 'none', quantity: 1 }];
    expect(() => splitBetweenCells(lost, directory)).toThrow('No cell has the warehouse none.');
  });
});
