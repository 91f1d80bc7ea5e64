import type {
  CartId,
  CartOp,
  CartState,
  CounterSlot,
  ElementDots,
  OrderId,
  PnCounter,
  ReplicaId,
  SalesChannelId,
  Sku,
  SubjectId,
} from '@entrepot/kernel';
import type { Cart, CartStatus } from '../domain/cart.ts';

/** `carts.cart` with its children as JSON arrays; numbers in JSON stay below 2^53 by CHECK. */
export interface CartRow {
  readonly cart_id: string;
  readonly subject_id: string;
  readonly owner_kind: string;
  readonly sales_channel_id: string;
  readonly status: string;
  readonly version: bigint;
  readonly merged_into: string | null;
  readonly order_id: string | null;
  readonly slots: readonly SlotRow[];
  readonly replicas: readonly { readonly replica: string; readonly through_seq: number }[];
  readonly waiting: readonly WaitingRow[];
}

export interface SlotRow {
  readonly sku: string;
  readonly replica: string;
  readonly added_seq: number;
  readonly up: number;
  readonly down: number;
  readonly removed_seq: number;
  readonly removed_up: number;
  readonly removed_down: number;
}

export interface WaitingRow {
  readonly replica: string;
  readonly seq: number;
  readonly op: CartOp;
}

/** Columns constrained by CHECK are taken at their word. */
export function toCart(row: CartRow): Cart {
  return {
    id: row.cart_id as CartId,
    subjectId: row.subject_id as SubjectId,
    ownerKind: row.owner_kind as Cart['ownerKind'],
    salesChannelId: row.sales_channel_id as SalesChannelId,
    status: row.status as CartStatus,
    version: Number(row.version),
    mergedInto: (row.merged_into ?? undefined) as CartId | undefined,
    orderId: (row.order_id ?? undefined) as OrderId | undefined,
    state: toState(row),
  };
}

function toState(row: CartRow): CartState {
  const skus = new Map<Sku, ElementDots>();
  const quantities = new Map<Sku, PnCounter>();
  const removed = new Map<Sku, PnCounter>();
  for (const [sku, slots] of Map.groupBy(row.slots, (slot) => slot.sku as Sku)) {
    const added = numbers(slots, (slot) => slot.added_seq);
    const removedAdds = numbers(slots, (slot) => slot.removed_seq);
    if (added.size > 0 || removedAdds.size > 0) skus.set(sku, { added, removed: removedAdds });
    setCounter(quantities, sku, slots, (slot) => slot);
    setCounter(removed, sku, slots, (slot) => ({ up: slot.removed_up, down: slot.removed_down }));
  }
  const waiting = Map.groupBy(row.waiting, (edit) => edit.replica);
  const replicas = [...row.replicas].map(({ replica, through_seq }) => {
    const ahead = (waiting.get(replica) ?? []).map(({ seq, op }) => [seq, op] as const);
    return [replica as ReplicaId, { throughSeq: through_seq, ahead: new Map(ahead) }] as const;
  });
  return { skus, quantities, removed, replicas: new Map(replicas) };
}

function numbers(slots: readonly SlotRow[], of: (slot: SlotRow) => number): Map<ReplicaId, number> {
  const positive = slots.filter((slot) => of(slot) > 0);
  return new Map(positive.map((slot) => [slot.replica as ReplicaId, of(slot)]));
}

function setCounter(
  counters: Map<Sku, PnCounter>,
  sku: Sku,
  slots: readonly SlotRow[],
  of: (slot: SlotRow) => CounterSlot,
): void {
  const used = slots
    .map((slot) => ({ replica: slot.replica as ReplicaId, up: of(slot).up, down: of(slot).down }))
    .filter(({ up, down }) => up > 0 || down > 0);
  if (used.length > 0) {
    counters.set(sku, new Map(used.map(({ replica, up, down }) => [replica, { up, down }])));
  }
}

/** The slots of `next` that are not already in `before`, as rows. */
export function changedSlots(before: CartState, next: CartState): SlotRow[] {
  const known = new Set(slotRows(before).map((row) => JSON.stringify(row)));
  return slotRows(next).filter((row) => !known.has(JSON.stringify(row)));
}

function slotRows(state: CartState): SlotRow[] {
  const skus = new Set([...state.skus.keys(), ...state.quantities.keys(), ...state.removed.keys()]);
  return [...skus].flatMap((sku) => {
    const dots = state.skus.get(sku);
    const quantity = state.quantities.get(sku);
    const removed = state.removed.get(sku);
    const replicas = new Set<ReplicaId>(
      [dots?.added, dots?.removed, quantity, removed].flatMap((map) => [...(map?.keys() ?? [])]),
    );
    const rows = [...replicas].map((replica) => {
      const { up, down } = quantity?.get(replica) ?? noUnits;
      const gone = removed?.get(replica) ?? noUnits;
      return {
        ...{ sku, replica, up, down },
        added_seq: dots?.added.get(replica) ?? 0,
        removed_seq: dots?.removed.get(replica) ?? 0,
        removed_up: gone.up,
        removed_down: gone.down,
      };
    });
    return rows.filter(saysSomething);
  });
}

const noUnits: CounterSlot = { up: 0, down: 0 };

/** A removal may name a slot of nothing: read back it would be in no map, and so count against no bound. */
function saysSomething(row: SlotRow): boolean {
  const { added_seq, up, down, removed_seq, removed_up, removed_down } = row;
  return Math.max(added_seq, up, down, removed_seq, removed_up, removed_down) > 0;
}

export function replicaRows(state: CartState): { replica: string; through_seq: number }[] {
  return [...state.replicas].map(([replica, { throughSeq }]) => ({
    replica,
    through_seq: throughSeq,
  }));
}

/** The edits that wait in `next` and did not in `before`, as rows; none is changed while it waits. */
export function newWaitingRows(before: CartState, next: CartState): WaitingRow[] {
  return [...next.replicas].flatMap(([replica, { ahead }]) => {
    const known = before.replicas.get(replica)?.ahead;
    const fresh = [...ahead].filter(([seq]) => known?.has(seq) !== true);
    return fresh.map(([seq, op]) => ({ replica, seq, op }));
  });
}
