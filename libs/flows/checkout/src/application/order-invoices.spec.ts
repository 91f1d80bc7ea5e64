import { describe, expect, it } from '@jest/globals';
import type { PostalAddress } from '@entrepot/contracts/api/address';
import type { IssueInvoice, Sale, SealedInvoice } from '@entrepot/invoices';
import type { CellId, CurrencyCode, Sku } from '@entrepot/kernel';
import type { Order, OrderStore } from '@entrepot/orders';
import { dropLines } from '@entrepot/orders';
import { anOrder } from '@entrepot/orders/testing';
import type { OrderAddresses } from './order-addresses.ts';
import { OrderInvoices } from './order-invoices.ts';

const order = anOrder('eu-1' as CellId, 'EUR' as CurrencyCode);
const address: PostalAddress = {
  ...{ recipient: 'Anna Weber', line1: '1 Canary Road', city: 'Bonn' },
  ...{ postalCode: '53111', country: 'DE' },
};

/** What is asked to be invoiced for an order whose address can be read, or not any more. */
async function saleOf(of: Order, readable: PostalAddress | undefined): Promise<Sale> {
  const sales: Sale[] = [];
  const issue = {
    prepare: (sale: Sale) => {
      sales.push(sale);
      return Promise.resolve({} as SealedInvoice);
    },
  };
  const orders = { findById: () => Promise.resolve({ order: of, addressCiphertext: 'v1|' }) };
  const addresses = { openAddress: () => Promise.resolve(readable) };
  await new OrderInvoices(
    orders as unknown as OrderStore,
    addresses as unknown as OrderAddresses,
    issue as unknown as IssueInvoice,
  ).prepare(of);
  const [sale] = sales;
  if (sale === undefined) throw new Error('nothing was to be invoiced');
  return sale;
}

describe('the invoice of an order', () => {
  it('is about the shopper, under the law of the country of their address', async () => {
    expect(await saleOf(order, address)).toMatchObject({
      ...{ orderId: order.orderId, currency: 'EUR', totalMinor: 357n, taxMinor: 57n },
      buyer: {
        ...{ subject: order.subjectId, country: 'DE' },
        details: { name: 'Anna Weber', address: ['1 Canary Road', '53111 Bonn', 'DE'] },
      },
      lines: [{ sku: 'GLASS-1', quantity: 3, totalMinor: '357', taxMinor: '57' }],
    });
  });

  it('is about nobody once the buyer cannot be read, or the order has none', async () => {
    expect((await saleOf(order, undefined)).buyer).toBeUndefined();
    expect((await saleOf({ ...order, subjectId: undefined }, address)).buyer).toBeUndefined();
  });

  it('has only what was sold', async () => {
    const dropped = dropLines(order, new Map([['GLASS-1' as Sku, { reason: 'GLOBAL_EMPTY' }]]));
    expect(await saleOf(dropped, address)).toMatchObject({ lines: [], totalMinor: 0n });
  });
});
