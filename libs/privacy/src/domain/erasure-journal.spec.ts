import { generateKeyPairSync, sign } from 'node:crypto';
import type { CellId, ErasureRequestId, SubjectId } from '@entrepot/kernel';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type {
  ErasureFact,
  JournalEntry,
  Remembered,
  ReplayStep,
  UnsignedEntry,
} from './erasure-journal.ts';
import {
  BrokenJournalError,
  checkEntries,
  checkWitnessed,
  digestOf,
  emptyHead,
  erasureFactKinds,
  fatesIn,
  headAfter,
  messageOf,
  replayOf,
} from './erasure-journal.ts';

const cell = 'in-1' as CellId;
const keyArn = 'arn:aws:kms:ap-south-1:000000000000:key/journal';
const signer = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pemOf = (pair: typeof signer) =>
  pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const keys = new Map([[keyArn, pemOf(signer)]]);
const runs = { numRuns: 60 };

function signed(entry: UnsignedEntry, pair = signer): JournalEntry {
  const key = { key: pair.privateKey, dsaEncoding: 'ieee-p1363' as const };
  return {
    ...entry,
    keyArn,
    signature: sign('sha256', messageOf(entry), key).toString('base64url'),
  };
}

function journalOf(facts: readonly ErasureFact[], of = cell): JournalEntry[] {
  const entries: JournalEntry[] = [];
  let head = emptyHead;
  for (const fact of [{ kind: 'opened' as const, at: instant(0) }, ...facts]) {
    const entry = signed({ cell: of, seq: head.seq + 1, previous: head.digest, fact });
    entries.push(entry);
    head = headAfter(entry);
  }
  return entries;
}

const instant = (n: number): string => new Date(1_700_000_000_000 + n * 1_000).toISOString();
const person = (n: number) => `sub_in-1_${String(n).padStart(26, '0')}` as SubjectId;
const request = (n: number) => `ers_in-1_${String(n).padStart(26, '0')}` as ErasureRequestId;

const someFacts = fc
  .array(
    fc.record({
      kind: fc.constantFrom(...erasureFactKinds),
      who: fc.nat({ max: 5 }),
      key: fc.option(fc.constantFrom(`arn-sha256:${'a'.repeat(64)}`, 'epoch:7'), {
        nil: undefined,
      }),
    }),
    { minLength: 2, maxLength: 8 },
  )
  .map((list) =>
    list.map(({ kind, who, key }, n): ErasureFact => ({
      ...{ kind, subject: person(who), requestId: request(who), at: instant(n + 1) },
      ...(key !== undefined && { key }),
    })),
  );

/** What is wrong with the entries, held against the head that was witnessed. */
function faultOf(entries: readonly JournalEntry[], witnessed = emptyHead): string {
  try {
    checkEntries(entries, { cell, keys });
    checkWitnessed(entries, witnessed);
    return 'none';
  } catch (error) {
    if (error instanceof BrokenJournalError) return error.fault;
    throw error;
  }
}

const headOf = (entries: readonly JournalEntry[]) => checkEntries(entries, { cell, keys });
function nth<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError(`there is no item ${index}`);
  return item;
}
const anyPlace = fc.nat({ max: 1_000 });

describe('the chain of a journal', () => {
  it('holds from its first entry to its head, whole or read in two parts', () => {
    fc.assert(
      fc.property(someFacts, anyPlace, (facts, cut) => {
        const entries = journalOf(facts);
        const at = cut % entries.length;
        const after = headOf(entries.slice(0, at));
        expect(checkEntries(entries.slice(at), { cell, keys, after })).toEqual(headOf(entries));
        expect(faultOf(entries, headOf(entries))).toBe('none');
      }),
      runs,
    );
  });

  it('that lost entries at its end is truncated, as soon as one of them was witnessed', () => {
    fc.assert(
      fc.property(someFacts, anyPlace, (facts, cut) => {
        const entries = journalOf(facts);
        const rest = entries.slice(0, cut % entries.length);
        expect(faultOf(rest, headOf(entries))).toBe('truncated');
      }),
      runs,
    );
  });

  it('names an entry that stands in the place of another', () => {
    fc.assert(
      fc.property(someFacts, anyPlace, anyPlace, (facts, one, other) => {
        const entries = journalOf(facts);
        const [a, b] = [one % entries.length, other % entries.length];
        fc.pre(a !== b);
        const swapped = entries.with(a, nth(entries, b)).with(b, nth(entries, a));
        expect(faultOf(swapped)).toBe('reordered');
      }),
      runs,
    );
  });

  it('names an entry of which one word was changed', () => {
    const change = fc.constantFrom<(fact: ErasureFact) => ErasureFact>(
      (fact) => ({ ...fact, subject: person(99) }),
      (fact) => ({ ...fact, requestId: request(99) }),
      (fact) => ({ ...fact, at: instant(99) }),
      (fact) => ({ ...fact, key: 'epoch:99' }),
      (fact) => ({ ...fact, kind: fact.kind === 'fenced' ? 'key-destroyed' : 'fenced' }),
    );
    fc.assert(
      fc.property(someFacts, anyPlace, change, (facts, at, changed) => {
        const entries = journalOf(facts);
        const place = 1 + (at % facts.length);
        const entry = nth(entries, place);
        const forged = { ...entry, fact: changed(entry.fact as ErasureFact) };
        expect(faultOf(entries.with(place, forged))).toBe('tampered');
      }),
      runs,
    );
  });

  it('names a second history, even one that the right key signed', () => {
    fc.assert(
      fc.property(someFacts, anyPlace, (facts, at) => {
        const entries = journalOf(facts);
        const place = at % facts.length;
        const other = facts.with(place, { ...nth(facts, place), subject: person(77) });
        const fork = journalOf(other);
        expect(faultOf([...fork.slice(0, place + 2), ...entries.slice(place + 2)])).toBe(
          place + 2 < entries.length ? 'forked' : 'none',
        );
        expect(faultOf(fork, headOf(entries))).toBe('forked');
      }),
      runs,
    );
  });

  it('believes no other key and no other cell, and begins at its beginning', () => {
    const fact = {
      kind: 'fenced',
      subject: person(1),
      requestId: request(1),
      at: instant(1),
    } as const;
    const entries = journalOf([fact]);
    const forged = signed(nth(entries, 1), stranger);
    expect(faultOf(entries.with(1, forged))).toBe('tampered');
    expect(faultOf(entries.with(1, { ...forged, keyArn: `${keyArn}-2` }))).toBe('unknown-key');
    expect(faultOf(journalOf([fact], 'eu-1' as CellId))).toBe('foreign');
    expect(faultOf([signed({ cell, seq: 1, previous: emptyHead.digest, fact })])).toBe('forked');
  });

  it('gives two different entries two different digests', () => {
    fc.assert(
      fc.property(someFacts, (facts) => {
        const digests = journalOf(facts).map(digestOf);
        expect(new Set(digests).size).toBe(digests.length);
      }),
      runs,
    );
  });
});

/** A restored cell as a model: what the steps of a replay do to it. */
function after(step: ReplayStep, of: Remembered, due: Remembered['ledger']): Remembered {
  switch (step) {
    case 'fence-vault':
      return { ...of, isFencedInVault: true, key: of.key === 'usable' ? 'fenced' : of.key };
    case 'fence-shop':
      return { ...of, shop: 'fenced' };
    case 'wipe-key':
      return { ...of, key: 'destroyed' };
    case 'enter-ledger':
      return { ...of, ledger: due };
    case 'order-purge':
      return { ...of, isPurgeOrdered: true };
  }
}

const someMemory: fc.Arbitrary<Remembered> = fc.record({
  isFencedInVault: fc.boolean(),
  shop: fc.constantFrom('active' as const, 'fenced' as const, 'erased' as const, undefined),
  key: fc.constantFrom('usable' as const, 'fenced' as const, 'destroyed' as const, undefined),
  ledger: fc.constantFrom(...(['absent', 'fenced', 'unusable', 'destroyed'] as const)),
  isPurgeOrdered: fc.boolean(),
});

describe('the replay of a journal', () => {
  it('leaves everybody fenced and purged and no destroyed key behind, and a second one has nothing to do', () => {
    fc.assert(
      fc.property(someFacts, someMemory, (facts, memory) => {
        for (const fate of fatesIn(journalOf(facts))) {
          const due = fate.destroyedAt ? 'destroyed' : fate.unusableAt ? 'unusable' : 'fenced';
          let now = memory;
          for (const step of replayOf(fate, memory)) now = after(step, now, due);
          expect(replayOf(fate, now)).toEqual([]);
          expect(now.isFencedInVault).toBe(true);
          expect(['fenced', 'erased']).toContain(now.shop);
          expect(now.shop === 'erased' || now.isPurgeOrdered).toBe(true);
          if (fate.destroyedAt !== undefined) expect(['destroyed', undefined]).toContain(now.key);
        }
      }),
      runs,
    );
  });

  it('fences before it touches a key, and orders the purge last', () => {
    const of = { subject: person(1), requestId: request(1), at: instant(1) };
    const [fate] = fatesIn(journalOf([{ kind: 'key-destroyed', ...of }]));
    const forgotten: Remembered = {
      ...{ isFencedInVault: false, shop: 'active' as const, isPurgeOrdered: false },
      ...{ key: 'usable' as const, ledger: 'absent' as const },
    };
    expect(fate && replayOf(fate, forgotten)).toEqual([
      'fence-vault',
      'fence-shop',
      'wipe-key',
      'enter-ledger',
      'order-purge',
    ]);
  });

  it('remembers of each person the first instant of each fact', () => {
    const of = { subject: person(1), requestId: request(1) };
    const journal = journalOf([
      { kind: 'fenced', ...of, at: instant(1) },
      { kind: 'fenced', ...of, at: instant(2) },
      { kind: 'key-unusable', ...of, at: instant(3), key: 'epoch:7' },
      { kind: 'key-destroyed', ...of, at: instant(4), key: 'epoch:7' },
    ]);
    expect(fatesIn(journal)).toEqual([
      {
        ...of,
        ...{ fencedAt: instant(1), unusableAt: instant(3), destroyedAt: instant(4) },
        key: 'epoch:7',
      },
    ]);
  });
});
