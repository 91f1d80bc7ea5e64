import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addToSet, elementsOf, isInSet, mergeSets, observedAdds, removeFromSet } from './or-set.ts';
import type { OrSet } from './or-set.ts';
import type { ReplicaId } from './replica.ts';

const replicas = ['a', 'b', 'c'].map((letter) => letter.repeat(16) as ReplicaId);
const none: OrSet<string> = new Map();
const canonical = (set: OrSet<string>): unknown =>
  [...set].sort().map(([key, dots]) => [key, [...dots.added].sort(), [...dots.removed].sort()]);

const steps = fc.array(
  fc.record({
    replica: fc.nat(2),
    action: fc.constantFrom('add', 'add', 'remove', 'sync'),
    element: fc.constantFrom('x', 'y'),
    peer: fc.nat(2),
  }),
  { maxLength: 30 },
);

/** Three replicas acting on what they see; dots are handed out in order per replica. */
const run = (list: typeof steps extends fc.Arbitrary<infer T> ? T : never): OrSet<string>[] => {
  const sets = [none, none, none];
  const seqs = [0, 0, 0];
  for (const { replica, action, element, peer } of list) {
    const own = sets[replica] ?? none;
    if (action === 'sync') sets[replica] = mergeSets(own, sets[peer] ?? none);
    if (action === 'remove')
      sets[replica] = removeFromSet(own, element, observedAdds(own, element));
    if (action !== 'add') continue;
    const seq = (seqs[replica] ?? 0) + 1;
    seqs[replica] = seq;
    const name = replicas[replica];
    if (name !== undefined) sets[replica] = addToSet(own, element, { replica: name, seq });
  }
  return sets;
};

describe('an OR-set', () => {
  it('merges commutatively, associatively and idempotently', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const [a = none, b = none, c = none] = run(list);
        expect(canonical(mergeSets(a, b))).toEqual(canonical(mergeSets(b, a)));
        expect(canonical(mergeSets(mergeSets(a, b), c))).toEqual(
          canonical(mergeSets(a, mergeSets(b, c))),
        );
        expect(canonical(mergeSets(a, a))).toEqual(canonical(a));
      }),
    );
  });

  it('holds what its own replica just added, and no longer what it just removed', () => {
    fc.assert(
      fc.property(steps, (list) => {
        for (const set of run(list)) {
          const removed = removeFromSet(set, 'x', observedAdds(set, 'x'));
          expect(isInSet(removed, 'x')).toBe(false);
          expect(elementsOf(mergeSets(removed, set))).toEqual(elementsOf(removed));
        }
      }),
    );
  });

  it('lets a concurrent add win over a removal that had not seen it', () => {
    const [a, b] = replicas as [ReplicaId, ReplicaId, ReplicaId];
    const both = addToSet(none, 'x', { replica: a, seq: 1 });
    const removed = removeFromSet(both, 'x', observedAdds(both, 'x'));
    const added = addToSet(both, 'x', { replica: b, seq: 1 });
    expect(isInSet(mergeSets(removed, added), 'x')).toBe(true);
  });
});
