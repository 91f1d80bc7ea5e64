import { describe, expect, it } from '@jest/globals';
import { residenceOf, skipReason, toCents, toPaise, warehouseOf } from '../src/online-retail.ts';

const row = {
  InvoiceNo: '536365',
  StockCode: '85123A',
  Quantity: '6',
  InvoiceDate: '2010-12-01T08:26:00',
  UnitPrice: '2.55',
  CustomerID: '17850',
  Country: 'United Kingdom',
};

describe('Rows of the online-retail file', () => {
  it.each([
    [{ InvoiceNo: 'C536379' }, 'cancellation'],
    [{ StockCode: 'POST' }, 'noGoods'],
    [{ Quantity: '-1' }, 'noQuantity'],
    [{ UnitPrice: '0' }, 'noPrice'],
    [{}, undefined],
  ] as const)('with %j are passed over as %s', (change, reason) => {
    expect(skipReason({ ...row, ...change })).toBe(reason);
  });

  it('play India unless the country plays the EU', () => {
    expect(residenceOf('EIRE')).toBe('IE');
    expect(residenceOf('European Community')).toBe('BE');
    expect(residenceOf('United Kingdom')).toBe('IN');
    expect(residenceOf('Norway')).toBe('IN');
  });

  it('have prices in paise and cents, rounded half up', () => {
    expect(toPaise(255)).toBe(27_285);
    expect(toCents(255)).toBe(298);
    expect(toCents(50)).toBe(59);
  });

  it('have a warehouse that follows from the code alone', () => {
    const codes = Array.from({ length: 40 }, (_, index) => `${22_720 + index}`);
    for (const warehouses of [
      ['blr', 'rtm'],
      ['blr', 'rtm', 'mil'],
    ]) {
      const drawn = () => codes.map((code) => warehouseOf(code, warehouses));
      expect(new Set(drawn())).toEqual(new Set(warehouses));
      expect(drawn()).toEqual(drawn());
    }
  });
});
