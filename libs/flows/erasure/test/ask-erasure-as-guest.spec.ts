import { describe, expect, it } from '@jest/globals';
import { newCellId } from '@entrepot/kernel';
import type { CellId, ErasureRequestId, SubjectId } from '@entrepot/kernel';
import { RateLimiter } from '@entrepot/platform-http';
import type { RateLimitRule, RateLimitVerdict } from '@entrepot/platform-http';
import { Log } from '@entrepot/platform-telemetry';
import { AskErasureAsGuest } from '../src/application/ask-erasure-as-guest.ts';
import type { GuestWish } from '../src/application/find-guest.ts';

const cell = 'in-1' as CellId;
const settled = () => new Promise((done) => setImmediate(done));

class Counter extends RateLimiter {
  readonly counts = new Map<string, number>();

  override take({ limit }: RateLimitRule, caller: string): Promise<RateLimitVerdict> {
    const count = (this.counts.get(caller) ?? 0) + 1;
    this.counts.set(caller, count);
    return Promise.resolve({ isAllowed: count <= limit, retryAfterSeconds: 1 });
  }
}

/** Guests who are who they say; an address that begins with a question mark is nobody's. */
function desk() {
  const received: SubjectId[] = [];
  const sent: ErasureRequestId[] = [];
  const guests = {
    execute: ({ email }: GuestWish) =>
      Promise.resolve(email.startsWith('?') ? undefined : (email as SubjectId)),
  };
  const intake = {
    newId: () => newCellId('erasureRequest', cell),
    receive: ({ id, subject }: { id: ErasureRequestId; subject: SubjectId }) => {
      received.push(subject);
      return Promise.resolve({ id });
    },
    askIdentity: (request: object) => Promise.resolve(request),
  };
  const codes = {
    execute: (id: ErasureRequestId) => {
      sent.push(id);
      return Promise.resolve();
    },
  };
  const log = new Log({ level: 'silent' as never, bound: { cell } });
  const counter = new Counter();
  const parts = [guests, intake, codes] as unknown as readonly [never, never, never];
  return { received, sent, counter, ask: new AskErasureAsGuest(...parts, counter, log) };
}

describe('a guest who asks to be erased', () => {
  it('is sent five codes in a day, and a sixth wish leaves the one before it as it is', async () => {
    const { ask, received, sent } = desk();
    const ids: ErasureRequestId[] = [];
    for (let wish = 0; wish < 8; wish += 1) {
      ids.push(ask.execute({ orderId: 'ord', email: 'asha' }));
      await settled();
    }
    expect(new Set(ids).size).toBe(8);
    expect(sent).toEqual(ids.slice(0, 5));
    expect(received).toHaveLength(5);
    const other = ask.execute({ orderId: 'ord', email: 'ravi' });
    await settled();
    expect(sent.at(-1)).toBe(other);
  });

  it('is counted only where order and address belong together', async () => {
    const { ask, counter } = desk();
    expect(ask.execute({ orderId: 'ord', email: '?' })).toMatch(/^ers_in-1_/);
    await settled();
    expect(counter.counts.size).toBe(0);
  });
});
