import type { CellId } from '@entrepot/kernel';
import { WrappingKey } from '@entrepot/platform-crypto';
import { LRUCache } from 'lru-cache';
import type { EpochStore, StoredShardKey } from './epoch-store.ts';
import { shardContext, shardsPerEpoch } from './key-places.ts';
import type { ShardPlace } from './key-places.ts';
import { KeyGoneError } from './key-service.ts';
import type { KeyService } from './key-service.ts';

export interface ShardKeyLimits {
  /** Longest life of a shard key in the clear. */
  readonly ageMsMax: number;
  readonly keysMax: number;
}

/** All of the two epochs that hold rows at most. */
export const defaultShardKeyLimits: ShardKeyLimits = {
  ageMsMax: 55_000,
  keysMax: 2 * shardsPerEpoch,
};

const attemptsMax = 3;
const nameOf = ({ epoch, shard }: ShardPlace): string => `${epoch}|${shard}`;

/**
 * Shard keys in the clear, in this process only, and overwritten when they are too old, also when nobody
 * asks. One KMS call brings a shard key, whoever of its subjects it is for.
 */
export class ShardKeys {
  readonly #cell: CellId;
  readonly #store: EpochStore;
  readonly #service: KeyService;
  readonly #ageMsMax: number;
  readonly #monotonicMs: () => number;
  readonly #keys: LRUCache<string, { readonly key: WrappingKey; readonly loadedAt: number }>;
  readonly #loading = new Map<string, Promise<WrappingKey>>();

  constructor(
    cell: CellId,
    parts: {
      readonly store: EpochStore;
      readonly service: KeyService;
      readonly limits?: ShardKeyLimits;
      /** Milliseconds that never go back. */
      readonly monotonicMs?: () => number;
    },
  ) {
    const { ageMsMax, keysMax } = parts.limits ?? defaultShardKeyLimits;
    this.#cell = cell;
    this.#store = parts.store;
    this.#service = parts.service;
    this.#ageMsMax = ageMsMax;
    this.#monotonicMs = parts.monotonicMs ?? (() => performance.now());
    this.#keys = new LRUCache({ max: keysMax, dispose: ({ key }) => key.close() });
  }

  get size(): number {
    return this.#keys.size;
  }

  /**
   * Runs work, which is synchronous and keeps nothing of the key. A stored key that is at hand spares the
   * look into the vault. Throws `KeyGoneError` when the root is gone.
   */
  use<T>(place: ShardPlace | StoredShardKey, work: (key: WrappingKey) => T): Promise<T> {
    return this.#withOpen([place], ([key]) => work(key as WrappingKey));
  }

  /** The same with two keys at once. */
  useBoth<T>(
    from: ShardPlace,
    to: ShardPlace,
    work: (from: WrappingKey, to: WrappingKey) => T,
  ): Promise<T> {
    return this.#withOpen([from, to], ([first, second]) =>
      work(first as WrappingKey, second as WrappingKey),
    );
  }

  /** Closes what is too old; to be called every second or so, since an idle key must die too. */
  closeExpired(): void {
    const now = this.#monotonicMs();
    for (const [name, { loadedAt }] of this.#keys.entries()) {
      if (now - loadedAt > this.#ageMsMax) this.#keys.delete(name);
    }
  }

  clear(): void {
    this.#keys.clear();
  }

  async #withOpen<T>(
    places: readonly (ShardPlace | StoredShardKey)[],
    work: (keys: readonly WrappingKey[]) => T,
  ): Promise<T> {
    for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
      const keys = await Promise.all(places.map((place) => this.#take(place)));
      // one may have become too old while the other came
      if (keys.every((key) => !key.isClosed)) return work(keys);
    }
    throw new Error('the shard key was closed under each attempt to use it');
  }

  async #take(place: ShardPlace | StoredShardKey): Promise<WrappingKey> {
    const name = nameOf(place);
    this.closeExpired();
    const known = this.#keys.get(name)?.key ?? this.#loading.get(name);
    if (known !== undefined) return known;
    const loading = this.#load(place).finally(() => this.#loading.delete(name));
    this.#loading.set(name, loading);
    return loading;
  }

  async #load(place: ShardPlace | StoredShardKey): Promise<WrappingKey> {
    const loadedAt = this.#monotonicMs();
    const stored = 'wrapped' in place ? place : await this.#find(place);
    const context = shardContext(this.#cell, stored);
    const plaintext = await this.#service.unwrap(stored.rootKeyArn, stored.wrapped, context);
    const key = new WrappingKey(plaintext);
    this.#keys.set(nameOf(place), { key, loadedAt });
    return key;
  }

  async #find({ epoch, shard }: ShardPlace): Promise<StoredShardKey> {
    const stored = await this.#store.findShardKey(epoch, shard);
    if (stored === undefined) throw new KeyGoneError(`the shard keys of epoch ${epoch} are gone`);
    return stored;
  }
}
