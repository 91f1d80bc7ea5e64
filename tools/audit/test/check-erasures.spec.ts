import { describe, expect, it } from '@jest/globals';
import type { ErasureRequestId } from '@entrepot/kernel';
import { eventHashOf } from '@entrepot/privacy';
import type { ErasureEventRecord } from '@entrepot/privacy';
import { checkErasures } from '../src/check-erasures.ts';

const requestId = 'ers_1' as ErasureRequestId;

function chainOf(actions: readonly string[]): ErasureEventRecord[] {
  const chain: ErasureEventRecord[] = [];
  for (const [index, action] of actions.entries()) {
    const at = new Date(index);
    const event = { requestId, seq: index + 1, action, actor: 'worker', detail: undefined, at };
    const linked = { ...event, prevHash: chain.at(-1)?.hash };
    chain.push({ ...linked, hash: eventHashOf(linked) });
  }
  return chain;
}

const events = chainOf(['receive', 'assess', 'approve']);
const requests = [{ requestId, version: 3 }];
const codesOf = (books: Parameters<typeof checkErasures>[1]) =>
  checkErasures('in-1', books).map(({ code }) => code);

describe('the record of erasures', () => {
  it('is clean as it was written', () => {
    expect(codesOf({ requests, events })).toEqual([]);
  });

  it('shows who approved being written over', () => {
    const changed = events.map((event) =>
      event.action === 'approve' ? { ...event, actor: 'eraser' } : event,
    );
    expect(codesOf({ requests, events: changed })).toEqual(['ERASURE_CHAIN_BROKEN']);
  });

  it('shows an event that was taken out, from the middle or from the end', () => {
    expect(codesOf({ requests, events: events.toSpliced(1, 1) })).toEqual(['ERASURE_CHAIN_BROKEN']);
    expect(codesOf({ requests, events: events.slice(0, 2) })).toEqual(['ERASURE_UNRECORDED']);
  });

  it('shows a change without an event, and a request that is gone', () => {
    expect(codesOf({ requests: [{ requestId, version: 4 }], events })).toEqual([
      'ERASURE_UNRECORDED',
    ]);
    expect(codesOf({ requests: [], events })).toEqual(['ERASURE_REQUEST_MISSING']);
  });
});
