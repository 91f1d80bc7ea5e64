import type { CellId } from '@entrepot/kernel';
import { WrappingKey } from '@entrepot/platform-crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { EpochStore, StoredShardKey } from './epoch-store.ts';
import { shardOf, shards } from './key-places.ts';
import { KeyGoneError } from './key-service.ts';
import type { KeyContext, KeyService } from './key-service.ts';
import { defaultShardKeyLimits, ShardKeys } from './shard-keys.ts';

const cell = 'in-1' as CellId;
const place = { epoch: 1, shard: 7 };
const rootKeyArn = 'arn:root';
let loaded: { bytes: Buffer; context: KeyContext }[];
let isRootGone: boolean;
let now: number;
let keys: ShardKeys;

const store = {
  findShardKey: (epoch: number, shard: number): Promise<StoredShardKey | undefined> =>
    Promise.resolve({ epoch, shard, rootKeyArn, wrapped: Buffer.from('wrapped') }),
} as EpochStore;

const service = {
  unwrap: (_: string, __: Buffer, context: KeyContext): Promise<Buffer> => {
    if (isRootGone) return Promise.reject(new KeyGoneError('gone'));
    const bytes = Buffer.alloc(32, loaded.length + 1);
    loaded.push({ bytes, context });
    return Promise.resolve(bytes);
  },
} as KeyService;

beforeEach(() => {
  [loaded, isRootGone, now] = [[], false, 0];
  const limits = { ageMsMax: 1_000, keysMax: 3 };
  keys = new ShardKeys(cell, { store, service, limits, monotonicMs: () => now });
});

const use = (shard = place.shard, epoch = place.epoch) =>
  keys.use({ epoch, shard }, (key) => key instanceof WrappingKey && !key.isClosed);
const isZero = (at: number) => loaded[at]?.bytes.every((byte) => byte === 0);

describe('shard keys', () => {
  it('are kept for less than a minute, and only those of two epochs, by default', () => {
    expect(defaultShardKeyLimits.ageMsMax).toBeLessThan(60_000);
    expect(defaultShardKeyLimits.keysMax).toBe(2 * shards.length);
  });

  it('are loaded once for many uses, also when they miss together', async () => {
    expect(await Promise.all([use(), use(), use()])).toEqual([true, true, true]);
    await use();
    expect(loaded).toHaveLength(1);
  });

  it('are bound to cell, epoch and shard, in ids that say nothing of a person', async () => {
    await use();
    expect(loaded[0]?.context).toEqual({
      ...{ purpose: 'shard-key', cell: 'in-1' },
      ...{ epoch: '1', shard: '7' },
    });
  });

  it('are overwritten when they are too old, also when nobody asks', async () => {
    await use();
    expect(isZero(0)).toBe(false);
    now = 1_001;
    keys.closeExpired();
    expect(keys.size).toBe(0);
    expect(isZero(0)).toBe(true);
    await use();
    expect(loaded).toHaveLength(2);
  });

  it('serve no longer when they are too old, also before they were swept', async () => {
    await use();
    now = 1_001;
    await use();
    expect(loaded).toHaveLength(2);
    expect(isZero(0)).toBe(true);
  });

  it('are overwritten when others push them out, and at the end', async () => {
    for (const shard of [1, 2, 3, 4]) await use(shard);
    expect([isZero(0), isZero(1)]).toEqual([true, false]);
    keys.clear();
    expect([1, 2, 3].map(isZero)).toEqual([true, true, true]);
  });

  it('come in pairs for a move', async () => {
    const open = await keys.useBoth(place, { epoch: 2, shard: 7 }, (from, to) => [
      from.isClosed,
      to.isClosed,
      from === to,
    ]);
    expect(open).toEqual([false, false, false]);
  });

  it('are gone with their root, and a failure is not remembered', async () => {
    isRootGone = true;
    await expect(use()).rejects.toBeInstanceOf(KeyGoneError);
    isRootGone = false;
    expect(await use()).toBe(true);
  });
});

describe('the shard of a subject', () => {
  it('is one of all, and each of them gets its share', () => {
    const counts = new Map<number, number>();
    const subjects = 32_000;
    for (let at = 0; at < subjects; at += 1) {
      const shard = shardOf(`sub_in-1_${String(at).padStart(26, '0')}` as never);
      counts.set(shard, (counts.get(shard) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual(shards);
    const share = subjects / shards.length;
    for (const count of counts.values()) expect(Math.abs(count - share)).toBeLessThan(share / 4);
  });
});
