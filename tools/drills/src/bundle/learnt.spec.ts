import type { AttackReport } from '@entrepot/attacker';
import { describe, expect, it } from '@jest/globals';

import { hasLearntNothing, learntOf } from './learnt.ts';

const texts = { email: 'anna@people.example', city: 'Berlin "Mitte"' };

function reportOf(
  values: readonly string[],
  words: readonly string[] = [],
  records: readonly string[] = [],
): AttackReport {
  const kept = { store: 'now: shop rows', column: 's.t.content', under: 'FISCAL_a_2026' };
  const place = { table: 't', column: 'c', rowId: 'r' };
  return {
    ...{ cell: 'eu-1', logins: [], trails: [], siblings: [] },
    keys: { living: 0, wrapped: 0, unwrapped: 0, triedWithEveryKey: 0 },
    stores: [
      {
        ...{ store: 'now: shop rows', sealed: values.length },
        opened: values.map((value) => ({ store: 'now: shop rows', subject: 's', place, value })),
      },
    ],
    kept: { sealed: records.length, opened: records.map((value) => ({ ...kept, value })) },
    guesses: words.map((word) => ({
      ...{ store: 'now: vault rows', word, subject: 's', by: 'login digest' as const },
    })),
  };
}

describe('what an attack tells about a person', () => {
  it('is nothing where only others were read', () => {
    const report = reportOf(['otto@people.example', '{"city":"Bonn"}'], ['otto@people.example']);
    expect(hasLearntNothing(learntOf(report, texts))).toBe(true);
  });

  it('names what was read, as it was typed or within a document, and where', () => {
    const report = reportOf(['anna@people.example', JSON.stringify({ city: texts.city })]);
    expect(learntOf(report, texts).read).toEqual({
      email: ['now: shop rows'],
      city: ['now: shop rows'],
    });
  });

  it('takes a guessed address for something', () => {
    const learnt = learntOf(reportOf(['{no JSON'], [texts.email]), texts);
    const guessed = ['login digest in now: vault rows'];
    expect(learnt).toEqual({ read: {}, guessed, kept: [] });
    expect(hasLearntNothing(learnt)).toBe(false);
  });

  it('tells apart what a law keeps, by the member of the record and whose key it is', () => {
    const invoice = { fields: { buyerName: texts.email, buyerAddress: [`1 ${texts.city}`, 'DE'] } };
    const learnt = learntOf(reportOf([], [], [JSON.stringify(invoice)]), texts);
    expect(hasLearntNothing(learnt)).toBe(true);
    expect(learnt.kept).toEqual([
      { text: 'city', field: 's.t.content buyerAddress', under: 'FISCAL_a_2026' },
      { text: 'email', field: 's.t.content buyerName', under: 'FISCAL_a_2026' },
    ]);
  });
});
