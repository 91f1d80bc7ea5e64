import { describe, expect, it } from '@jest/globals';
import type { CellId } from '@entrepot/kernel';
import { newCellId } from '@entrepot/kernel';
import type { Payment, PaymentStore, SettlePaymentUseCase } from '@entrepot/payments';
import type { ShopDatabase } from '@entrepot/platform-database';
import type { ContinueOrder } from './continue-order.ts';
import { HearOfPayment } from './hear-of-payment.ts';

describe('What is heard of a payment', () => {
  const cell = 'in-1' as CellId;
  const orderId = newCellId('order', cell);
  const payment = { id: newCellId('payment', cell), orderId, state: 'voided' } as Payment;

  it('is looked up although its order has ended, so that money taken late is booked', async () => {
    const done: string[] = [];
    const continueOrder = {
      execute: () => {
        done.push('order');
        return Promise.resolve(false);
      },
    };
    const settlePayment = {
      lookAgain: ({ id }: Payment) => {
        done.push(id);
        return Promise.resolve(payment);
      },
    };
    const hear = new HearOfPayment(
      {} as ShopDatabase,
      continueOrder as unknown as ContinueOrder,
      { findById: () => Promise.resolve(payment) } as unknown as PaymentStore,
      settlePayment as unknown as SettlePaymentUseCase,
    );
    expect(await hear.execute(payment.id, orderId)).toBe(false);
    expect(done).toEqual(['order', payment.id]);
  });
});
