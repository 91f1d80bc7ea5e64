import { describe, expect, it } from '@jest/globals';
import type { CellId } from '@entrepot/kernel';
import type { PoolId } from '../domain/pool.ts';
import { BorrowTurns } from './borrow-turns.ts';

const [india, europe] = ['in-1', 'eu-1'] as [CellId, CellId];
const [tea, soap] = ['blr/tea', 'blr/soap'] as [PoolId, PoolId];

/** Work that ends when it is told to. */
function work(log: string[], name: string) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const run = () => {
    log.push(name);
    return promise;
  };
  return { run, end: () => resolve(name), fail: () => reject(new Error(name)) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('Turns', () => {
  it('let one borrow per pool and peer be on its way, first come first served', async () => {
    const turns = new BorrowTurns();
    const log: string[] = [];
    const [one, two, three] = ['one', 'two', 'three'].map((name) => work(log, name));
    if (!one || !two || !three) throw new RangeError('three');
    const ends = [
      turns.inTurn(india, [tea], one.run),
      turns.inTurn(india, [tea, soap], two.run),
      turns.inTurn(india, [soap], three.run),
    ];
    await settled();
    expect(log).toEqual(['one']);
    one.end();
    await settled();
    expect(log).toEqual(['one', 'two']);
    two.end();
    three.end();
    expect(await Promise.all(ends)).toEqual(['one', 'two', 'three']);
    expect([tea, soap].every((pool) => turns.isFree(india, pool))).toBe(true);
  });

  it('keep apart what has nothing in common, and go on after a failure', async () => {
    const turns = new BorrowTurns();
    const log: string[] = [];
    const failing = work(log, 'failing');
    const failed = turns.inTurn(india, [tea], failing.run);
    await turns.inTurn(europe, [tea], () => Promise.resolve());
    await turns.inTurn(india, [soap], () => Promise.resolve());
    const next = turns.inTurn(india, [tea], () => Promise.resolve('next'));
    failing.fail();
    await expect(failed).rejects.toThrow('failing');
    expect(await next).toBe('next');
  });

  it('are not taken by what nobody waits for, which itself finds no pool free that is asked for', async () => {
    const turns = new BorrowTurns();
    const ahead = work([], 'ahead');
    const under = turns.unwaited(india, [tea], ahead.run);
    expect(turns.isFree(india, tea)).toBe(false);
    expect(await turns.inTurn(india, [tea], () => Promise.resolve('at once'))).toBe('at once');
    ahead.end();
    await under;
    expect(turns.isFree(india, tea)).toBe(true);
  });
});
