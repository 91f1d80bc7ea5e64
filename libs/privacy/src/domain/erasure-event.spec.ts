import { describe, expect, it } from '@jest/globals';
import type { ErasureRequestId } from '@entrepot/kernel';
import fc from 'fast-check';
import { brokenLinks, eventHashOf } from './erasure-event.ts';
import type { ErasureEventRecord } from './erasure-event.ts';

const requestId = 'ers_in-1_1' as ErasureRequestId;

function chainOf(actions: readonly string[]): ErasureEventRecord[] {
  const chain: ErasureEventRecord[] = [];
  for (const [index, action] of actions.entries()) {
    const prevHash = chain.at(-1)?.hash;
    const at = new Date(index * 1_000);
    const event = { requestId, seq: index + 1, action, actor: 'worker', detail: undefined, at };
    chain.push({ ...event, prevHash, hash: eventHashOf({ ...event, prevHash }) });
  }
  return chain;
}

const anyChain = fc
  .array(fc.constantFrom('assess', 'approve', 'fence', 'drain'), { minLength: 2, maxLength: 12 })
  .map(chainOf);

describe('the chain of a request', () => {
  it('holds as it was written', () => {
    fc.assert(fc.property(anyChain, (chain) => expect(brokenLinks(chain)).toEqual([])));
  });

  it('breaks where any field of any link is changed, even with a hash that fits the change', () => {
    const changes: readonly Partial<ErasureEventRecord>[] = [
      ...[{ action: 'close' }, { actor: 'eraser' }, { detail: 'CODE' }, { at: new Date(1) }],
      ...[{ seq: 99 }, { prevHash: 'f'.repeat(64) }, { hash: 'f'.repeat(64) }],
    ];
    fc.assert(
      fc.property(anyChain, fc.nat(), fc.constantFrom(...changes), (chain, at, change) => {
        const index = at % chain.length;
        const changed = chain.map((event, of) => (of === index ? { ...event, ...change } : event));
        expect(brokenLinks(changed)).not.toEqual([]);
        const rehashed = changed.map((event, of) =>
          of === index ? { ...event, hash: eventHashOf(event) } : event,
        );
        if (index < chain.length - 1 && !('hash' in change)) {
          expect(brokenLinks(rehashed)).not.toEqual([]);
        }
      }),
    );
  });

  it('breaks where a link is missing or two have changed places', () => {
    fc.assert(
      fc.property(anyChain, fc.nat(), (chain, at) => {
        const index = at % (chain.length - 1);
        expect(brokenLinks(chain.toSpliced(index, 1))).not.toEqual([]);
        const [first, second] = chain.slice(index, index + 2);
        if (first === undefined || second === undefined) return;
        expect(brokenLinks(chain.toSpliced(index, 2, second, first))).not.toEqual([]);
      }),
    );
  });
});
