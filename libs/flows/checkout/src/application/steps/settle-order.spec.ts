import { describe, expect, it } from '@jest/globals';
import type { OrderCart } from '@entrepot/carts';
import type { SealedInvoice } from '@entrepot/invoices';
import type { CellId, CurrencyCode } from '@entrepot/kernel';
import { DomainError } from '@entrepot/kernel';
import type { Order, OrderStore } from '@entrepot/orders';
import { anOrder } from '@entrepot/orders/testing';
import type { ShopDatabase } from '@entrepot/platform-database';
import type { Outbox } from '@entrepot/platform-messaging';
import type { OrderInvoices } from '../order-invoices.ts';
import { SettleOrderStep } from './settle-order.ts';

const order = anOrder('eu-1' as CellId, 'EUR' as CurrencyCode);

/** A checkout that tells in which order it did what. */
class Desk {
  readonly done: string[] = [];
  isKeyAway = false;

  settle(status: Order['status']): Promise<Order> {
    const note = <T>(what: string, answer: T): Promise<T> => {
      this.done.push(what);
      return Promise.resolve(answer);
    };
    const database = {
      unitOfWork: async (work: (tx: object) => Promise<Order>) => {
        await note('begin', undefined);
        const settled = await work({});
        return note('commit', settled);
      },
    } as unknown as ShopDatabase;
    const orders = { save: (_: object, saved: Order) => note('save', saved) };
    const cart = {
      close: () => note('close', undefined),
      giveBack: () => note('give back', undefined),
    };
    const outbox = { append: () => note('tell', undefined) };
    const invoices = {
      prepare: async () => {
        await note('seal', undefined);
        if (this.isKeyAway) throw new DomainError('UNAVAILABLE', 'KMS is away');
        return {} as SealedInvoice;
      },
      write: () => note('invoice', undefined),
    };
    return new SettleOrderStep(
      database,
      orders as unknown as OrderStore,
      cart as unknown as OrderCart,
      outbox as unknown as Outbox,
      invoices as unknown as OrderInvoices,
    ).execute(order, status);
  }
}

describe('the end of an order', () => {
  it('as a sale has its invoice in the same transaction, sealed before that opens', async () => {
    const desk = new Desk();
    await desk.settle('confirmed');
    expect(desk.done.slice(0, 3)).toEqual(['seal', 'begin', 'save']);
    expect(desk.done.indexOf('invoice')).toBeGreaterThan(desk.done.indexOf('save'));
    expect(desk.done.at(-1)).toBe('commit');
  });

  it('is no sale as long as its invoice cannot be sealed', async () => {
    const desk = new Desk();
    desk.isKeyAway = true;
    await expect(desk.settle('confirmed')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(desk.done).toEqual(['seal']);
  });

  it.each(['declined', 'refused', 'pending'] as const)('as %s has no invoice', async (status) => {
    const desk = new Desk();
    await desk.settle(status);
    expect(desk.done).toContain('commit');
    expect(desk.done).not.toContain('seal');
    expect(desk.done).not.toContain('invoice');
  });
});
