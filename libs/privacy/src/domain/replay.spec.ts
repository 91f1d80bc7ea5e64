import type { CellId, ErasureRequestId, SubjectId } from '@entrepot/kernel';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochFactKinds, erasureFactKinds } from './erasure-journal.ts';
import type { EpochFact, ErasureFact, JournalEntry, JournalFact } from './erasure-journal.ts';
import { epochFatesIn, epochReplayOf, fatesIn, replayOf, replaySteps } from './replay.ts';
import type {
  EpochFate,
  EpochReplayStep,
  Fate,
  Remembered,
  RememberedEpoch,
  ReplayStep,
} from './replay.ts';

const cell = 'in-1' as CellId;
const instant = (n: number): string => new Date(1_700_000_000_000 + n * 1_000).toISOString();
const person = (n: number) => `sub_in-1_${String(n).padStart(26, '0')}` as SubjectId;
const request = (n: number) => `ers_in-1_${String(n).padStart(26, '0')}` as ErasureRequestId;
const arn = (letter: string): string => `arn-sha256:${letter.repeat(64)}`;

/** Checked already, so that nobody looks at digests and signatures any more. */
const entriesOf = (facts: readonly JournalFact[]): JournalEntry[] =>
  [{ kind: 'opened' as const, at: instant(0) }, ...facts].map((fact, index) => ({
    ...{ cell, seq: index + 1, previous: '', fact, keyArn: '', signature: '' },
  }));

const someErasures = fc
  .array(
    fc.record({
      kind: fc.constantFrom(...erasureFactKinds),
      who: fc.nat({ max: 5 }),
      keys: fc.subarray([arn('a'), 'epoch:2-7']),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((facts) =>
    facts.map(({ kind, who, keys }, n): ErasureFact => ({
      ...{ kind, subject: person(who), requestId: request(who), at: instant(n + 1), keys },
    })),
  );

const someMemory: fc.Arbitrary<Remembered> = fc.record({
  isFencedInVault: fc.boolean(),
  shop: fc.constantFrom(...(['active', 'restricted', 'fenced', 'erased', undefined] as const)),
  key: fc.constantFrom('usable' as const, 'fenced' as const, 'destroyed' as const, undefined),
  hasCovered: fc.boolean(),
  ledger: fc.constantFrom(...(['absent', 'fenced', 'unusable', 'destroyed'] as const)),
  isPurgeOrdered: fc.boolean(),
});

const dueOf = ({ unusableAt, destroyedAt }: Fate): Remembered['ledger'] =>
  destroyedAt ? 'destroyed' : unusableAt ? 'unusable' : 'fenced';

/** A restored cell as a model: what the steps of a replay do to it. A key is adopted where KMS still has it. */
function after(step: ReplayStep, of: Remembered, fate: Fate, hasKey: boolean): Remembered {
  switch (step) {
    case 'adopt-key':
      return { ...of, key: hasKey ? 'usable' : of.key };
    case 'fence-vault':
      return { ...of, isFencedInVault: true, key: of.key === 'usable' ? 'fenced' : of.key };
    case 'fence-shop':
      return { ...of, shop: 'fenced' };
    case 'wipe-covered':
      return { ...of, hasCovered: false };
    case 'wipe-key':
      return { ...of, key: 'destroyed' };
    case 'enter-ledger':
      return { ...of, ledger: dueOf(fate) };
    case 'order-purge':
      return { ...of, isPurgeOrdered: true };
  }
}

describe('the replay of a person', () => {
  it('leaves everybody fenced and purged and no destroyed key behind, and a second one has nothing to do', () => {
    fc.assert(
      fc.property(someErasures, someMemory, fc.boolean(), (facts, memory, hasKey) => {
        for (const fate of fatesIn(entriesOf(facts))) {
          let now = memory;
          for (const step of replayOf(fate, memory)) now = after(step, now, fate, hasKey);
          expect(replayOf(fate, now)).toEqual([]);
          expect(now.isFencedInVault).toBe(true);
          expect(['fenced', 'erased']).toContain(now.shop);
          expect(now.shop === 'erased' || now.isPurgeOrdered).toBe(true);
          if (fate.unusableAt !== undefined) expect(now.hasCovered).toBe(false);
          if (fate.destroyedAt !== undefined) expect(['destroyed', undefined]).toContain(now.key);
        }
      }),
    );
  });

  const forgotten: Remembered = {
    ...{ isFencedInVault: false, shop: 'active', isPurgeOrdered: false },
    ...{ key: 'usable', hasCovered: true, ledger: 'absent' },
  };
  const of = { subject: person(1), requestId: request(1) };
  const fateOf = (...facts: readonly ErasureFact[]): Fate => {
    const [fate] = fatesIn(entriesOf(facts));
    if (fate === undefined) throw new RangeError('these facts are of nobody');
    return fate;
  };

  it('fences before it touches a key, and orders the purge last', () => {
    const fate = fateOf({ kind: 'key-destroyed', ...of, at: instant(1), keys: [arn('a')] });
    expect(replayOf(fate, forgotten)).toEqual(replaySteps.filter((step) => step !== 'adopt-key'));
  });

  it('asks for a key that the vault has never seen, before the fence, unless it is destroyed', () => {
    const stranger = { ...forgotten, key: undefined, hasCovered: false };
    const fenced = { kind: 'fenced', ...of, at: instant(1), keys: [arn('a')] } as const;
    expect(replayOf(fateOf(fenced), stranger).slice(0, 2)).toEqual(['adopt-key', 'fence-vault']);
    const destroyed = { kind: 'key-destroyed', ...of, at: instant(2), keys: [arn('a')] } as const;
    expect(replayOf(fateOf(fenced, destroyed), stranger)).not.toContain('adopt-key');
    const nameless = fateOf({ ...fenced, keys: ['epoch:1-2'] });
    expect(replayOf(nameless, stranger)).not.toContain('adopt-key');
  });

  it('remembers of each person the first instant of each fact, and every epoch', () => {
    const fate = fateOf(
      { kind: 'fenced', ...of, at: instant(1), keys: [arn('a'), 'epoch:3-4'] },
      { kind: 'fenced', ...of, at: instant(2), keys: [arn('a'), 'epoch:3-4'] },
      { kind: 'key-unusable', ...of, at: instant(3), keys: [arn('a'), 'epoch:3-5'] },
      { kind: 'key-destroyed', ...of, at: instant(4), keys: ['epoch:2-5'] },
    );
    expect(fate).toEqual({
      ...of,
      ...{ fencedAt: instant(1), unusableAt: instant(3), destroyedAt: instant(4) },
      ...{ arnDigest: 'a'.repeat(64), epochs: { first: 2, last: 5 } },
    });
  });
});

const keys = [arn('b'), arn('c')];
const someEpochFacts = fc
  .array(
    fc.record({
      kind: fc.constantFrom(...epochFactKinds),
      epoch: fc.integer({ min: 1, max: 4 }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((facts) => facts.map((fact, n): EpochFact => ({ ...fact, at: instant(n + 1), keys })));
const someRemembered = fc.constantFrom<RememberedEpoch>(
  ...(['absent', 'making', 'living', 'retired', 'destroyed'] as const),
);

/** An epoch that is adopted is retired: nothing lies under it, and nothing ever will. */
function epochAfter(step: EpochReplayStep | undefined, now: RememberedEpoch): RememberedEpoch {
  if (step === undefined) return now;
  return step === 'end-epoch' ? 'destroyed' : 'retired';
}

describe('the replay of an epoch', () => {
  const fateOf = (...kinds: readonly EpochFact['kind'][]): EpochFate => {
    const facts = kinds.map((kind, n) => ({ kind, epoch: 3, at: instant(n + 1), keys }));
    const [fate] = epochFatesIn(entriesOf(facts));
    if (fate === undefined) throw new RangeError('these facts are of no epoch');
    return fate;
  };

  it('keeps every number that was given, takes no ended epoch for living, and is done once', () => {
    fc.assert(
      fc.property(someEpochFacts, someRemembered, (facts, memory) => {
        for (const fate of epochFatesIn(entriesOf(facts))) {
          const now = epochAfter(epochReplayOf(fate, memory), memory);
          expect(epochReplayOf(fate, now)).toBeUndefined();
          expect(['absent', 'making']).not.toContain(now);
          if (fate.destroyedAt !== undefined) expect(now).toBe('destroyed');
          else if (fate.retiredAt !== undefined) expect(['retired', 'destroyed']).toContain(now);
        }
      }),
    );
  });

  it('leaves a living epoch alone that the cell had not ended', () => {
    expect(epochReplayOf(fateOf('epoch-made'), 'living')).toBeUndefined();
    expect(epochReplayOf(fateOf('epoch-made', 'epoch-retired'), 'living')).toBe('retire-epoch');
  });

  it('goes by the numbers, whatever the order of the facts, with both keys of each', () => {
    const fates = epochFatesIn(
      entriesOf([
        { kind: 'epoch-made', epoch: 2, at: instant(1), keys: [arn('d'), arn('e')] },
        { kind: 'epoch-destroyed', epoch: 1, at: instant(2), keys },
        { kind: 'epoch-retired', epoch: 2, at: instant(3), keys: [arn('d'), arn('e')] },
      ]),
    );
    expect(fates).toEqual([
      {
        ...{ epoch: 1, rootDigest: 'b'.repeat(64), indexDigest: 'c'.repeat(64) },
        ...{ madeAt: instant(2), retiredAt: instant(2), destroyedAt: instant(2) },
      },
      {
        ...{ epoch: 2, rootDigest: 'd'.repeat(64), indexDigest: 'e'.repeat(64) },
        ...{ madeAt: instant(1), retiredAt: instant(3), destroyedAt: undefined },
      },
    ]);
  });
});
