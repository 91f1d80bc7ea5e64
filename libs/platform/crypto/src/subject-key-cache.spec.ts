import { beforeEach, describe, expect, it } from '@jest/globals';
import { newCellId } from '@entrepot/kernel';
import type { CellId, SubjectId } from '@entrepot/kernel';
import { FenceWatch } from './fence-watch.ts';
import { defaultCacheLimits, SubjectKeyCache } from './subject-key-cache.ts';
import { SubjectKey } from './subject-key.ts';
import { isTombstone, Tombstone } from './tombstone.ts';

class SettableFences extends FenceWatch {
  override isCurrent = true;
  readonly #fenced = new Set<SubjectId>();
  readonly #listeners: ((subject: SubjectId) => void)[] = [];

  override isFenced(subject: SubjectId): boolean {
    return this.#fenced.has(subject);
  }

  override onFence(listener: (subject: SubjectId) => void): void {
    this.#listeners.push(listener);
  }

  fence(subject: SubjectId): void {
    this.#fenced.add(subject);
    for (const listener of this.#listeners) listener(subject);
  }
}

const subject = newCellId('subject', 'in-1' as CellId);
const limits = { ageMsMax: 1000, usesMax: 5, keysMax: 3 };
let fences: SettableFences;
let cache: SubjectKeyCache;
let now: number;
let loads: number;
let loaded: { key: SubjectKey; bytes: Buffer }[];

beforeEach(() => {
  [now, loads, loaded] = [0, 0, []];
  fences = new SettableFences();
  cache = new SubjectKeyCache({ fences, limits, monotonicMs: () => now });
});

function load(): Promise<SubjectKey> {
  loads += 1;
  const bytes = Buffer.alloc(32, 9);
  const key = new SubjectKey(bytes, 1);
  loaded.push({ key, bytes });
  return Promise.resolve(key);
}
const use = (of = subject) => cache.use(of, load, (key) => key.fieldKey('t', 'c').length);
const isZero = (bytes: Buffer | undefined) => bytes?.every((byte) => byte === 0);

it('keeps keys for less than a minute and for a bounded number of uses and keys by default', () => {
  expect(defaultCacheLimits.ageMsMax).toBeLessThan(60_000);
  expect(defaultCacheLimits.usesMax).toBeLessThanOrEqual(10_000);
  expect(defaultCacheLimits.keysMax).toBeLessThanOrEqual(5_000);
});

describe('the cache of data keys', () => {
  it('loads once for many uses, also when they miss together', async () => {
    await Promise.all([use(), use(), use()]);
    await use();
    expect(loads).toBe(1);
  });

  it('T7 overwrites a key when it is too old, also when nobody asks', async () => {
    await use();
    now = limits.ageMsMax + 1;
    cache.closeExpired();
    expect(cache.size).toBe(0);
    expect(isZero(loaded[0]?.bytes)).toBe(true);
    await use();
    expect(loads).toBe(2);
  });

  it('does not serve a key that is too old before it was swept', async () => {
    await use();
    now = limits.ageMsMax + 1;
    await use();
    expect(loads).toBe(2);
    expect(isZero(loaded[0]?.bytes)).toBe(true);
  });

  it('T7 overwrites a key after its last allowed use', async () => {
    for (let at = 0; at <= limits.usesMax; at += 1) await use();
    expect(loads).toBe(2);
    expect(isZero(loaded[0]?.bytes)).toBe(true);
  });

  it('overwrites the key that was pushed out, and the derived keys with it', async () => {
    let derived: Buffer | undefined;
    await cache.use(subject, load, (key) => (derived = key.fieldKey('t', 'c')));
    for (let at = 0; at < limits.keysMax; at += 1)
      await use(newCellId('subject', 'in-1' as CellId));
    expect(isZero(loaded[0]?.bytes)).toBe(true);
    expect(isZero(derived)).toBe(true);
    expect(() => loaded[0]?.key.fieldKey('t', 'c')).toThrow('closed');
  });

  it('answers a tombstone from the moment the fence is known', async () => {
    await use();
    fences.fence(subject);
    expect(isTombstone(await use())).toBe(true);
    expect(loads).toBe(1);
    expect(isZero(loaded[0]?.bytes)).toBe(true);
  });

  it('does not keep a key whose fence became known while it was loaded', async () => {
    const answer = await cache.use(
      subject,
      async () => {
        const key = await load();
        fences.fence(subject);
        return key;
      },
      () => 'used',
    );
    expect(answer).toEqual(new Tombstone('fenced'));
    expect(cache.size).toBe(0);
    expect(isZero(loaded[0]?.bytes)).toBe(true);
  });

  it('serves and keeps nothing while the fences are not current', async () => {
    await use();
    fences.isCurrent = false;
    await use();
    await use();
    expect(loads).toBe(3);
    expect(isZero(loaded[1]?.bytes)).toBe(true);
    expect(isZero(loaded[2]?.bytes)).toBe(true);
  });

  it('fetches a key anew, once, for a ciphertext of a later version', async () => {
    const loadVersion = (version: number) => () => {
      loads += 1;
      return Promise.resolve(new SubjectKey(Buffer.alloc(32, version), version));
    };
    const versionOf = (version: number, versionMin: number) =>
      cache.use(subject, loadVersion(version), (key) => key.version, { versionMin });
    expect(await versionOf(1, 1)).toBe(1);
    expect(await versionOf(2, 2)).toBe(2);
    expect(loads).toBe(2);
    expect(await versionOf(2, 9)).toBe(2);
    expect(loads).toBe(3);
  });

  it('lets a failed load fail its callers only', async () => {
    const failing = () => Promise.reject(new Error('KMS is away'));
    await expect(cache.use(subject, failing, () => 1)).rejects.toThrow('KMS is away');
    expect(await use()).toBe(32);
  });
});
