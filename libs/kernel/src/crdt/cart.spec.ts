import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Sku } from '../ids.ts';
import {
  applyEdits,
  cartEditsAheadMax,
  cartLinesMax,
  cartReplicasMax,
  cartSkusMax,
  cartSlotsMax,
  emptyCart,
  lineQuantityMax,
  linesOf,
  mergeCarts,
  opToSet,
  quantityOf,
  slotsOf,
} from './cart.ts';
import type { CartEdit, CartOp, CartState, LineSlot } from './cart.ts';
import type { ReplicaId } from './replica.ts';

const replicaOf = (index: number): ReplicaId => `replica000000000${index}` as ReplicaId;
const skuOf = (index: number): Sku => `SKU-${index}` as Sku;
const soap = skuOf(1);
const [phone, laptop] = [replicaOf(1), replicaOf(2)];
const add = (quantity: number, sku = soap): CartOp => ({ type: 'add', sku, quantity });
const take = (quantity: number, sku = soap): CartOp => ({ type: 'take', sku, quantity });

/** Maps and sets in a fixed order, so that two equal states print equally. */
const canonical = (state: CartState): string =>
  JSON.stringify(state, (_, value: unknown) =>
    value instanceof Map
      ? [...value.entries()].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
      : value,
  );

type Step =
  | { kind: 'edit'; device: number; op: 'add' | 'take' | 'remove'; sku: number; quantity: number }
  | { kind: 'sync'; from: number; to: number };

const devices = 3;
const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('edit' as const),
      device: fc.nat(devices - 1),
      op: fc.constantFrom('add' as const, 'add' as const, 'take' as const, 'remove' as const),
      sku: fc.nat(3),
      quantity: fc.integer({ min: 1, max: 60_000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('sync' as const),
      from: fc.nat(devices - 1),
      to: fc.nat(devices - 1),
    }),
  },
);

/** Devices edit what they see and meet now and then; returns every edit made and what each ends with. */
function history(steps: readonly Step[]): { edits: CartEdit[]; states: CartState[] } {
  const states: CartState[] = Array.from({ length: devices }, () => emptyCart);
  const seqs = Array.from({ length: devices }, () => 0);
  const edits: CartEdit[] = [];
  const at = (device: number): CartState => states[device] ?? emptyCart;
  for (const step of steps) {
    if (step.kind === 'sync') {
      states[step.to] = mergeCarts(at(step.to), at(step.from));
      continue;
    }
    const sku = skuOf(step.sku);
    const op: CartOp =
      step.op === 'remove'
        ? { type: 'remove', sku, observed: slotsOf(at(step.device), sku) }
        : { type: step.op, sku, quantity: step.quantity };
    const seq = (seqs[step.device] ?? 0) + 1;
    seqs[step.device] = seq;
    const edit = { replica: replicaOf(step.device), seq, op };
    edits.push(edit);
    states[step.device] = applyEdits(at(step.device), [edit]);
  }
  return { edits, states };
}

const historyArbitrary = fc.array(stepArbitrary, { maxLength: 40 }).map(history);
const shuffled = <T>(items: readonly T[]): fc.Arbitrary<T[]> =>
  fc.shuffledSubarray([...items], { minLength: items.length });

describe('a cart edited by several devices', () => {
  it('ends the same whatever the order in which edits arrive, doubled ones included', () => {
    fc.assert(
      fc.property(
        historyArbitrary.chain(({ edits }) =>
          fc.tuple(
            fc.constant(edits),
            shuffled([...edits, ...edits]),
            fc.integer({ min: 1, max: 7 }),
          ),
        ),
        ([edits, arrivals, batchSize]) => {
          let state = emptyCart;
          for (let at = 0; at < arrivals.length; at += batchSize) {
            state = applyEdits(state, arrivals.slice(at, at + batchSize));
          }
          expect(canonical(state)).toBe(canonical(applyEdits(emptyCart, edits)));
        },
      ),
    );
  });

  it('ends the same when edits are lost at first and sent again later', () => {
    fc.assert(
      fc.property(
        historyArbitrary.chain(({ edits }) =>
          fc.tuple(fc.constant(edits), fc.subarray(edits), shuffled(edits)),
        ),
        ([edits, arrivedAtOnce, sentAgain]) => {
          const state = applyEdits(applyEdits(emptyCart, arrivedAtOnce), sentAgain);
          expect(canonical(state)).toBe(canonical(applyEdits(emptyCart, edits)));
        },
      ),
    );
  });

  it('merges copies to what the union of their edits gives', () => {
    fc.assert(
      fc.property(
        historyArbitrary.chain(({ edits }) =>
          fc.tuple(fc.constant(edits), fc.subarray(edits), fc.subarray(edits)),
        ),
        ([edits, one, other]) => {
          const union = edits.filter((edit) => one.includes(edit) || other.includes(edit));
          const merged = mergeCarts(applyEdits(emptyCart, one), applyEdits(emptyCart, other));
          expect(canonical(merged)).toBe(canonical(applyEdits(emptyCart, union)));
        },
      ),
    );
  });

  it('merges commutatively, associatively and idempotently', () => {
    fc.assert(
      fc.property(historyArbitrary, ({ states }) => {
        const [a = emptyCart, b = emptyCart, c = emptyCart] = states;
        expect(canonical(mergeCarts(a, b))).toBe(canonical(mergeCarts(b, a)));
        expect(canonical(mergeCarts(mergeCarts(a, b), c))).toBe(
          canonical(mergeCarts(a, mergeCarts(b, c))),
        );
        expect(canonical(mergeCarts(a, a))).toBe(canonical(a));
        expect(canonical(mergeCarts(mergeCarts(a, b), b))).toBe(canonical(mergeCarts(a, b)));
      }),
    );
  });

  it('shows quantities between 1 and the maximum only', () => {
    fc.assert(
      fc.property(historyArbitrary, ({ edits }) => {
        for (const line of linesOf(applyEdits(emptyCart, edits))) {
          expect(line.quantity).toBeGreaterThan(0);
          expect(line.quantity).toBeLessThanOrEqual(lineQuantityMax);
        }
      }),
    );
  });

  it('takes in a guest cart at login, once, however often the merge is repeated', () => {
    const guest = applyEdits(emptyCart, [
      { replica: phone, seq: 1, op: add(2) },
      { replica: phone, seq: 2, op: add(1, skuOf(2)) },
    ]);
    const shopper = applyEdits(emptyCart, [{ replica: laptop, seq: 1, op: add(3) }]);
    const once = mergeCarts(shopper, guest);
    expect(linesOf(once)).toEqual([
      { sku: soap, quantity: 5 },
      { sku: skuOf(2), quantity: 1 },
    ]);
    expect(canonical(mergeCarts(once, guest))).toBe(canonical(once));
    const late = applyEdits(once, [
      { replica: phone, seq: 2, op: add(1, skuOf(2)) },
      { replica: phone, seq: 3, op: take(1) },
    ]);
    expect(quantityOf(late, soap)).toBe(4);
    expect(quantityOf(late, skuOf(2))).toBe(1);
  });
});

describe('a line', () => {
  it('survives a removal that had not seen a later add, with the units of that add only', () => {
    const seen = applyEdits(emptyCart, [{ replica: phone, seq: 1, op: add(5) }]);
    const removal: CartOp = { type: 'remove', sku: soap, observed: slotsOf(seen, soap) };
    const state = applyEdits(seen, [
      { replica: phone, seq: 2, op: add(2) },
      { replica: laptop, seq: 1, op: removal },
    ]);
    expect(quantityOf(state, soap)).toBe(2);
  });

  it('starts from nothing when put back after a removal', () => {
    const seen = applyEdits(emptyCart, [{ replica: phone, seq: 1, op: add(5) }]);
    const removal: CartOp = { type: 'remove', sku: soap, observed: slotsOf(seen, soap) };
    const removed = applyEdits(seen, [{ replica: phone, seq: 2, op: removal }]);
    expect(linesOf(removed)).toEqual([]);
    expect(linesOf(applyEdits(removed, [{ replica: phone, seq: 3, op: add(1) }]))).toEqual([
      { sku: soap, quantity: 1 },
    ]);
  });

  it('is set to a quantity exactly, also where the clamp hides units', () => {
    fc.assert(
      fc.property(
        historyArbitrary,
        fc.nat(lineQuantityMax),
        fc.nat(3),
        ({ edits }, quantity, sku) => {
          const state = applyEdits(emptyCart, edits);
          const op = opToSet(state, skuOf(sku), quantity);
          const after =
            op === undefined ? state : applyEdits(state, [{ replica: replicaOf(9), seq: 1, op }]);
          expect(quantityOf(after, skuOf(sku))).toBe(quantity);
        },
      ),
    );
  });
});

describe('the bounds of a cart', () => {
  it('refuses more lines than the maximum and leaves the state as it was', () => {
    const full = Array.from({ length: cartLinesMax + 1 }, (_, index) => ({
      replica: phone,
      seq: index + 1,
      op: add(1, skuOf(index)),
    }));
    const state = applyEdits(emptyCart, full.slice(0, cartLinesMax));
    expect(linesOf(state)).toHaveLength(cartLinesMax);
    expect(() => applyEdits(state, full.slice(cartLinesMax))).toThrow(
      expect.objectContaining({ code: 'CART_FULL' }),
    );
  });

  it('refuses too many devices and too many edits after a gap', () => {
    const crowd = Array.from({ length: cartReplicasMax + 1 }, (_, index) => ({
      replica: replicaOf(index),
      seq: 1,
      op: add(1),
    }));
    expect(() => applyEdits(emptyCart, crowd)).toThrow(
      expect.objectContaining({ code: 'CART_TOO_MANY_DEVICES' }),
    );
    const gap = Array.from({ length: cartEditsAheadMax + 1 }, (_, index) => ({
      replica: phone,
      seq: index + 2,
      op: add(1),
    }));
    expect(() => applyEdits(emptyCart, gap)).toThrow(
      expect.objectContaining({ code: 'CART_EDITS_TOO_FAR_AHEAD' }),
    );
  });

  it('counts what was added, what was only taken and what was only removed as remembered alike', () => {
    const observed = [{ replica: laptop, addedSeq: 0, up: 1, down: 0 }];
    const ops = Array.from({ length: cartSkusMax + 1 }, (_, index): CartOp => {
      const sku = skuOf(index);
      return index % 2 === 0 ? take(1, sku) : { type: 'remove', sku, observed };
    });
    const edits = ops.map((op, index) => ({ replica: phone, seq: index + 1, op }));
    const state = applyEdits(emptyCart, edits.slice(0, cartSkusMax));
    expect(() => applyEdits(state, edits.slice(cartSkusMax))).toThrow(
      expect.objectContaining({ code: 'CART_FULL' }),
    );
  });

  it('counts the parts of all lines together', () => {
    const observed = Array.from({ length: cartReplicasMax - 1 }, (_, index): LineSlot => ({
      ...{ replica: replicaOf(100 + index), addedSeq: 1 },
      ...{ up: 1, down: 0 },
    }));
    const linesThatFit = Math.floor(cartSlotsMax / observed.length);
    const removals = Array.from({ length: linesThatFit + 1 }, (_, index): CartEdit => ({
      ...{ replica: phone, seq: index + 1 },
      op: { type: 'remove', sku: skuOf(index), observed },
    }));
    const state = applyEdits(emptyCart, removals.slice(0, linesThatFit));
    expect(() => applyEdits(state, removals.slice(linesThatFit))).toThrow(
      expect.objectContaining({ code: 'CART_FULL' }),
    );
  });

  it('counts the replicas that removals of a line name with those that edited it', () => {
    const observed = Array.from({ length: cartReplicasMax }, (_, index): LineSlot => ({
      ...{ replica: replicaOf(100 + index), addedSeq: 1 },
      ...{ up: 1, down: 0 },
    }));
    const state = applyEdits(emptyCart, [
      { replica: phone, seq: 1, op: { type: 'remove', sku: soap, observed } },
    ]);
    expect(() => applyEdits(state, [{ replica: phone, seq: 2, op: add(1) }])).toThrow(
      expect.objectContaining({ code: 'CART_TOO_MANY_DEVICES' }),
    );
  });

  it('counts the edits that wait over all replicas, and no longer once they are absorbed', () => {
    const behindGap = (replica: ReplicaId, count: number): CartEdit[] =>
      Array.from({ length: count }, (_, index) => ({ replica, seq: index + 2, op: add(1) }));
    const half = cartEditsAheadMax / 2;
    const full = applyEdits(emptyCart, [...behindGap(phone, half), ...behindGap(laptop, half)]);
    const tooFarAhead = expect.objectContaining({ code: 'CART_EDITS_TOO_FAR_AHEAD' });
    const tablet = replicaOf(3);
    expect(() => applyEdits(full, behindGap(tablet, 1))).toThrow(tooFarAhead);
    expect(() => mergeCarts(full, applyEdits(emptyCart, behindGap(tablet, 1)))).toThrow(
      tooFarAhead,
    );
    const filled = applyEdits(full, [{ replica: phone, seq: 1, op: add(1) }]);
    expect(quantityOf(applyEdits(filled, behindGap(tablet, half)), soap)).toBe(half + 1);
  });
});
