import type { SubjectId } from '@entrepot/kernel';
import { LRUCache } from 'lru-cache';
import type { FenceWatch } from './fence-watch.ts';
import type { SubjectKey } from './subject-key.ts';
import type { KeyNeed } from './subject-keys.ts';
import { isTombstone, Tombstone } from './tombstone.ts';

export interface SubjectKeyCacheLimits {
  /** Longest life of a key in the clear. */
  readonly ageMsMax: number;
  readonly usesMax: number;
  readonly keysMax: number;
}

export const defaultCacheLimits: SubjectKeyCacheLimits = {
  ageMsMax: 55_000,
  usesMax: 10_000,
  keysMax: 5_000,
};

interface CachedKey {
  readonly key: SubjectKey;
  readonly loadedAt: number;
  uses: number;
}

type Loaded = SubjectKey | Tombstone;
const attemptsMax = 3;

/**
 * Keeps data keys for a moment, in this process only. Every hit asks the fences first; while they are
 * not current nothing is served from here and nothing is kept.
 */
export class SubjectKeyCache {
  readonly #limits: SubjectKeyCacheLimits;
  readonly #fences: FenceWatch;
  readonly #monotonicMs: () => number;
  readonly #keys: LRUCache<SubjectId, CachedKey>;
  readonly #loading = new Map<SubjectId, Promise<Loaded>>();

  constructor(options: {
    readonly fences: FenceWatch;
    readonly limits?: SubjectKeyCacheLimits;
    /** Milliseconds that never go back. */
    readonly monotonicMs?: () => number;
  }) {
    this.#limits = options.limits ?? defaultCacheLimits;
    this.#fences = options.fences;
    this.#monotonicMs = options.monotonicMs ?? (() => performance.now());
    this.#keys = new LRUCache({
      max: this.#limits.keysMax,
      dispose: ({ key }) => key.close(),
    });
    this.#fences.onFence((subject) => void this.#keys.delete(subject));
  }

  get size(): number {
    return this.#keys.size;
  }

  /** Runs work with the cached key, or with the one that `load` brings. */
  async use<T>(
    subject: SubjectId,
    load: () => Promise<Loaded>,
    work: (key: SubjectKey) => T,
    { versionMin = 0 }: KeyNeed = {},
  ): Promise<T | Tombstone> {
    for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
      if (this.#fences.isFenced(subject)) return new Tombstone('fenced');
      if (!this.#fences.isCurrent) return this.#useOnce(subject, await load(), work);
      const loaded = this.#hit(subject) ?? (await this.#loadOnce(subject, load));
      if (isTombstone(loaded)) return loaded;
      if (loaded.version < versionMin && attempt === 1) {
        // rotated elsewhere; asked once more only, since a version may also be made up
        this.#keys.delete(subject);
        continue;
      }
      // Between its arrival and this line the key may have been fenced or pushed out.
      if (!loaded.isClosed) return work(loaded);
    }
    throw new Error('the key was closed under each attempt to use it');
  }

  /** Closes what is too old; to be called every second or so, since an idle key must die too. */
  closeExpired(): void {
    const now = this.#monotonicMs();
    for (const [subject, cached] of this.#keys.entries()) {
      if (this.#isExpired(cached, now)) this.#keys.delete(subject);
    }
  }

  clear(): void {
    this.#keys.clear();
  }

  #hit(subject: SubjectId): SubjectKey | undefined {
    const cached = this.#keys.get(subject);
    if (cached === undefined) return undefined;
    if (this.#isExpired(cached, this.#monotonicMs()) || cached.uses >= this.#limits.usesMax) {
      this.#keys.delete(subject);
      return undefined;
    }
    cached.uses += 1;
    return cached.key;
  }

  /** Callers that miss together share one load. */
  #loadOnce(subject: SubjectId, load: () => Promise<Loaded>): Promise<Loaded> {
    const underWay = this.#loading.get(subject);
    if (underWay !== undefined) return underWay;
    const loading = this.#loadAndKeep(subject, load).finally(() => this.#loading.delete(subject));
    this.#loading.set(subject, loading);
    return loading;
  }

  async #loadAndKeep(subject: SubjectId, load: () => Promise<Loaded>): Promise<Loaded> {
    const loadedAt = this.#monotonicMs();
    const loaded = await load();
    if (isTombstone(loaded)) return loaded;
    if (this.#fences.isFenced(subject)) {
      loaded.close();
      return new Tombstone('fenced');
    }
    this.#keys.set(subject, { key: loaded, loadedAt, uses: 1 });
    return loaded;
  }

  #useOnce<T>(subject: SubjectId, loaded: Loaded, work: (key: SubjectKey) => T): T | Tombstone {
    if (isTombstone(loaded)) return loaded;
    try {
      return this.#fences.isFenced(subject) ? new Tombstone('fenced') : work(loaded);
    } finally {
      loaded.close();
    }
  }

  #isExpired({ loadedAt }: CachedKey, now: number): boolean {
    return now - loadedAt > this.#limits.ageMsMax;
  }
}
