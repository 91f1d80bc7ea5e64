import { describe, expect, it } from '@jest/globals';
import type { CellId, RelocationId, SubjectId } from '@entrepot/kernel';
import { packetLifetimeMs, receiptLifetimeMs, stateOf } from './relocation.ts';
import type { Departure } from './relocation.ts';

const issuedAt = new Date('2026-11-28T12:00:00Z');
const departure: Departure = {
  id: 'rel_in-1_x' as RelocationId,
  ...{ subject: 'sub_in-1_x' as SubjectId, to: 'eu-1' as CellId, status: 'issued', issuedAt },
  expiresAt: new Date(issuedAt.getTime() + packetLifetimeMs),
  ...{ completedAt: undefined, erasureRequest: undefined },
};
const after = (ms: number) => new Date(issuedAt.getTime() + ms);

describe('A move', () => {
  it('is open for as long as a receipt of its packet can come', () => {
    const last = packetLifetimeMs + receiptLifetimeMs;
    expect(stateOf(departure, issuedAt)).toBe('issued');
    expect(stateOf(departure, after(packetLifetimeMs + 1))).toBe('issued');
    expect(stateOf(departure, after(last))).toBe('issued');
    expect(stateOf(departure, after(last + 1))).toBe('expired');
  });

  it.each(['completed', 'voided'] as const)('that is %s stays so', (status) => {
    expect(stateOf({ ...departure, status }, after(400 * 86_400_000))).toBe(status);
  });
});
