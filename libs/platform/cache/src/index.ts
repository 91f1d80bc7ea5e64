export { AbsentSharedCache } from './absent-shared-cache.ts';
export { areCachesBypassed, bypassCaches } from './cache-bypass.ts';
export { decodeEntry, encodeEntry } from './cache-entry.ts';
export type { CacheEntry, Versioned } from './cache-entry.ts';
export { lifetimeOf } from './cache-policy.ts';
export type { CachePolicy, Lifetime } from './cache-policy.ts';
export { RedisSharedCache } from './redis-shared-cache.ts';
export type { RedisSharedCacheOptions } from './redis-shared-cache.ts';
export { SharedCache, SharedCacheUnavailableError } from './shared-cache.ts';
export type { EntryToFill, Floor, FloorChanges } from './shared-cache.ts';
export { VersionedCache } from './versioned-cache.ts';
export type {
  CacheQuestion,
  CacheStatistics,
  Origin,
  VersionedCacheOptions,
} from './versioned-cache.ts';
