import { describe, expect, it } from '@jest/globals';
import type { CellId } from '@entrepot/kernel';
import fc from 'fast-check';
import { lowUnits } from './availability.ts';
import { poolIdOf } from './pool.ts';
import {
  answerOf,
  hintOf,
  reportLifeSeconds,
  stockBands,
  type PeerReport,
  type PoolHint,
} from './stock-hint.ts';

const [other, third] = ['eu-1', 'eu-2'] as CellId[] as [CellId, CellId];
const said = (of: Partial<PeerReport> = {}): PeerReport => ({
  peer: other,
  free: 0,
  granted: 0,
  applied: 0,
  ageSeconds: 1,
  ...of,
});
const pool = (free: number, ...reports: PeerReport[]): PoolHint => ({
  pool: poolIdOf('blr', 'mug'),
  free,
  reports,
});

describe('hintOf', () => {
  it.each([
    ['MANY', pool(lowUnits + 1)],
    ['FEW', pool(lowUnits)],
    ['FEW', pool(1)],
    ['MANY', pool(0, said({ free: lowUnits + 1 }))],
    ['FEW', pool(0, said({ free: 1 }))],
    ['CHECKING', pool(0)],
    ['CHECKING', pool(0, said())],
  ])('says %s', (band, hint) => {
    expect(hintOf([hint]).band).toBe(band);
  });

  it('adds up what lies in several warehouses', () => {
    expect(hintOf([pool(lowUnits), pool(1)]).band).toBe('MANY');
  });

  it('counts nothing that a cell said long ago, and says nothing of its age', () => {
    const old = said({ free: 1_000, ageSeconds: reportLifeSeconds + 1 });
    expect(hintOf([pool(1, old)])).toEqual({ band: 'FEW', peersHeardSecondsAgo: undefined });
  });

  it('counts what is on its way here however old the word is: it is never taken back', () => {
    const old = said({ granted: lowUnits + 3, applied: 2, ageSeconds: reportLifeSeconds + 1 });
    expect(hintOf([pool(0, old)]).band).toBe('MANY');
  });

  it('counts no unit at the cell that had it once it is here', () => {
    const cameSince = said({ free: 6, granted: 10, applied: 13 });
    expect(hintOf([pool(3, cameSince)]).band).toBe('MANY');
    expect(hintOf([pool(2, cameSince)]).band).toBe('FEW');
    const allCame = said({ free: 6, granted: 10, applied: 30 });
    expect(hintOf([pool(0, allCame)]).band).toBe('CHECKING');
  });

  it('names the age of the oldest word that it counts', () => {
    const words = [said({ ageSeconds: 3 }), said({ peer: third, ageSeconds: 70 })];
    expect(hintOf([pool(9, ...words)]).peersHeardSecondsAgo).toBe(70);
  });

  it('says nothing but a band and an age, whatever the numbers are', () => {
    const report = fc.record({
      peer: fc.constantFrom(other, third),
      free: fc.nat(),
      granted: fc.nat(),
      applied: fc.nat(),
      ageSeconds: fc.nat(1_000),
    });
    const pools = fc.array(
      fc.tuple(fc.nat(), fc.array(report)).map(([free, reports]) => pool(free, ...reports)),
    );
    fc.assert(
      fc.property(pools, (hints) => {
        const { band, peersHeardSecondsAgo, ...rest } = hintOf(hints);
        expect(stockBands).toContain(band);
        expect(rest).toEqual({});
        expect(peersHeardSecondsAgo ?? 0).toBeLessThanOrEqual(reportLifeSeconds);
      }),
    );
  });
});

describe('answerOf', () => {
  const nobody = new Set<CellId>();
  const question = { quantity: 3, pools: [pool(0)], provenUnits: undefined, silentPeers: nobody };

  it('says OK and LOW by what this cell has for the whole quantity', () => {
    expect(answerOf({ ...question, pools: [pool(9)] }).answer).toBe('OK');
    expect(answerOf({ ...question, pools: [pool(3)] }).answer).toBe('LOW');
    expect(answerOf({ ...question, pools: [pool(2)] }).answer).toBe('BORROWING');
    expect(answerOf({ ...question, pools: [pool(2), pool(1)] }).answer).toBe('LOW');
  });

  it('says how many there are, or none, with proof only', () => {
    expect(answerOf({ ...question, provenUnits: 2 })).toEqual({
      answer: 'INSUFFICIENT',
      available: 2,
    });
    expect(answerOf({ ...question, provenUnits: 0 }).answer).toBe('GLOBAL_EMPTY');
    expect(answerOf({ ...question, provenUnits: 3 }).answer).toBe('BORROWING');
  });

  it('believes its own units rather than an older proof', () => {
    expect(answerOf({ ...question, pools: [pool(3)], provenUnits: 0 }).answer).toBe('LOW');
  });

  it('says PEER_UNREACHABLE only where a silent cell is what is missing', () => {
    const silentPeers = new Set([other]);
    expect(answerOf({ ...question, silentPeers }).answer).toBe('PEER_UNREACHABLE');
    // what the silent one said it had cannot be borrowed
    const fromSilent = [pool(0, said({ free: 50 }))];
    expect(answerOf({ ...question, silentPeers, pools: fromSilent }).answer).toBe(
      'PEER_UNREACHABLE',
    );
    const fromThird = [pool(0, said({ peer: third, free: 50 }))];
    expect(answerOf({ ...question, silentPeers, pools: fromThird }).answer).toBe('BORROWING');
    const onItsWay = [pool(0, said({ granted: 9, applied: 6 }))];
    expect(answerOf({ ...question, silentPeers, pools: onItsWay }).answer).toBe('BORROWING');
    expect(answerOf({ ...question, silentPeers, provenUnits: 0 }).answer).toBe('GLOBAL_EMPTY');
  });
});
