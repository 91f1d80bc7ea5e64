import { describe, expect, it } from '@jest/globals';
import type { CountryCode } from '@entrepot/kernel';
import { lawProblems, ruleInForce, storedCategories } from './retention-rule.ts';
import type { RetentionRule } from './retention-rule.ts';

const country = 'ZZ' as CountryCode;
const ruleOf = (category: (typeof storedCategories)[number]): RetentionRule => ({
  ...{ legalEntity: 'entity', country, category, action: 'shred-now', leaves: 'nothing' },
  ...{ law: 'Article 1', version: 1, inForceSince: '2026-01-01', spec: 'a spec' },
  signOff: { role: 'engineering', on: '2026-01-01' },
});
const law = storedCategories.map(ruleOf);
const demands = { countries: [country], on: '2026-06-01', needsCounsel: false };

describe('a country', () => {
  it('is served where every stored category has a signed rule', () => {
    expect(lawProblems(law, demands)).toEqual([]);
  });

  it('is not served where a category has no rule in force, and is told what to do', () => {
    const without = law.filter(({ category }) => category !== 'cart');
    const later = { ...ruleOf('cart'), inForceSince: '2026-06-02' };
    for (const incomplete of [without, [...without, later]]) {
      expect(lawProblems(incomplete, demands)).toEqual([
        'No erasure rule of ZZ is in force for cart: add one to the region’s retention law, or take ZZ out of the cells file.',
      ]);
    }
  });

  it('is not served by rules that nobody signed, nor in production by rules that counsel did not', () => {
    const unsigned = law.map((rule) => ({ ...rule, signOff: undefined }));
    expect(lawProblems(unsigned, demands).join()).toContain('are not signed: have them read');
    expect(lawProblems(law, { ...demands, needsCounsel: true }).join()).toContain(
      'are not signed by counsel',
    );
    const signOff = { role: 'counsel', on: '2026-01-01' } as const;
    const signed = law.map((rule) => ({ ...rule, signOff }));
    expect(lawProblems(signed, { ...demands, needsCounsel: true })).toEqual([]);
  });

  it('is not served by a law that contradicts itself', () => {
    expect(lawProblems([...law, ruleOf('cart')], demands)).toEqual([
      'The retention law has two rules for ZZ cart 1.',
    ]);
  });
});

describe('a rule', () => {
  it('gives way to a later version from the day on which that is in force', () => {
    const next = { ...ruleOf('cart'), version: 2, inForceSince: '2027-05-13' };
    const of = (on: string) =>
      ruleInForce([...law, next], { country, category: 'cart', on })?.version;
    expect([of('2025-12-31'), of('2027-05-12'), of('2027-05-13')]).toEqual([undefined, 1, 2]);
  });
});
