import { describe, expect, it } from '@jest/globals';

import type { KeptText, Learnt } from '../bundle/learnt.ts';
import { describeLearnt, isForgotten, wasAllRead, wasVerified } from './demo-verdict.ts';

const nothing: Learnt = { read: {}, guessed: [], kept: [] };
const name: KeptText = { text: 'fullName', field: 'i.i.content buyerName', under: 'FISCAL_a_2026' };
const letter: KeptText = { text: 'email', field: 'p.c.sealed email', under: 'era_eu-1_1' };
const invoice = { category: 'invoice', law: '§ 1', until: '2034-12-31', cohort: 'FISCAL_a_2026' };
const kept = (...texts: readonly KeptText[]): Learnt => ({ ...nothing, kept: texts });

describe('the verdict of a demonstration', () => {
  it('is that somebody is forgotten of whom only what the plan lists is kept', () => {
    const takes = { unusable: kept(name, letter), after: kept(name) };
    expect(isForgotten(takes, [invoice])).toBe(true);
    expect(isForgotten({ unusable: nothing, after: nothing }, [])).toBe(true);
  });

  it.each([
    ['something is read under a key of their own', { ...kept(name), read: { city: ['x'] } }],
    ['the address is guessed', { ...kept(name), guessed: ['login digest in x'] }],
    ['what the law wants is lost', nothing],
    ['something is kept that the plan does not list', kept(name, letter)],
  ])('is that nobody is forgotten where %s', (_, after) => {
    expect(isForgotten({ unusable: kept(name), after }, [invoice])).toBe(false);
  });

  it('wants everything but the password to have been read before', () => {
    const texts = { email: 'a', password: 'b' };
    expect(wasAllRead({ ...nothing, read: { email: ['x'] } }, texts)).toBe(true);
    expect(wasAllRead(nothing, texts)).toBe(false);
  });

  it('wants every part of the verification to have run and found nothing', () => {
    const run = { part: 'owners', login: null, result: 'run', tried: 1, found: 0 } as const;
    const certified = (...parts: readonly object[]) =>
      ({ certificate: { verification: parts } }) as unknown as Parameters<typeof wasVerified>[0];
    expect(wasVerified(certified(run, { ...run, part: 'store-scan' }))).toBe(true);
    expect(wasVerified(certified(run, { ...run, result: 'not_run' }))).toBe(false);
    expect(wasVerified(certified({ ...run, found: 1 }))).toBe(false);
    expect(wasVerified(certified())).toBe(false);
  });

  it('says under whose key each text is kept', () => {
    expect(describeLearnt('shopper', kept(name)).split('\n')).toEqual([
      '  Of the shopper: NOTHING under a key of their own.',
      '    kept under FISCAL_a_2026: fullName, as i.i.content buyerName',
    ]);
  });
});
