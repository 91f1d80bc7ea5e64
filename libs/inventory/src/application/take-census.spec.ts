import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { emptyBalances, type Balances } from '../domain/accounts.ts';
import { poolIdOf, type PoolId } from '../domain/pool.ts';
import { CensusTaker, TakeCensus, type CensusPage } from './take-census.ts';

/** Pools in the order of their names, with so many units free and held. */
class Pools extends CensusTaker {
  pages = 0;

  constructor(private readonly free: readonly number[]) {
    super();
  }

  sumPage(after: PoolId | undefined, poolsMax: number): Promise<CensusPage> {
    this.pages += 1;
    const all = this.free.map((free, at) => ({
      pool: poolIdOf('blr', String(at).padStart(6, '0')),
      free,
    }));
    const page = all.filter(({ pool }) => after === undefined || pool > after).slice(0, poolsMax);
    const free = page.reduce((sum, of) => sum + of.free, 0);
    const balances: Balances = { ...emptyBalances, FREE: free, SUPPLY: free };
    return Promise.resolve({ pools: page.length, last: page.at(-1)?.pool, balances });
  }

  sumInTransit() {
    return Promise.resolve([]);
  }
}

describe('TakeCensus', () => {
  it('sums up every pool once, a bounded number in each run, whatever their number is', async () => {
    const pools = fc.array(fc.nat(1_000), { maxLength: 60, size: 'max' });
    await fc.assert(
      fc.asyncProperty(pools, fc.integer({ min: 1, max: 20 }), async (free, poolsMax) => {
        const taker = new Pools(free);
        const taken = new TakeCensus(taker, poolsMax);
        while (taken.census === undefined) await taken.execute();
        expect(taken.census.pools).toBe(free.length);
        expect(taken.census.balances.FREE).toBe(free.reduce((sum, units) => sum + units, 0));
        expect(taker.pages).toBe(Math.floor(free.length / poolsMax) + 1);
      }),
    );
  });

  it('shows the last whole round while the next is on its way, and begins anew by itself', async () => {
    const units = [1, 2, 3];
    const taken = new TakeCensus(new Pools(units), 2);
    await taken.execute();
    expect(taken.census).toBeUndefined();
    await taken.execute();
    expect(taken.census?.balances.FREE).toBe(6);
    const first = taken.census;
    units[0] = 10;
    await taken.execute();
    expect(taken.census).toBe(first);
    await taken.execute();
    expect(taken.census?.balances.FREE).toBe(15);
  });
});
