import type { SubjectId } from '@entrepot/kernel';
import { FenceWatch } from '@entrepot/platform-crypto';
import { statement } from '@entrepot/platform-database';
import type { VaultDatabase } from '@entrepot/platform-database';
import type { Log } from '@entrepot/platform-telemetry';
import { LRUCache } from 'lru-cache';

const newestFence = statement(
  'vault.newest_fence',
  'SELECT coalesce(max(seq), 0) AS "seq" FROM vault.fence',
);
const fencesAfter = statement(
  'vault.fences_after',
  `SELECT seq, subject_id AS "subject" FROM vault.fence WHERE seq > $1 ORDER BY seq LIMIT $2`,
);

const pollIntervalMs = 1_000;
/** Older knowledge than this does not count. */
const lagMsMax = 5_000;
const fencesPerPollMax = 1_000;
/** Longer than any key in the clear lives, a fence must be remembered; this many are. */
const rememberedMax = 100_000;

interface FenceRow {
  readonly seq: bigint;
  readonly subject: SubjectId;
}

/**
 * Follows the fences of the vault, which are numbered in the order of their commits. It starts at the
 * newest one: what was fenced before, no key cached from now on can have missed.
 */
export class PgFenceWatch extends FenceWatch {
  readonly #database: VaultDatabase;
  readonly #log: Log;
  readonly #fenced = new LRUCache<SubjectId, true>({ max: rememberedMax });
  readonly #listeners: ((subject: SubjectId) => void)[] = [];
  #seq: bigint | undefined;
  #knownUntilMs = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(database: VaultDatabase, log: Log) {
    super();
    this.#database = database;
    this.#log = log;
  }

  override get isCurrent(): boolean {
    return performance.now() - this.#knownUntilMs <= lagMsMax;
  }

  /** The newest fence that this process has heeded; undefined before it has read any. */
  get seenSeq(): bigint | undefined {
    return this.#seq;
  }

  override isFenced(subject: SubjectId): boolean {
    return this.#fenced.has(subject);
  }

  override onFence(listener: (subject: SubjectId) => void): void {
    this.#listeners.push(listener);
  }

  /** Polls until closed. A vault that does not answer leaves the watch behind, and then not current. */
  async start(): Promise<void> {
    await this.#pollAndGoOn();
  }

  /** Reads on; every fence committed before the call is known after it. */
  async poll(): Promise<void> {
    const askedAt = performance.now();
    if (this.#seq === undefined) {
      const [newest] = await this.#database.query<{ seq: bigint }>(newestFence);
      this.#seq = newest?.seq ?? 0n;
    }
    let fences: readonly FenceRow[];
    do {
      fences = await this.#database.query<FenceRow>(fencesAfter, [this.#seq, fencesPerPollMax]);
      for (const { subject } of fences) this.#remember(subject);
      this.#seq = fences.at(-1)?.seq ?? this.#seq;
    } while (fences.length === fencesPerPollMax);
    this.#knownUntilMs = askedAt;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #remember(subject: SubjectId): void {
    this.#fenced.set(subject, true);
    for (const listener of this.#listeners) listener(subject);
  }

  async #pollAndGoOn(): Promise<void> {
    try {
      await this.poll();
    } catch (error) {
      this.#log.failure('privacy.fence_poll_failed', error);
    }
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.#pollAndGoOn(), pollIntervalMs);
    this.#timer.unref();
  }
}
