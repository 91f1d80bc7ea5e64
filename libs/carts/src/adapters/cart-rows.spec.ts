import { describe, expect, it } from '@jest/globals';
import { applyEdits, emptyCart, linesOf, slotsOf } from '@entrepot/kernel';
import type { CartEdit, CartState, ReplicaId, Sku } from '@entrepot/kernel';
import fc from 'fast-check';
import { changedSlots, replicaRows, toCart, waitingRows } from './cart-rows.ts';

const replicas = ['a', 'b'].map((letter) => letter.repeat(16) as ReplicaId);
const skus = ['SOAP', 'TEA'] as Sku[];

const edits: fc.Arbitrary<CartEdit[]> = fc.array(
  fc.record({
    replica: fc.constantFrom(...replicas),
    seq: fc.integer({ min: 1, max: 6 }),
    op: fc.oneof(
      fc.record({
        type: fc.constantFrom('add' as const, 'take' as const),
        sku: fc.constantFrom(...skus),
        quantity: fc.integer({ min: 1, max: 9 }),
      }),
      fc.record({
        type: fc.constant('remove' as const),
        sku: fc.constantFrom(...skus),
        observed: fc.array(
          fc.record({
            replica: fc.constantFrom(...replicas),
            addedSeq: fc.nat(6),
            up: fc.nat(20),
            down: fc.nat(20),
          }),
          { maxLength: 2 },
        ),
      }),
    ),
  }),
  { maxLength: 12 },
);

const stored = (state: CartState): CartState =>
  toCart({
    cart_id: 'crt_x',
    subject_id: 'sub_x',
    owner_kind: 'guest',
    sales_channel_id: 'web',
    status: 'open',
    version: 1n,
    merged_into: null,
    order_id: null,
    slots: changedSlots(emptyCart, state),
    replicas: replicaRows(state),
    waiting: waitingRows(state),
  }).state;

const shown = (state: CartState): unknown => ({
  lines: linesOf(state),
  slots: skus.map((sku) => slotsOf(state, sku)),
  waiting: waitingRows(state).sort((a, b) => a.seq - b.seq),
});

describe('the rows of a cart', () => {
  it('give back the state they were written from, now and after further edits', () => {
    fc.assert(
      fc.property(edits, edits, (before, later) => {
        const state = applyEdits(emptyCart, before);
        expect(shown(stored(state))).toEqual(shown(state));
        expect(shown(applyEdits(stored(state), later))).toEqual(shown(applyEdits(state, later)));
      }),
    );
  });

  it('are written only where something changed', () => {
    fc.assert(
      fc.property(edits, (list) => {
        const state = applyEdits(emptyCart, list);
        expect(changedSlots(state, applyEdits(state, list))).toEqual([]);
      }),
    );
  });
});
