import { describe, expect, it } from '@jest/globals';
import { readOnlineRetail } from '../src/online-retail.ts';

const dataFolder = process.env['ENTREPOT_DATA'];
const suite = dataFolder === undefined ? describe.skip : describe;

suite('The online-retail file (ENTREPOT_DATA)', () => {
  it('holds in December 2010 what its description says', async () => {
    const data = await readOnlineRetail(dataFolder ?? '', { from: '2010-12-01', to: '2010-12-31' });
    const units = data.orders.flatMap(({ lines }) => lines).reduce((sum, l) => sum + l.quantity, 0);
    expect({
      orders: data.orders.length,
      europeanOrders: data.orders.filter(({ residence }) => residence !== 'IN').length,
      lines: data.linesCounted,
      units,
      codes: data.products.length,
      // 674 lines in the file; two of them are of one code
      largest: Math.max(...data.orders.map(({ lines }) => lines.length)),
      skipped: data.skipped,
    }).toEqual({
      orders: 1_550,
      europeanOrders: 97,
      lines: 41_310,
      units: 358_743,
      codes: 2_719,
      largest: 673,
      skipped: { cancellation: 728, noPrice: 203, noGoods: 170, noQuantity: 70 },
    });
  }, 60_000);
});
