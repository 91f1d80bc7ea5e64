import { DriveErasureJob } from '@entrepot/flow-erasure';
import type { ErasureRequestId } from '@entrepot/kernel';
import type { ErasureStore, UnderWay } from '@entrepot/privacy';
import { describe, expect, it } from '@jest/globals';

const idOf = (number: number) => `era_in-1_${String(number).padStart(5, '0')}` as ErasureRequestId;

/** So many requests, of which every third waits for a key to end. */
function jobOver(count: number): DriveErasureJob {
  const all = Array.from({ length: count }, (_, number) => ({
    id: idOf(number),
    awaitsKeyEnd: number % 3 === 0,
  }));
  const underWay = ({ awaitsKeyEnd, after = idOf(0), rowsMax }: UnderWay) =>
    Promise.resolve(
      all
        .filter((of) => of.awaitsKeyEnd === awaitsKeyEnd && (after === idOf(0) || of.id > after))
        .map(({ id }) => id)
        .slice(0, rowsMax),
    );
  return new DriveErasureJob({ underWay } as unknown as ErasureStore, undefined as never);
}

describe('the sweep of erasures', () => {
  it('gives each request its turn, however many wait before it for somebody else', async () => {
    const job = jobOver(1_000);
    const seen = new Set<string>();
    let sweeps = 0;
    for (; seen.size < 1_000 && sweeps < 20; sweeps += 1) {
      for (const { requestId } of await job.rederive()) seen.add(requestId);
    }
    expect(seen.size).toBe(1_000);
    expect(sweeps).toBeLessThan(20);
  });

  it('begins anew at the end, and each time where there are few', async () => {
    const many = jobOver(1_000);
    const first = await many.rederive();
    for (let sweep = 1; sweep < 28; sweep += 1) await many.rederive();
    expect(await many.rederive()).toEqual(first);
    const few = jobOver(9);
    expect(await few.rederive()).toHaveLength(9);
    expect(await few.rederive()).toHaveLength(9);
  });
});
