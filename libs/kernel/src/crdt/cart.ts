import { DomainError } from '../domain-error.ts';
import type { Sku } from '../ids.ts';
import { elementsOf, isInSet, mergeSets, noDots, withAdd, withRemoval } from './or-set.ts';
import type { ElementDots, OrSet } from './or-set.ts';
import { changeCounter, counterValueSince, emptyCounter, mergeCounters } from './pn-counter.ts';
import type { CounterSlot, PnCounter } from './pn-counter.ts';
import { joinMaps } from './replica.ts';
import type { Dot, ReplicaId } from './replica.ts';

export const cartLinesMax = 1_000;
/** SKUs a cart remembers, those that were removed or only named by a removal included. */
export const cartSkusMax = 4_000;
export const cartReplicasMax = 32;
/** Parts of lines that a cart remembers, one for each replica that edited the line or was named by a removal. */
export const cartSlotsMax = 8_000;
/** Edits of a cart, whichever replica's, that may wait for an earlier one. */
export const cartEditsAheadMax = 1_000;
export const lineQuantityMax = 100_000;

/** One replica's part of a line, as its reader saw it: what a removal takes away. */
export interface LineSlot extends CounterSlot {
  readonly replica: ReplicaId;
  /** Sequence number of the replica's newest add to this line; 0 if it only ever took away. */
  readonly addedSeq: number;
}

export type CartOp =
  | { readonly type: 'add'; readonly sku: Sku; readonly quantity: number }
  | { readonly type: 'take'; readonly sku: Sku; readonly quantity: number }
  | { readonly type: 'remove'; readonly sku: Sku; readonly observed: readonly LineSlot[] };

/** An edit is known by its dot: sent again, it changes nothing. */
export interface CartEdit extends Dot {
  readonly op: CartOp;
}

/** The edits of a replica take effect in its own order: those after a gap wait in `ahead`. */
export interface ReplicaProgress {
  readonly throughSeq: number;
  readonly ahead: ReadonlyMap<number, CartOp>;
}

/**
 * A cart as a state-based CRDT: an OR-set of lines, a PN-counter per line, and per line what removals had
 * seen of that counter, so that a line put back starts from what is new. The state is a function of the
 * set of edits received, whatever their order, so merging is the union of two such sets.
 */
export interface CartState {
  readonly skus: OrSet<Sku>;
  readonly quantities: ReadonlyMap<Sku, PnCounter>;
  readonly removed: ReadonlyMap<Sku, PnCounter>;
  readonly replicas: ReadonlyMap<ReplicaId, ReplicaProgress>;
}

export const emptyCart: CartState = {
  skus: new Map(),
  quantities: new Map(),
  removed: new Map(),
  replicas: new Map(),
};

const noProgress: ReplicaProgress = { throughSeq: 0, ahead: new Map() };

/**
 * Takes in edits in any order. Throws CART_FULL, CART_TOO_MANY_DEVICES or CART_EDITS_TOO_FAR_AHEAD and
 * then changes nothing: dropping a single edit would leave a gap that its replica could never fill.
 */
export function applyEdits(state: CartState, edits: readonly CartEdit[]): CartState {
  const received = new Map<ReplicaId, Map<number, CartOp>>();
  for (const { replica, seq, op } of edits) {
    const { throughSeq, ahead } = state.replicas.get(replica) ?? noProgress;
    if (seq <= throughSeq) continue;
    const waiting = received.get(replica) ?? new Map(ahead);
    if (!waiting.has(seq)) waiting.set(seq, op);
    received.set(replica, waiting);
  }
  const replicas = new Map(state.replicas);
  for (const [replica, ahead] of received) {
    replicas.set(replica, { ...(replicas.get(replica) ?? noProgress), ahead });
  }
  return withinBounds(absorb({ ...state, replicas }));
}

/** The join of two carts; throws as `applyEdits` does when the result would be over a bound. */
export function mergeCarts(left: CartState, right: CartState): CartState {
  return withinBounds(
    absorb({
      skus: mergeSets(left.skus, right.skus),
      quantities: joinMaps(left.quantities, right.quantities, mergeCounters),
      removed: joinMaps(left.removed, right.removed, mergeCounters),
      replicas: joinMaps(left.replicas, right.replicas, (a, b) => {
        const throughSeq = Math.max(a.throughSeq, b.throughSeq);
        const waiting = [...b.ahead, ...a.ahead].filter(([seq]) => seq > throughSeq);
        return { throughSeq, ahead: new Map(waiting) };
      }),
    }),
  );
}

/** Units of a line before clamping: concurrent takes and adds may push it below 0 or above the maximum. */
export function rawQuantityOf(state: CartState, sku: Sku): number {
  const quantity = state.quantities.get(sku) ?? emptyCounter;
  return counterValueSince(quantity, state.removed.get(sku) ?? emptyCounter);
}

/**
 * Units of a line, 0 … lineQuantityMax. Clamping happens here, when read: clamped while merging, the
 * result would depend on the order in which edits arrive.
 */
export function quantityOf(state: CartState, sku: Sku): number {
  if (!isInSet(state.skus, sku)) return 0;
  return Math.min(Math.max(rawQuantityOf(state, sku), 0), lineQuantityMax);
}

/** The lines with at least one unit, in SKU order, the same on every replica. */
export function linesOf(state: CartState): { sku: Sku; quantity: number }[] {
  return elementsOf(state.skus)
    .map((sku) => ({ sku, quantity: quantityOf(state, sku) }))
    .filter((line) => line.quantity > 0)
    .sort((a, b) => (a.sku < b.sku ? -1 : 1));
}

/** What a removal of this line, decided now, takes away. */
export function slotsOf(state: CartState, sku: Sku): LineSlot[] {
  const added = state.skus.get(sku)?.added;
  return [...(state.quantities.get(sku) ?? emptyCounter)]
    .map(([replica, slot]) => ({ replica, addedSeq: added?.get(replica) ?? 0, ...slot }))
    .sort((a, b) => (a.replica < b.replica ? -1 : 1));
}

/**
 * The edit that makes a line show `quantity`, seen from this state: the difference to the unclamped
 * value, so that units hidden by the clamp do not come back. Undefined when nothing has to change.
 */
export function opToSet(state: CartState, sku: Sku, quantity: number): CartOp | undefined {
  if (quantity === 0) {
    return isInSet(state.skus, sku)
      ? { type: 'remove', sku, observed: slotsOf(state, sku) }
      : undefined;
  }
  if (quantity === quantityOf(state, sku)) return undefined;
  const difference = quantity - rawQuantityOf(state, sku);
  return difference > 0
    ? { type: 'add', sku, quantity: difference }
    : { type: 'take', sku, quantity: -difference };
}

/** Applies waiting edits whose predecessors are all there. */
function absorb(state: CartState): CartState {
  const replicas = new Map(state.replicas);
  const draft = {
    skus: new Map(state.skus),
    quantities: new Map(state.quantities),
    removed: new Map(state.removed),
  };
  for (const [replica, progress] of state.replicas) {
    const ahead = new Map(progress.ahead);
    let seq = progress.throughSeq;
    for (let op = ahead.get(seq + 1); op !== undefined; op = ahead.get(seq + 1)) {
      seq += 1;
      ahead.delete(seq);
      applyOp(draft, { replica, seq, op });
    }
    replicas.set(replica, { throughSeq: seq, ahead });
  }
  return { ...draft, replicas };
}

interface CartDraft {
  readonly skus: Map<Sku, ElementDots>;
  readonly quantities: Map<Sku, PnCounter>;
  readonly removed: Map<Sku, PnCounter>;
}

function applyOp(draft: CartDraft, { replica, seq, op }: CartEdit): void {
  const dots = draft.skus.get(op.sku) ?? noDots;
  const quantity = draft.quantities.get(op.sku) ?? emptyCounter;
  switch (op.type) {
    case 'add':
      draft.skus.set(op.sku, withAdd(dots, { replica, seq }));
      draft.quantities.set(op.sku, changeCounter(quantity, replica, op.quantity));
      return;
    case 'take':
      draft.quantities.set(op.sku, changeCounter(quantity, replica, -op.quantity));
      return;
    case 'remove': {
      const seen = new Map(op.observed.map((slot) => [slot.replica, slot.addedSeq]));
      const counted = new Map(
        op.observed.map(({ up, down, ...slot }) => [slot.replica, { up, down }]),
      );
      draft.skus.set(op.sku, withRemoval(dots, seen));
      draft.removed.set(op.sku, mergeCounters(draft.removed.get(op.sku) ?? emptyCounter, counted));
    }
  }
}

function withinBounds(state: CartState): CartState {
  const skus = new Set([...state.skus.keys(), ...state.quantities.keys(), ...state.removed.keys()]);
  // a removal names SKUs and replicas too, so each line is bounded like the cart
  const replicas = [...skus].map((sku) => replicasOf(state, sku).size);
  const slots = replicas.reduce((sum, count) => sum + count, 0);
  const lines = elementsOf(state.skus).length;
  if (lines > cartLinesMax || skus.size > cartSkusMax || slots > cartSlotsMax) {
    throw new DomainError(
      'CART_FULL',
      `a cart holds at most ${cartLinesMax} lines and remembers ${cartSkusMax}`,
    );
  }
  if (Math.max(state.replicas.size, ...replicas) > cartReplicasMax) {
    throw new DomainError(
      'CART_TOO_MANY_DEVICES',
      `at most ${cartReplicasMax} replicas may edit one cart`,
    );
  }
  let waiting = 0;
  for (const { ahead } of state.replicas.values()) waiting += ahead.size;
  if (waiting > cartEditsAheadMax) {
    throw new DomainError(
      'CART_EDITS_TOO_FAR_AHEAD',
      `more than ${cartEditsAheadMax} edits wait for an earlier one: send that first`,
    );
  }
  return state;
}

/** The replicas that edited a line and those that its removals name. */
function replicasOf({ skus, quantities, removed }: CartState, sku: Sku): Set<ReplicaId> {
  const dots = skus.get(sku);
  const slots = [dots?.added, dots?.removed, quantities.get(sku), removed.get(sku)];
  return new Set(slots.flatMap((map) => [...(map?.keys() ?? [])]));
}
