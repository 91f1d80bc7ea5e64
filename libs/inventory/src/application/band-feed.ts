import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError, type Sku } from '@entrepot/kernel';
import { hintOf, type StockHint } from '../domain/stock-hint.ts';
import type { StockHints } from './stock-hints.ts';
import type { StockMap } from './stock-map.ts';

/** How soon a change shows: the time between two looks. */
export const lookEveryMs = 500;
/** Articles of one look; with more, each is looked at less often and the database is asked no more. */
export const skusPerLookMax = 1_000;
/** Articles that one process watches. */
export const watchedSkusMax = 10_000;
/** How long a look waits, so that articles which begin to be watched together are looked at together. */
const gatherMs = 25;

/** Is told of the article's band, at first and whenever it changes. */
export type BandListener = (sku: Sku, hint: StockHint) => void;

interface Watched {
  readonly listeners: Set<BandListener>;
  hint: StockHint | undefined;
}

export interface BandFeedOptions {
  readonly everyMs?: number;
  /** Hears how each look ended; a failed one leaves the bands as they were. */
  readonly onLook?: (outcome: 'done' | 'failed', error?: unknown) => void;
}

/**
 * The bands that this process's open streams show, each computed once however many show it. The books
 * are the one thing that every process changes, so they are looked at, one statement at a time for the
 * articles that somebody watches: a reservation pays nothing for its readers, and a reader misses no
 * change for good, whatever was lost on the way. Nothing is looked at while nobody watches.
 */
export class BandFeed {
  private readonly watched = new Map<Sku, Watched>();
  /** Watched and not looked at yet, in the order in which they came. */
  private readonly fresh = new Set<Sku>();
  /** Watched and looked at, the one whose look is longest ago first. */
  private readonly seen = new Set<Sku>();
  /** When the next look at what was seen is due, by `performance.now()`. */
  private dueAt = 0;
  private running: Promise<void> | undefined;
  private pause = new AbortController();
  private isStopped = false;

  constructor(
    private readonly map: StockMap,
    private readonly hints: Pick<StockHints, 'find'>,
    private readonly options: BandFeedOptions = {},
  ) {}

  get size(): number {
    return this.watched.size;
  }

  /**
   * Tells the listener of each article, from what is known at once or after the next look. Returns what
   * ends that. Throws UNAVAILABLE where the process watches as many as it may, or is ending.
   */
  watch(skus: ReadonlySet<Sku>, listener: BandListener): () => void {
    const unwatched = [...skus].filter((sku) => !this.watched.has(sku));
    if (this.isStopped || this.watched.size + unwatched.length > watchedSkusMax) {
      throw new DomainError('UNAVAILABLE', 'this process watches as many articles as it may');
    }
    for (const sku of unwatched) {
      this.watched.set(sku, { listeners: new Set(), hint: undefined });
      this.fresh.add(sku);
    }
    for (const sku of skus) {
      const watched = this.watched.get(sku);
      watched?.listeners.add(listener);
      if (watched?.hint !== undefined) listener(sku, watched.hint);
    }
    if (unwatched.length > 0) this.pause.abort();
    this.running ??= this.run();
    return () => this.leave(skus, listener);
  }

  /** Looks no more; resolves when the last look has ended. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.pause.abort();
    await this.running;
  }

  private leave(skus: ReadonlySet<Sku>, listener: BandListener): void {
    for (const sku of skus) {
      const watched = this.watched.get(sku);
      watched?.listeners.delete(listener);
      if (watched?.listeners.size === 0) this.forget(sku);
    }
    if (this.watched.size === 0) this.pause.abort();
  }

  private forget(sku: Sku): void {
    this.watched.delete(sku);
    this.fresh.delete(sku);
    this.seen.delete(sku);
  }

  private async run(): Promise<void> {
    while (!this.isStopped && this.watched.size > 0) {
      await sleep(gatherMs);
      this.pause = new AbortController();
      await this.look(this.takeDue());
      await this.rest();
    }
    this.running = undefined;
  }

  /** The new articles, and once it is time those that were seen: who comes between two looks has only its own looked at. */
  private takeDue(): Sku[] {
    const taken = [...this.fresh].slice(0, skusPerLookMax);
    const now = performance.now();
    if (now >= this.dueAt) {
      this.dueAt = now + (this.options.everyMs ?? lookEveryMs);
      taken.push(...[...this.seen].slice(0, skusPerLookMax - taken.length));
    }
    for (const sku of taken) {
      this.fresh.delete(sku);
      this.seen.delete(sku);
      this.seen.add(sku);
    }
    return taken;
  }

  private async look(skus: readonly Sku[]): Promise<void> {
    try {
      const pools = skus.flatMap((sku) => this.map.poolsOf(sku));
      const found = new Map((await this.hints.find(pools)).map((hint) => [hint.pool, hint]));
      for (const sku of skus) {
        const ofSku = this.map.poolsOf(sku).flatMap((pool) => found.get(pool) ?? []);
        this.tell(sku, hintOf(ofSku));
      }
      this.options.onLook?.('done');
    } catch (error) {
      this.options.onLook?.('failed', error);
    }
  }

  private tell(sku: Sku, hint: StockHint): void {
    const watched = this.watched.get(sku);
    if (watched === undefined) return;
    const isNews = watched.hint?.band !== hint.band;
    watched.hint = hint;
    if (isNews) for (const listener of watched.listeners) listener(sku, hint);
  }

  /** Until the next look is due, or until there is something new to look at. */
  private rest(): Promise<void> {
    const { signal } = this.pause;
    if (signal.aborted || this.isStopped || this.fresh.size > 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, this.dueAt - performance.now()));
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
