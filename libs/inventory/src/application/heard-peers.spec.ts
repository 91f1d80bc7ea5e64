import { describe, expect, it } from '@jest/globals';
import type { CellId } from '@entrepot/kernel';
import { poolIdOf } from '../domain/pool.ts';
import { HeardPeers, type AskResult } from './heard-peers.ts';
import { PeerSilentError, type BorrowAsk, type PeerInventory } from './peer-inventory.ts';
import { PeerReportWriter } from './peer-report-writer.ts';
import type { HeardPosition } from './stock-hints.ts';

const peer = 'eu-1' as CellId;
const pool = poolIdOf('blr', 'mug');
const ask: BorrowAsk = { pool, level: 12, need: 2, acked: 10, isWaiting: true };

/** Another cell that has given so much, ever, and has so much free. */
const giving = (grantedTotal: number, free: number): PeerInventory => ({
  borrow: () =>
    Promise.resolve({
      epoch: 1,
      grants: [
        { pool, grantedTotal, position: { cell: peer, pool, free, credits: 1, channels: [] } },
      ],
    }),
  exchangeTotals: () => Promise.reject(new TypeError('nobody asked')),
});
const silent: PeerInventory = {
  borrow: () => Promise.reject(new PeerSilentError('cut')),
  exchangeTotals: () => Promise.reject(new PeerSilentError('cut')),
};

function hear(peers: PeerInventory, note: (heard: readonly HeardPosition[]) => Promise<void>) {
  const results: AskResult[] = [];
  const failures: unknown[] = [];
  const writer = new PeerReportWriter({ note }, (error) => failures.push(error));
  const heard = new HeardPeers(peers, writer, (result) => results.push(result));
  return { heard, writer, results, failures };
}

describe('HeardPeers', () => {
  it('keeps how the pool stood there, and counts what was given and not taken in', async () => {
    const noted: HeardPosition[] = [];
    const { heard, writer, results } = hear(giving(13, 7), (positions) => {
      noted.push(...positions);
      return Promise.resolve();
    });
    await heard.borrow(peer, [ask]);
    await writer.settled();
    expect(noted).toEqual([{ pool, peer, free: 7, granted: 13 }]);
    expect(results).toMatchObject([{ peer, outcome: 'granted', units: 3 }]);
  });

  it('tells that nothing was given, and that a cell was silent', async () => {
    const quiet = hear(giving(10, 0), () => Promise.resolve());
    await quiet.heard.borrow(peer, [ask]);
    expect(quiet.results).toMatchObject([{ outcome: 'nothing', units: 0 }]);
    const cut = hear(silent, () => Promise.resolve());
    await expect(cut.heard.borrow(peer, [ask])).rejects.toThrow(PeerSilentError);
    expect(cut.results).toMatchObject([{ outcome: 'silent' }]);
  });

  it('answers before anything is written, and writes the last word only', async () => {
    const writes: (readonly HeardPosition[])[] = [];
    const { promise: isWritten, resolve: finish } = Promise.withResolvers<undefined>();
    const { heard, writer } = hear(giving(13, 7), (positions) => {
      writes.push(positions);
      return isWritten;
    });
    await heard.borrow(peer, [ask]);
    writer.take([{ pool, peer, free: 6, granted: 14 }]);
    writer.take([{ pool, peer, free: 5, granted: 15 }]);
    finish(undefined);
    await writer.settled();
    expect(writes.map(([of]) => of?.free)).toEqual([7, 5]);
  });

  it('reports a write that failed, and the borrow is none the worse for it', async () => {
    const { heard, writer, failures } = hear(giving(13, 7), () =>
      Promise.reject(new Error('the store is away')),
    );
    await expect(heard.borrow(peer, [ask])).resolves.toMatchObject({ epoch: 1 });
    await writer.settled();
    expect(failures).toHaveLength(1);
  });
});
