import { describe, expect, it } from '@jest/globals';
import type { OrderId } from '@entrepot/kernel';
import { DomainError } from '@entrepot/kernel';
import type { OrderStore } from '@entrepot/orders';
import type { ContinueOrder } from './continue-order.ts';
import { ReconcileOrders } from './reconcile-orders.ts';

const resting = ['ord_in-1_1', 'ord_in-1_2', 'ord_in-1_3'] as OrderId[];

/** A sweep over three orders of which the second fails like this. */
function sweepWhere(failure: Error) {
  const looked: OrderId[] = [];
  const orders = { findResting: () => Promise.resolve(resting) };
  const continueOrder = {
    execute: (orderId: OrderId) => {
      looked.push(orderId);
      return orderId === resting[1] ? Promise.reject(failure) : Promise.resolve(true);
    },
  };
  const sweep = new ReconcileOrders(
    orders as unknown as OrderStore,
    continueOrder as unknown as ContinueOrder,
  );
  return { looked, sweep };
}

describe('The sweep of open orders', () => {
  it('postpones what cannot be moved on now', async () => {
    const { sweep } = sweepWhere(new DomainError('ORDER_TAKEN_UP_ELSEWHERE', 'held'));
    expect(await sweep.execute()).toEqual({ seen: 3, moved: 2, postponed: 1 });
  });

  it('looks at every order before it tells of a defect', async () => {
    const { looked, sweep } = sweepWhere(new TypeError('a defect'));
    await expect(sweep.execute()).rejects.toThrow(AggregateError);
    expect(looked).toEqual(resting);
  });
});
