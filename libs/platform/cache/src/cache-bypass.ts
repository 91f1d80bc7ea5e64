import { AsyncLocalStorage } from 'node:async_hooks';

const bypassed = new AsyncLocalStorage<true>();

/**
 * Everything that `work` does, now and later, reads past every `VersionedCache` and fills none: for
 * measuring what the caches save.
 */
export const bypassCaches = (work: () => void): void => bypassed.run(true, work);

export const areCachesBypassed = (): boolean => bypassed.getStore() === true;
