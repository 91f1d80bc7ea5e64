import type { CellId } from '@entrepot/kernel';
import { PeerRefusedError, type BorderCall, type CellCall } from '@entrepot/platform-http/border';
import { describe, expect, it } from '@jest/globals';
import { PeerSilentError } from '../application/peer-inventory.ts';
import type { BorrowAsk, GrantedTotals } from '../application/peer-inventory.ts';
import { FigureReaders } from './figure-readers.ts';
import { BorderPeerInventory, CellPeerInventory } from './http-peer-inventory.ts';
import { BorderRecoveryPeers, CellRecoveryPeers } from './http-recovery-peers.ts';

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

describe('An answer that is none', () => {
  it.each([undefined, 'yes', {}, { epoch: 0, grants: [] }, { epoch: 1, grants: [], more: 1 }])(
    'is as silence: %j',
    async (answer) => {
      const { peers } = inventory(answer);
      await expect(peers.borrow(peer, [ask('blr/TEA')])).rejects.toThrow(PeerSilentError);
      await expect(peers.exchangeTotals(peer, totals('blr/TEA'))).rejects.toThrow(PeerSilentError);
      const call = () => Promise.resolve(answer);
      const border = new BorderPeerInventory({ call });
      await expect(border.borrow(peer, [ask('blr/TEA')])).rejects.toThrow(PeerSilentError);
      for (const views of [new CellRecoveryPeers({ call }), new BorderRecoveryPeers({ call })]) {
        await expect(views.tellView(peer, { epoch: 1 })).rejects.toThrow(PeerSilentError);
      }
    },
  );
});

describe('A process of a version that does not know the figures beside an ask', () => {
  const tea = ask('blr/TEA-ASSAM');
  const told = { ...tea, rate: 1_200, free: 7 };
  const answer = { epoch: 1, grants: [] };

  /** Refuses what has figures, until it is brought up to date. */
  function older() {
    const heard: unknown[] = [];
    const reader = { isOld: true };
    const call = ({ body }: Pick<CellCall | BorderCall, 'body'>) => {
      heard.push(body);
      const isKnown = !JSON.stringify(body).includes('"free"');
      return reader.isOld && !isKnown
        ? Promise.reject(new PeerRefusedError(400, 'VALIDATION_FAILED'))
        : Promise.resolve(answer);
    };
    return { heard, reader, call };
  }

  it('is asked again without them, and for ten minutes told none', async () => {
    const { heard, reader, call } = older();
    let now = 50;
    const peers = new CellPeerInventory({ call }, new FigureReaders(() => now));
    expect(await peers.borrow(peer, [told])).toEqual(answer);
    expect(await peers.borrow(peer, [told])).toEqual(answer);
    expect(heard).toEqual([{ asks: [told] }, { asks: [tea] }, { asks: [tea] }]);
    heard.length = 0;
    reader.isOld = false;
    now += 601;
    await peers.borrow(peer, [told]);
    await peers.borrow('in-2' as CellId, [told]);
    expect(heard).toEqual([{ asks: [told] }, { asks: [told] }]);
  });

  it('may be the border process of the own cell', async () => {
    const { heard, call } = older();
    const peers = new BorderPeerInventory({ call });
    expect(await peers.borrow(peer, [told])).toEqual(answer);
    expect(heard).toEqual([
      { peer, asks: [told] },
      { peer, asks: [tea] },
    ]);
  });

  it('is not asked twice where it refuses for another reason, or what has no figures', async () => {
    const refusals = ['UNAVAILABLE', 'VALIDATION_FAILED'].map(async (code, at) => {
      let calls = 0;
      const call = () => {
        calls += 1;
        return Promise.reject(new PeerRefusedError(400, code));
      };
      const borrowed = new CellPeerInventory({ call }).borrow(peer, [at === 0 ? told : tea]);
      await expect(borrowed).rejects.toThrow(PeerSilentError);
      return calls;
    });
    expect(await Promise.all(refusals)).toEqual([1, 1]);
  });
});
