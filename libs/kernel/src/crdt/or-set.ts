import { joinMaps, joinVersions } from './replica.ts';
import type { Dot, VersionVector } from './replica.ts';

/** The newest add of each replica, and the newest add of each replica that some removal has seen. */
export interface ElementDots {
  readonly added: VersionVector;
  readonly removed: VersionVector;
}

/**
 * A set in which a removal takes away only the adds its author had seen, so a concurrent add wins.
 * State-based, after "An optimized conflict-free replicated set" (Bieniusa et al., 2012): because
 * the edits of a replica arrive in order, the adds a removal has seen are a prefix, and one number per
 * replica stands for all tombstones of that prefix.
 */
export type OrSet<Element> = ReadonlyMap<Element, ElementDots>;

export const noDots: ElementDots = { added: new Map(), removed: new Map() };

export function withAdd(dots: ElementDots, { replica, seq }: Dot): ElementDots {
  return { ...dots, added: joinVersions(dots.added, new Map([[replica, seq]])) };
}

/** Removes the adds named by `observed`, usually `observedAdds` as the author of the removal saw it. */
export function withRemoval(dots: ElementDots, observed: VersionVector): ElementDots {
  return { ...dots, removed: joinVersions(dots.removed, observed) };
}

export function addToSet<E>(set: OrSet<E>, element: E, dot: Dot): OrSet<E> {
  return new Map(set).set(element, withAdd(set.get(element) ?? noDots, dot));
}

export function removeFromSet<E>(set: OrSet<E>, element: E, observed: VersionVector): OrSet<E> {
  return new Map(set).set(element, withRemoval(set.get(element) ?? noDots, observed));
}

export function observedAdds<E>(set: OrSet<E>, element: E): VersionVector {
  return set.get(element)?.added ?? noDots.added;
}

export function isInSet<E>(set: OrSet<E>, element: E): boolean {
  const dots = set.get(element) ?? noDots;
  for (const [replica, seq] of dots.added) {
    if (seq > (dots.removed.get(replica) ?? 0)) return true;
  }
  return false;
}

export function elementsOf<E>(set: OrSet<E>): E[] {
  return [...set.keys()].filter((element) => isInSet(set, element));
}

export function mergeSets<E>(left: OrSet<E>, right: OrSet<E>): OrSet<E> {
  return joinMaps(left, right, (a, b) => ({
    added: joinVersions(a.added, b.added),
    removed: joinVersions(a.removed, b.removed),
  }));
}
