import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkBank } from '../src/histories/check-bank.ts';
import { checkCounter } from '../src/histories/check-counter.ts';
import { checkQueue } from '../src/histories/check-queue.ts';
import { checkSet } from '../src/histories/check-set.ts';
import { checkUniqueIds } from '../src/histories/check-unique-ids.ts';
import type { Operation } from '../src/histories/history.ts';

/** When an operation began, when it took effect, when its client heard of it. */
interface Span {
  readonly startedAt: number;
  readonly point: number;
  readonly endedAt: number;
}

const span = fc
  .tuple(fc.nat(1000), fc.nat(60), fc.nat(60))
  .map(([startedAt, before, after]): Span => ({
    ...{ startedAt, point: startedAt + before, endedAt: startedAt + before + after },
  }));
const outcome = fc.constantFrom<Operation<unknown, unknown>['outcome']>(
  ...(['done', 'done', 'done', 'unknown', 'refused'] as const),
);

const doneAt = <Ask, Answer>({ startedAt, endedAt }: Span, ask: Ask, answer: Answer) =>
  ({ startedAt, endedAt, outcome: 'done', ask, answer }) satisfies Operation<Ask, Answer>;

/** An addition; one of an unknown outcome takes effect at its point, long after, or never. */
const addition = fc.record({
  span,
  outcome,
  units: fc.integer({ min: 1, max: 9 }),
  late: fc.option(fc.nat(900)),
});
type Addition = typeof addition extends fc.Arbitrary<infer T> ? T : never;

const effectOf = ({ span: { point }, outcome: how, late }: Addition): number => {
  if (how === 'done') return point;
  return how === 'unknown' && late !== null ? point + late : Infinity;
};

const asked = <Ask>(of: Addition, ask: Ask): Operation<Ask, undefined> => ({
  ...{ startedAt: of.span.startedAt, endedAt: of.span.endedAt, outcome: of.outcome, ask },
  answer: undefined,
});

/** What happened in a store that does all it says at one instant each. */
const world = fc.record({
  additions: fc.array(addition, { minLength: 1, maxLength: 25 }),
  reads: fc.array(span, { minLength: 1, maxLength: 25 }),
});
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

const idOf = (index: number) => `element-${index}`;
const setOf = ({ additions, reads }: World) => ({
  additions: additions.map((of, index) => asked(of, idOf(index))),
  reads: reads.map((read) =>
    doneAt(
      read,
      undefined,
      additions.flatMap((of, index) => (effectOf(of) <= read.point ? [idOf(index)] : [])),
    ),
  ),
});
const counterOf = ({ additions, reads }: World) => ({
  additions: additions.map((of) => asked(of, of.units)),
  reads: reads.map((read) =>
    doneAt(
      read,
      undefined,
      additions.reduce((sum, of) => sum + (effectOf(of) <= read.point ? of.units : 0), 0),
    ),
  ),
});

const codesOf = (breaches: readonly { readonly code: string }[]) => [
  ...new Set(breaches.map(({ code }) => code)),
];
/** A read from after everything, so that a plant is in its view. */
const after: Span = { startedAt: 5000, point: 5000, endedAt: 5001 };

describe('A set', () => {
  it('passes where every addition took effect at one instant', () => {
    fc.assert(
      fc.property(world, (of) => {
        const { additions, reads } = setOf(of);
        expect(checkSet(additions, reads)).toEqual([]);
      }),
    );
  });

  it('is found to have lost any acknowledged element that a last read does not show', () => {
    fc.assert(
      fc.property(world, fc.nat(), ({ additions, reads }, which) => {
        const of = setOf({ additions, reads: [...reads, after] });
        const last = of.reads.at(-1);
        const known = of.additions.filter(({ outcome: how }) => how === 'done');
        const lost = known[which % Math.max(1, known.length)]?.ask;
        fc.pre(last !== undefined && lost !== undefined);
        const without = { ...last, answer: last.answer.filter((element) => element !== lost) };
        expect(checkSet(of.additions, [...of.reads.slice(0, -1), without])).toContainEqual(
          expect.objectContaining({
            code: 'SET_LOST',
            row: expect.objectContaining({ element: lost }),
          }),
        );
        const again = { ...last, startedAt: 6000, endedAt: 6001 };
        expect(codesOf(checkSet(of.additions, [...of.reads.slice(0, -1), without, again]))).toEqual(
          ['SET_STALE'],
        );
      }),
    );
  });

  it('is found to show twice, to show what nobody asked for, what was refused, and what is asked later', () => {
    const one = (how: 'done' | 'refused', startedAt = 0) =>
      ({ startedAt, endedAt: startedAt + 1, outcome: how, ask: 'a', answer: undefined }) as const;
    const read = doneAt({ startedAt: 2, point: 2, endedAt: 3 }, undefined, ['a']);
    expect(codesOf(checkSet([one('done')], [{ ...read, answer: ['a', 'a'] }]))).toEqual([
      'SET_DOUBLED',
    ]);
    expect(codesOf(checkSet([one('done')], [{ ...read, answer: ['a', 'b'] }]))).toEqual([
      'SET_ADDED_UNASKED',
    ]);
    expect(codesOf(checkSet([one('refused')], [read]))).toEqual(['SET_ADDED_UNASKED']);
    expect(codesOf(checkSet([one('done', 9)], [read]))).toEqual(['SET_ADDED_UNASKED']);
  });

  it('may show an element of an unknown outcome at any time, and then for ever', () => {
    const unknown = {
      startedAt: 0,
      endedAt: 1,
      outcome: 'unknown',
      ask: 'a',
      answer: undefined,
    } as const;
    const readAt = (at: number, answer: string[]) =>
      doneAt({ startedAt: at, point: at, endedAt: at + 1 }, undefined, answer);
    expect(checkSet([unknown], [readAt(5, []), readAt(50, ['a'])])).toEqual([]);
    expect(codesOf(checkSet([unknown], [readAt(5, ['a']), readAt(50, [])]))).toEqual(['SET_LOST']);
  });
});

describe('A counter', () => {
  it('passes where every addition took effect at one instant', () => {
    fc.assert(
      fc.property(world, (of) => {
        const { additions, reads } = counterOf(of);
        expect(checkCounter(additions, reads)).toEqual([]);
      }),
    );
  });

  it('is found out when it has lost or invented one unit', () => {
    fc.assert(
      fc.property(world, ({ additions, reads }) => {
        const settled = additions.filter(({ outcome: how }) => how !== 'unknown');
        const of = counterOf({ additions: settled, reads: [...reads, after] });
        const last = of.reads.at(-1);
        fc.pre(last !== undefined);
        const withUnits = (by: number) =>
          codesOf(checkCounter(of.additions, [{ ...last, answer: last.answer + by }]));
        expect(withUnits(-1)).toEqual(['COUNTER_LOST_AN_ADDITION']);
        expect(withUnits(1)).toEqual(['COUNTER_ADDED_UNASKED']);
      }),
    );
  });
});

describe('A bank', () => {
  const accounts = ['free', 'held', 'sold', 'granted'] as const;
  const transfers = fc.array(
    fc.record({
      span,
      from: fc.constantFrom(...accounts),
      to: fc.constantFrom(...accounts),
      units: fc.nat(20),
    }),
    { maxLength: 30 },
  );

  it('passes while units only move, and is found out by one that came, went or was overdrawn', () => {
    const any = fc.record({
      transfers,
      reads: fc.array(span, { minLength: 1 }),
      which: fc.nat(),
      account: fc.constantFrom(...accounts),
    });
    fc.assert(
      fc.property(any, ({ transfers: moves, reads, which, account }) => {
        const inOrder = moves.toSorted((left, right) => left.span.point - right.span.point);
        const balancesAt = (at: number) => {
          const balances = { free: 100, held: 0, sold: 0, granted: 0 };
          for (const { span: of, from, to, units } of inOrder) {
            if (of.point > at || balances[from] < units) continue;
            balances[from] -= units;
            balances[to] += units;
          }
          return balances;
        };
        const good = reads.map((read) => doneAt(read, undefined, balancesAt(read.point)));
        expect(checkBank(good, 100)).toEqual([]);
        const planted = (change: (balances: Record<string, number>) => Record<string, number>) =>
          codesOf(
            checkBank(
              good.map((read, index) =>
                index === which % good.length ? { ...read, answer: change(read.answer) } : read,
              ),
              100,
            ),
          );
        expect(planted((of) => ({ ...of, [account]: (of[account] ?? 0) + 1 }))).toContain(
          'BANK_TOTAL_WRONG',
        );
        expect(planted((of) => ({ ...of, free: -1, held: 101, sold: 0, granted: 0 }))).toEqual([
          'BANK_ACCOUNT_NEGATIVE',
        ]);
      }),
    );
  });
});

describe('Ids', () => {
  it('pass while all differ, and are found out when any is given again', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.uuid(), { minLength: 2 }), fc.nat(), (ids, which) => {
        const given = ids.map((id) => doneAt(after, undefined, id));
        expect(checkUniqueIds(given)).toEqual([]);
        const again = given[which % given.length];
        fc.pre(again !== undefined);
        expect(codesOf(checkUniqueIds([...given, again]))).toEqual(['ID_GIVEN_TWICE']);
      }),
    );
  });
});

describe('A queue', () => {
  it('passes when it is drained, and is found out when it lost, invented or doubled one', () => {
    fc.assert(
      fc.property(fc.array(addition, { minLength: 1, maxLength: 20 }), (additions) => {
        const puts = additions.map((of, index) => asked(of, idOf(index)));
        const takes = additions.flatMap((of, index) =>
          effectOf(of) === Infinity ? [] : [doneAt(after, undefined, idOf(index))],
        );
        const once = { mayDouble: false };
        expect(checkQueue(puts, takes, once)).toEqual([]);
        expect(
          codesOf(checkQueue(puts, [...takes, doneAt(after, undefined, 'stranger')], once)),
        ).toEqual(['QUEUE_UNASKED']);
        const owed = puts.find(({ outcome: how }) => how === 'done')?.ask;
        fc.pre(owed !== undefined);
        const without = takes.filter(({ answer }) => answer !== owed);
        expect(codesOf(checkQueue(puts, without, once))).toEqual(['QUEUE_LOST']);
        const doubled = [...takes, doneAt(after, undefined, owed)];
        expect(codesOf(checkQueue(puts, doubled, once))).toEqual(['QUEUE_DOUBLED']);
        expect(checkQueue(puts, doubled, { mayDouble: true })).toEqual([]);
      }),
    );
  });
});
