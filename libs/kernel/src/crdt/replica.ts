import type { Branded } from '../ids.ts';

/** One writer of a replicated value, such as a device: random, so that it names nobody. */
export type ReplicaId = Branded<'ReplicaId'>;

const replicaPattern = /^[0-9a-z]{16,32}$/;
export const isReplicaId = (text: string): text is ReplicaId => replicaPattern.test(text);

/** Names one edit: the seq-th of its replica, counted from 1. A replica never uses a dot twice. */
export interface Dot {
  readonly replica: ReplicaId;
  readonly seq: number;
}

/** The highest sequence number seen of each replica. */
export type VersionVector = ReadonlyMap<ReplicaId, number>;

/**
 * The join of two maps: every key of both, values of shared keys joined by `joinValues`. It is
 * commutative, associative and idempotent whenever `joinValues` is.
 */
export function joinMaps<K, V>(
  left: ReadonlyMap<K, V>,
  right: ReadonlyMap<K, V>,
  joinValues: (left: V, right: V) => V,
): ReadonlyMap<K, V> {
  if (right.size === 0) return left;
  const joined = new Map(left);
  for (const [key, value] of right) {
    const present = joined.get(key);
    joined.set(key, present === undefined ? value : joinValues(present, value));
  }
  return joined;
}

export function joinVersions(left: VersionVector, right: VersionVector): VersionVector {
  return joinMaps(left, right, Math.max);
}
