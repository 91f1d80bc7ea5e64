import type { CellId } from '@entrepot/kernel';
import type { CellCall } from '@entrepot/platform-http/border';
import { describe, expect, it } from '@jest/globals';
import { PeerSilentError } from '../application/peer-inventory.ts';
import type { BorrowAsk, GrantedTotals } from '../application/peer-inventory.ts';
import { CellPeerInventory } from './http-peer-inventory.ts';

const peer = 'eu-1' as CellId;
const ask = (pool: string) =>
  ({ pool, level: 1, need: 1, acked: 0, isWaiting: true }) as unknown as BorrowAsk;
const totals = (...pools: readonly string[]) =>
  ({
    epoch: 1,
    totals: pools.map((pool) => ({ pool, grantedTotal: 1 })),
  }) as unknown as GrantedTotals;

function inventory(answer: unknown) {
  const calls: CellCall[] = [];
  const call = (made: CellCall) => {
    calls.push(made);
    return Promise.resolve(answer);
  };
  return { calls, peers: new CellPeerInventory({ call }) };
}

describe('A pool whose article number could be somebody’s phone', () => {
  it('is left out of what is asked, and holds up no other', async () => {
    const { calls, peers } = inventory({ epoch: 1, grants: [] });
    await peers.borrow(peer, [ask('blr/9876543210'), ask('blr/TEA-ASSAM')]);
    expect(calls.map(({ body }) => body)).toEqual([{ asks: [ask('blr/TEA-ASSAM')] }]);
  });

  it('alone is answered as by a silent peer, without a call', async () => {
    const { calls, peers } = inventory({ epoch: 1, grants: [] });
    await expect(peers.borrow(peer, [ask('blr/9876543210')])).rejects.toThrow(PeerSilentError);
    expect(calls).toEqual([]);
  });

  it('is left out of the totals that are repeated', async () => {
    const { calls, peers } = inventory({ totals: [] });
    await peers.exchangeTotals(peer, totals('blr/9876543210', 'blr/TEA-ASSAM'));
    expect(calls.map(({ body }) => body)).toEqual([totals('blr/TEA-ASSAM')]);
    expect(await peers.exchangeTotals(peer, totals('blr/9876543210'))).toEqual({ totals: [] });
    expect(calls).toHaveLength(1);
  });
});
