import { generateKeyPairSync, sign } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clock } from '@entrepot/kernel';
import type { CellId, ErasureRequestId, SubjectId } from '@entrepot/kernel';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EvidenceKeys } from '../application/erasure-journal.ts';
import { EvidenceSigner } from '../application/evidence-signer.ts';
import type { EvidenceSignature } from '../application/evidence-signer.ts';
import type { ErasureFact, ErasureFactKind } from '../domain/erasure-journal.ts';
import { factKeyOf } from '../domain/erasure-journal.ts';
import { FolderErasureJournal } from './folder-erasure-journal.ts';
import { readErasureJournal } from './read-erasure-journal.ts';

const cell = 'in-1' as CellId;
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });

class LocalSigner extends EvidenceSigner {
  beforeSigning: () => Promise<unknown> = () => Promise.resolve();

  override async sign(message: Buffer): Promise<EvidenceSignature> {
    await this.beforeSigning();
    const key = { key: pair.privateKey, dsaEncoding: 'ieee-p1363' as const };
    return { keyArn: 'arn:journal', signature: sign('sha256', message, key) };
  }
}

class LocalKeys extends EvidenceKeys {
  override publicKeyOf(): Promise<string> {
    return Promise.resolve(pair.publicKey.export({ format: 'pem', type: 'spki' }).toString());
  }
}

class StandingClock extends Clock {
  override now(): Date {
    return new Date(1_800_000_000_000);
  }
}

let base: string;
let folder: string;
let witness: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'entrepot-journal-'));
  folder = join(base, 'journal');
  witness = join(base, 'witness');
});
afterEach(() => rmSync(base, { recursive: true }));

const open = (signer = new LocalSigner()) =>
  FolderErasureJournal.open({
    places: { folder, witness },
    ...{ cell, signer, keys: new LocalKeys(), clock: new StandingClock() },
  });
const read = () => readErasureJournal({ folder, witness, cell });

const fact = (person: number, kind: ErasureFactKind = 'fenced'): Omit<ErasureFact, 'at'> => ({
  kind,
  subject: `sub_in-1_${String(person).padStart(26, '0')}` as SubjectId,
  requestId: `ers_in-1_${String(person).padStart(26, '0')}` as ErasureRequestId,
  keys: ['epoch:1-3'],
});
const factsOnDisk = async () =>
  (await read()).entries.flatMap((entry) =>
    entry.fact.kind === 'opened' ? [] : [factKeyOf(entry.fact)],
  );
const keysOf = (...facts: readonly Omit<ErasureFact, 'at'>[]) => facts.map(factKeyOf);
const entryPath = (seq: number) => join(folder, `${String(seq).padStart(10, '0')}.json`);
const headPath = (seq: number) => join(witness, `${String(seq).padStart(10, '0')}.head.json`);

describe('a journal of erasures in a folder', () => {
  it('keeps every fact once, in order, and its head at the witness', async () => {
    const journal = await open();
    await journal.append(fact(1));
    await Promise.all([journal.append(fact(2)), journal.append(fact(1, 'key-unusable'))]);
    await journal.append(fact(1));
    expect(await factsOnDisk()).toEqual(keysOf(fact(1), fact(2), fact(1, 'key-unusable')));
    const { head, witnessed } = await read();
    expect(witnessed).toEqual(head);
    expect(head).toEqual(journal.head);
  });

  it('goes on where it was, for another process', async () => {
    await (await open()).append(fact(1));
    const again = await open();
    await again.append(fact(1));
    await again.append(fact(2));
    expect(await factsOnDisk()).toEqual(keysOf(fact(1), fact(2)));
  });

  it('lets its owner alone read it, and leaves nothing unfinished', async () => {
    await (await open()).append(fact(1));
    for (const place of [folder, witness]) {
      expect(statSync(place).mode & 0o777).toBe(0o700);
      for (const name of readdirSync(place)) {
        expect(name).not.toMatch(/new$/);
        expect(statSync(join(place, name)).mode & 0o777).toBe(0o600);
      }
    }
  });

  it('gives one place to one of two writers, and refuses the other until it has read on', async () => {
    const slow = new LocalSigner();
    const [first, second] = [await open(slow), await open()];
    slow.beforeSigning = () => {
      slow.beforeSigning = () => Promise.resolve();
      return second.append(fact(2));
    };
    await expect(first.append(fact(1))).rejects.toMatchObject({
      fault: 'taken',
      code: 'ERASURE_JOURNAL_TAKEN',
    });
    expect(await factsOnDisk()).toEqual(keysOf(fact(2)));
    await first.append(fact(1));
    expect(await factsOnDisk()).toEqual(keysOf(fact(2), fact(1)));
  });

  it('takes up what a writer that was killed before the witness had left', async () => {
    await (await open()).append(fact(1));
    rmSync(headPath(2));
    const again = await open();
    await again.append(fact(1));
    expect(await factsOnDisk()).toEqual(keysOf(fact(1)));
    expect((await read()).witnessed?.seq).toBe(2);
  });

  it('drops a torn entry at its end that nobody was told of, and keeps its bytes', async () => {
    await (await open()).append(fact(1));
    writeFileSync(entryPath(3), '{"cell":"in-1","se', { mode: 0o600 });
    writeFileSync(join(folder, '.0000000004.json.abc.new'), '{', { mode: 0o600 });
    const again = await open();
    await again.append(fact(2));
    expect(await factsOnDisk()).toEqual(keysOf(fact(1), fact(2)));
    const aside = readdirSync(folder).filter((name) => name.startsWith('unreadable-'));
    expect(aside).toHaveLength(1);
    expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  it('names what is wrong with it, and then appends nothing', async () => {
    const journal = await open();
    for (const person of [1, 2, 3]) await journal.append(fact(person));
    const last = readFileSync(entryPath(4), 'utf8');
    const faultAfter = async (damage: () => void): Promise<string[]> => {
      damage();
      const faults = [];
      for (const attempt of [read(), open()]) {
        faults.push(
          await attempt.then(
            () => 'none',
            (error: unknown) => (error as { readonly fault: string }).fault,
          ),
        );
      }
      return faults;
    };
    const twice = (fault: string) => [fault, fault];
    expect(await faultAfter(() => rmSync(entryPath(4)))).toEqual(twice('truncated'));
    expect(
      await faultAfter(() => writeFileSync(entryPath(4), last.replace('ers_in-1_0', 'ers_in-1_1'))),
    ).toEqual(twice('tampered'));
    expect(
      await faultAfter(() => writeFileSync(entryPath(4), last.replace('in-1"', 'eu-1"'))),
    ).toEqual(twice('foreign'));
    expect(
      await faultAfter(() => writeFileSync(entryPath(4), readFileSync(entryPath(3), 'utf8'))),
    ).toEqual(twice('reordered'));
    writeFileSync(entryPath(4), last);
    expect(await faultAfter(() => truncateSync(entryPath(4), 20))).toEqual([
      'truncated',
      'unreadable',
    ]);
    writeFileSync(entryPath(4), last);
    expect(await faultAfter(() => truncateSync(entryPath(3), 20))).toEqual(twice('unreadable'));
    expect(await faultAfter(() => rmSync(entryPath(3)))).toEqual(twice('gap'));
    expect(await faultAfter(() => rmSync(folder, { recursive: true }))).toEqual([
      'missing',
      'truncated',
    ]);
  });

  it('is forked where the witness has seen another entry', async () => {
    const journal = await open();
    await journal.append(fact(1));
    const text = readFileSync(headPath(2), 'utf8');
    writeFileSync(headPath(2), text.replace(/"digest":"./, '"digest":"0').replace(/0"}/, '1"}'));
    await expect(read()).rejects.toMatchObject({ fault: 'forked' });
    await expect(open()).rejects.toMatchObject({ fault: 'forked' });
  });

  it('is held against heads that were kept elsewhere, and judged by pinned keys alone', async () => {
    const journal = await open();
    await journal.append(fact(1));
    const elsewhere = { seq: 3, digest: 'a'.repeat(64) };
    await expect(
      readErasureJournal({ folder, cell, witness, heads: [elsewhere] }),
    ).rejects.toMatchObject({ fault: 'truncated' });
    await expect(
      readErasureJournal({ folder, cell, witness, keys: new Map() }),
    ).rejects.toMatchObject({ fault: 'unknown-key' });
  });
});
