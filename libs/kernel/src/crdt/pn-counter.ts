import { joinMaps } from './replica.ts';
import type { ReplicaId } from './replica.ts';

/** What one replica has added and taken in total. Both only grow, so a larger slot is a newer one. */
export interface CounterSlot {
  readonly up: number;
  readonly down: number;
}

/**
 * A counter that several writers change without asking each other (state-based PN-counter; Shapiro,
 * Preguiça, Baquero, Zawirski 2011). Each replica writes its own slot only; slots merge by maximum, so
 * that lost, doubled and reordered states change nothing.
 */
export type PnCounter = ReadonlyMap<ReplicaId, CounterSlot>;

export const emptyCounter: PnCounter = new Map();
const emptySlot: CounterSlot = { up: 0, down: 0 };

/** `counter` after `replica` adds `change`, or takes it when negative. */
export function changeCounter(counter: PnCounter, replica: ReplicaId, change: number): PnCounter {
  if (!Number.isSafeInteger(change)) throw new RangeError('a counter changes by whole units');
  const slot = counter.get(replica) ?? emptySlot;
  return new Map(counter).set(replica, {
    up: slot.up + Math.max(change, 0),
    down: slot.down + Math.max(-change, 0),
  });
}

export function counterValue(counter: PnCounter): number {
  let value = 0;
  for (const slot of counter.values()) value += slot.up - slot.down;
  return value;
}

/** What `counter` gained since `baseline`, slot by slot; slots the baseline is ahead of count as 0. */
export function counterValueSince(counter: PnCounter, baseline: PnCounter): number {
  let value = 0;
  for (const [replica, slot] of counter) {
    const base = baseline.get(replica) ?? emptySlot;
    value += Math.max(slot.up - base.up, 0) - Math.max(slot.down - base.down, 0);
  }
  return value;
}

export function mergeCounters(left: PnCounter, right: PnCounter): PnCounter {
  return joinMaps(left, right, (a, b) => ({
    up: Math.max(a.up, b.up),
    down: Math.max(a.down, b.down),
  }));
}
