import { SharedCache, SharedCacheUnavailableError } from './shared-cache.ts';

const refuse = (): Promise<never> =>
  Promise.reject(new SharedCacheUnavailableError('this process runs without a shared cache'));

/** Never answers, so that every read goes to the origin: for measuring without the cache. */
export class AbsentSharedCache extends SharedCache {
  readonly memory = undefined;
  readonly revision = refuse;
  readonly changesSince = refuse;
  readonly find = refuse;
  readonly fill = refuse;
  readonly raise = refuse;
  readonly claim = refuse;
}
