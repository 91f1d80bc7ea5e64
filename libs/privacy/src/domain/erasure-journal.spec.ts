import { generateKeyPairSync, sign } from 'node:crypto';
import type { CellId, ErasureRequestId, SubjectId } from '@entrepot/kernel';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ErasureFact, JournalEntry, JournalFact, UnsignedEntry } from './erasure-journal.ts';
import {
  BrokenJournalError,
  checkEntries,
  checkWitnessed,
  digestOf,
  emptyHead,
  epochFactKinds,
  erasureFactKinds,
  headAfter,
  messageOf,
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

function journalOf(facts: readonly JournalFact[], of = cell): JournalEntry[] {
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

const arnNamed = (letter: string): string => `arn-sha256:${letter.repeat(64)}`;
const someFact = fc.oneof(
  fc.record({
    kind: fc.constantFrom(...erasureFactKinds),
    subject: fc.nat({ max: 5 }).map(person),
    keys: fc.subarray([arnNamed('a'), 'epoch:2-7']),
  }),
  fc.record({
    kind: fc.constantFrom(...epochFactKinds),
    epoch: fc.integer({ min: 1, max: 4 }),
    keys: fc.constant([arnNamed('b'), arnNamed('c')]),
  }),
);
const someFacts = fc
  .array(someFact, { minLength: 2, maxLength: 8 })
  .map((facts) =>
    facts.map((fact, n): JournalFact =>
      'epoch' in fact
        ? { ...fact, at: instant(n + 1) }
        : { ...fact, requestId: request(n % 3), at: instant(n + 1) },
    ),
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
    const change = fc.constantFrom<(fact: JournalFact) => JournalFact>(
      (fact) => ('epoch' in fact ? { ...fact, epoch: 99 } : { ...fact, subject: person(99) }),
      (fact) => ('epoch' in fact ? { ...fact, epoch: 98 } : { ...fact, requestId: request(99) }),
      (fact) => ({ ...fact, at: instant(99) }),
      (fact) => ({ ...fact, keys: ['epoch:99-99'] }),
      (fact) =>
        'epoch' in fact
          ? { ...fact, kind: fact.kind === 'epoch-made' ? 'epoch-retired' : 'epoch-made' }
          : { ...fact, kind: fact.kind === 'fenced' ? 'key-destroyed' : 'fenced' },
    );
    fc.assert(
      fc.property(someFacts, anyPlace, change, (facts, at, changed) => {
        const entries = journalOf(facts);
        const place = 1 + (at % facts.length);
        const entry = nth(entries, place);
        const forged = { ...entry, fact: changed(entry.fact as JournalFact) };
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
        const at99 = { ...nth(facts, place), at: instant(99) };
        const other = facts.with(place, at99);
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
    const fact: ErasureFact = {
      ...{ kind: 'fenced', subject: person(1), requestId: request(1) },
      ...{ at: instant(1), keys: [] },
    };
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
