import { describe, expect, it } from '@jest/globals';
import {
  applyEdits,
  cartReplicasMax,
  cartSkusMax,
  emptyCart,
  linesOf,
  slotsOf,
} from '@entrepot/kernel';
import type { CartEdit, CartState, LineSlot, ReplicaId, Sku } from '@entrepot/kernel';
import fc from 'fast-check';
import { changedSlots, newWaitingRows, replicaRows, toCart } from './cart-rows.ts';

const replicas = ['a', 'b'].map((letter) => letter.repeat(16) as ReplicaId);
const skus = ['SOAP', 'TEA'] as [Sku, Sku];

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
    waiting: newWaitingRows(emptyCart, state),
  }).state;

const shown = (state: CartState): unknown => ({
  lines: linesOf(state),
  slots: skus.map((sku) => slotsOf(state, sku)),
  waiting: newWaitingRows(emptyCart, state).sort((a, b) => a.seq - b.seq),
});

const waitingKeys = (before: CartState, next: CartState): string[] =>
  newWaitingRows(before, next).map(({ replica, seq }) => `${replica} ${seq}`);

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
        const again = applyEdits(state, list);
        expect(changedSlots(state, again)).toEqual([]);
        expect(newWaitingRows(state, again)).toEqual([]);
      }),
    );
  });

  it('write an edit that waits once, whatever comes while it does', () => {
    fc.assert(
      fc.property(edits, edits, (before, later) => {
        const state = applyEdits(emptyCart, before);
        const next = applyEdits(state, later);
        const waits = waitingKeys(emptyCart, next);
        const known = new Set(waitingKeys(emptyCart, state));
        expect(waitingKeys(state, next)).toEqual(waits.filter((key) => !known.has(key)));
      }),
    );
  });
});

describe('the rows of removals of what a cart never held', () => {
  const [device, other] = ['d', 'e'].map((letter) => letter.repeat(16)) as [ReplicaId, ReplicaId];
  const removal = (seq: number, sku: Sku, ...observed: LineSlot[]): CartEdit => ({
    ...{ replica: device, seq },
    op: { type: 'remove', sku, observed },
  });

  it('count against the bound of remembered SKUs when read back', () => {
    const removals = Array.from({ length: cartSkusMax + 1 }, (_, index) =>
      removal(index + 1, `SKU-${index}` as Sku, { replica: other, addedSeq: 0, up: 1, down: 0 }),
    );
    const state = stored(applyEdits(emptyCart, removals.slice(0, cartSkusMax)));
    expect(() => applyEdits(state, removals.slice(cartSkusMax))).toThrow(
      expect.objectContaining({ code: 'CART_FULL' }),
    );
  });

  it('count against the bound of replicas when read back, also where they name no units', () => {
    const [first, ...observed] = Array.from({ length: cartReplicasMax + 1 }, (_, index) => ({
      ...{ replica: `${index + 10}`.repeat(8) as ReplicaId, addedSeq: 1 },
      ...{ up: 0, down: 0 },
    })) as [LineSlot, ...LineSlot[]];
    const state = stored(applyEdits(emptyCart, [removal(1, skus[0], ...observed)]));
    expect(() => applyEdits(state, [removal(2, skus[0], first)])).toThrow(
      expect.objectContaining({ code: 'CART_TOO_MANY_DEVICES' }),
    );
  });

  it('are none where a removal names slots of nothing', () => {
    const nothing = { replica: other, addedSeq: 0, up: 0, down: 0 };
    const state = applyEdits(emptyCart, [removal(1, skus[0], nothing)]);
    expect(changedSlots(emptyCart, state)).toEqual([]);
  });
});
