import { DomainError } from '@entrepot/kernel';
import { CohortKeys, Tombstone, WrappingKey } from '@entrepot/platform-crypto';
import type { CohortName } from '@entrepot/platform-crypto';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { CohortStore } from '../application/cohort-store.ts';
import { cohortContext } from '../application/key-places.ts';
import { KeyGoneError } from '../application/key-service.ts';
import type { KeyService } from '../application/key-service.ts';

/** Longest life of a key in the clear. */
const ageMsMax = 55_000;
const keysMax = 64;
const closeExpiredIntervalMs = 1_000;
const attemptsMax = 3;

interface CachedKey {
  readonly key: WrappingKey;
  readonly loadedAt: number;
}

/**
 * Cohort keys as the vault holds them, each kept in this process for a moment and then overwritten, also when
 * nobody asks. Whoever misses together shares one call of KMS.
 */
export class VaultCohortKeys extends CohortKeys implements OnModuleInit, OnApplicationShutdown {
  readonly #store: CohortStore;
  readonly #service: KeyService;
  readonly #keys = new LRUCache<CohortName, CachedKey>({
    max: keysMax,
    dispose: ({ key }) => key.close(),
  });
  readonly #loading = new Map<CohortName, Promise<WrappingKey | Tombstone>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: { readonly store: CohortStore; readonly service: KeyService }) {
    super();
    this.#store = parts.store;
    this.#service = parts.service;
  }

  onModuleInit(): void {
    this.#timer = setInterval(() => this.#closeExpired(), closeExpiredIntervalMs);
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
    this.#keys.clear();
  }

  override async use<T>(cohort: CohortName, work: (key: WrappingKey) => T): Promise<T | Tombstone> {
    for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
      const key = await this.#take(cohort);
      if (key instanceof Tombstone) return key;
      // it may have become too old between its arrival and this line
      if (!key.isClosed) return work(key);
    }
    throw new Error('the cohort key was closed under each attempt to use it');
  }

  override async useOnce<T>(
    cohort: CohortName,
    work: (key: WrappingKey) => T,
  ): Promise<T | Tombstone> {
    const key = await this.#load(cohort);
    if (key instanceof Tombstone) return key;
    try {
      return work(key);
    } finally {
      key.close();
    }
  }

  async #take(cohort: CohortName): Promise<WrappingKey | Tombstone> {
    this.#closeExpired();
    const known = this.#keys.get(cohort)?.key ?? this.#loading.get(cohort);
    if (known !== undefined) return known;
    const loading = this.#loadAndKeep(cohort).finally(() => this.#loading.delete(cohort));
    this.#loading.set(cohort, loading);
    return loading;
  }

  async #loadAndKeep(cohort: CohortName): Promise<WrappingKey | Tombstone> {
    const loadedAt = performance.now();
    const key = await this.#load(cohort);
    if (!(key instanceof Tombstone)) this.#keys.set(cohort, { key, loadedAt });
    return key;
  }

  async #load(cohort: CohortName): Promise<WrappingKey | Tombstone> {
    const stored = await this.#store.find(cohort);
    if (stored === undefined) {
      throw new DomainError('UNAVAILABLE', `the key of ${cohort} is not made yet`);
    }
    const { keyArn, wrapped, hasEnded } = stored;
    if (hasEnded || keyArn === undefined || wrapped === undefined) {
      return new Tombstone('destroyed');
    }
    try {
      const context = cohortContext(cohort);
      return new WrappingKey(await this.#service.unwrap(keyArn, wrapped, context));
    } catch (error) {
      // a vault that came back from a backup has forgotten the end; KMS has not
      if (error instanceof KeyGoneError) return new Tombstone('destroyed');
      throw error;
    }
  }

  #closeExpired(): void {
    const now = performance.now();
    for (const [cohort, { loadedAt }] of this.#keys.entries()) {
      if (now - loadedAt > ageMsMax) this.#keys.delete(cohort);
    }
  }
}
