import { describe, expect, it } from '@jest/globals';
import { compareOnRetailOrders } from '../src/retail-orders.ts';

const dataFolder = process.env['ENTREPOT_DATA'];
const suite = dataFolder === undefined ? describe.skip : describe;

suite('The orders of a shop under each policy (ENTREPOT_DATA)', () => {
  it('are served best by asking ahead and borrowing', async () => {
    const { orders, lines, outcomes } = await compareOnRetailOrders({
      dataFolder: dataFolder ?? '',
      from: '2010-12-01',
      to: '2010-12-31',
      stockShortPercent: 20,
    });
    expect([orders, lines]).toEqual([1_550, 40_362]);
    const of = (name: string) => outcomes.find((outcome) => outcome.name === name);
    const ahead = of('ahead and borrow');
    expect(ahead?.falsePercent).toBe(0);
    for (const name of ['static split', 'static split, by share', 'fail, then borrow']) {
      expect(of(name)?.falsePercent).toBeGreaterThan(5);
    }
    expect(ahead?.waitedPercent).toBeLessThan((of('borrow only')?.waitedPercent ?? 0) / 2);
    // in a short time more is moved ahead than the borrows cost that it saves
    const borrowMessages = of('borrow only')?.messagesPerThousand ?? 0;
    expect(ahead?.messagesPerThousand).toBeLessThan(1.5 * borrowMessages);
  }, 120_000);
});
