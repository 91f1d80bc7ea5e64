import type { CacheEntry } from './cache-entry.ts';

/** The least version of a subject that anyone may still be shown. */
export interface Floor {
  readonly subject: string;
  readonly version: number;
}

export interface EntryToFill {
  readonly subject: string;
  readonly facet: string;
  readonly entry: CacheEntry;
}

/** What has been raised since a revision, or that the list no longer reaches back so far. */
export type FloorChanges =
  | { readonly isComplete: true; readonly revision: number; readonly floors: readonly Floor[] }
  | { readonly isComplete: false; readonly revision: number };

/** The shared level does not answer; the caller goes on without it. */
export class SharedCacheUnavailableError extends Error {
  override readonly name = 'SharedCacheUnavailableError';
}

/**
 * The level of the cache that all processes of a cell share. A *subject* is the thing that has a
 * version (a product); a *facet* is one rendering of it (its card in German). Every method throws
 * `SharedCacheUnavailableError` when the store does not answer.
 */
export abstract class SharedCache {
  /** Names what the store remembers; another value after it may have forgotten something. */
  abstract readonly memory: string | undefined;
  /** Changes with every raise, and when the store has forgotten everything; never repeats. */
  abstract revision(): Promise<number>;
  abstract changesSince(revision: number): Promise<FloorChanges>;
  abstract find(facet: string, subjects: readonly string[]): Promise<Map<string, CacheEntry>>;
  /**
   * Keeps each entry unless it is below its floor or older than what is kept; returns the refusals.
   * `memory` is that of the moment before the origin was read: if it has changed, a floor may be
   * forgotten that the entries lie below, and nothing is kept.
   */
  abstract fill(
    entries: readonly EntryToFill[],
    memory: string | undefined,
  ): Promise<readonly Floor[]>;
  /** From the moment this returns, no process serves a lower version of these subjects. */
  abstract raise(floors: readonly Floor[]): Promise<void>;
  /** Which of the subjects this process may read from the origin; the others are being read. */
  abstract claim(facet: string, subjects: readonly string[]): Promise<ReadonlySet<string>>;
}
