import { Redis } from 'ioredis';

import type { CacheEntry } from './cache-entry.ts';
import { decodeEntry, encodeEntry } from './cache-entry.ts';
import { changesScript, fillScript, raiseScript } from './redis-scripts.ts';
import type { EntryToFill, Floor, FloorChanges } from './shared-cache.ts';
import { SharedCache, SharedCacheUnavailableError } from './shared-cache.ts';

const commandTimeoutMs = 250;
/** After a failure, how long reads go without asking again, so that a stalled server costs little. */
const restMs = 250;
const reconnectDelayMsMax = 500;
const claimMs = 2_000;
const floorChangesKept = 50_000;

export interface RedisSharedCacheOptions {
  readonly url: string;
  /** Begins every key; ends with a separator of the caller's choice. */
  readonly keyPrefix: string;
}

/**
 * The shared level in Redis. Every key carries the server's run id: a server that was restarted may
 * have lost the last second of its file, floors included, so what an earlier run kept is never read.
 */
export class RedisSharedCache extends SharedCache {
  private readonly client: Redis;
  private readonly keyPrefix: string;
  private namespace: string | undefined;
  private restsUntil = 0;

  constructor(options: RedisSharedCacheOptions) {
    super();
    this.keyPrefix = options.keyPrefix;
    this.client = new Redis(options.url, {
      commandTimeout: commandTimeoutMs,
      connectTimeout: 2_000,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      retryStrategy: (attempt) => Math.min(50 * attempt, reconnectDelayMsMax),
    });
    this.client.on('ready', () => void this.enterNamespace());
    this.client.on('close', () => (this.namespace = undefined));
    // the reason reaches the caller with each refused command
    this.client.on('error', () => (this.namespace = undefined));
  }

  get memory(): string | undefined {
    return this.namespace;
  }

  revision(): Promise<number> {
    return this.ask(async (namespace) =>
      Number((await this.client.get(`${namespace}revision`)) ?? 0),
    );
  }

  changesSince(revision: number): Promise<FloorChanges> {
    return this.ask(async (namespace) => {
      const answer = (await this.client.eval(
        changesScript,
        3,
        ...controlKeys(namespace),
        revision,
      )) as (string | number)[];
      const [current, isComplete, ...pairs] = answer;
      if (Number(isComplete) === 0) return { isComplete: false, revision: Number(current) };
      const floors: Floor[] = [];
      for (let i = 0; i < pairs.length; i += 2) {
        floors.push({ subject: String(pairs[i]), version: Number(pairs[i + 1]) });
      }
      return { isComplete: true, revision: Number(current), floors };
    });
  }

  find(facet: string, subjects: readonly string[]): Promise<Map<string, CacheEntry>> {
    return this.ask(async (namespace) => {
      const pipeline = this.client.pipeline();
      for (const subject of subjects) pipeline.hget(entryKey(namespace, subject), facet);
      const found = new Map<string, CacheEntry>();
      for (const [index, text] of (await answersOf(pipeline)).entries()) {
        const subject = subjects[index];
        if (typeof text !== 'string' || subject === undefined) continue;
        const entry = decodeEntry(text);
        if (entry !== undefined) found.set(subject, entry);
      }
      return found;
    });
  }

  fill(entries: readonly EntryToFill[], memory: string | undefined): Promise<readonly Floor[]> {
    return this.ask(async (namespace) => {
      if (namespace !== memory) return [];
      const pipeline = this.client.pipeline();
      for (const { subject, facet, entry } of entries) {
        pipeline.eval(
          fillScript,
          3,
          `${namespace}floors`,
          entryKey(namespace, subject),
          claimKey(namespace, facet, subject),
          subject,
          facet,
          entry.version,
          encodeEntry(entry),
          Math.max(1, entry.hardAt - Date.now()),
        );
      }
      const refused: Floor[] = [];
      for (const [index, floor] of (await answersOf(pipeline)).entries()) {
        const subject = entries[index]?.subject;
        if (subject !== undefined && Number(floor) >= 0) {
          refused.push({ subject, version: Number(floor) });
        }
      }
      return refused;
    });
  }

  raise(floors: readonly Floor[]): Promise<void> {
    if (floors.length === 0) return Promise.resolve();
    return this.ask(async (namespace) => {
      await this.client.eval(
        raiseScript,
        3 + floors.length,
        ...controlKeys(namespace),
        ...floors.map((floor) => entryKey(namespace, floor.subject)),
        floorChangesKept,
        ...floors.flatMap((floor) => [floor.subject, floor.version]),
      );
    });
  }

  claim(facet: string, subjects: readonly string[]): Promise<ReadonlySet<string>> {
    return this.ask(async (namespace) => {
      const pipeline = this.client.pipeline();
      for (const subject of subjects) {
        pipeline.set(claimKey(namespace, facet, subject), '1', 'PX', claimMs, 'NX');
      }
      const answers = await answersOf(pipeline);
      return new Set(subjects.filter((_, index) => answers[index] === 'OK'));
    });
  }

  close(): void {
    this.client.disconnect();
  }

  /** Learns which run of the server this connection speaks to, before anything is asked through it. */
  private async enterNamespace(): Promise<void> {
    try {
      const runId = /^run_id:(\w+)/m.exec(await this.client.info('server'))?.[1];
      if (runId !== undefined) this.namespace = `${this.keyPrefix}${runId}:`;
    } catch {
      // the connection went again; the next 'ready' comes back here
      this.namespace = undefined;
    }
  }

  private async ask<T>(work: (namespace: string) => Promise<T>): Promise<T> {
    if (this.namespace === undefined || Date.now() < this.restsUntil) {
      throw new SharedCacheUnavailableError('the shared cache is not reachable');
    }
    try {
      return await work(this.namespace);
    } catch (cause) {
      this.restsUntil = Date.now() + restMs;
      throw new SharedCacheUnavailableError('the shared cache did not answer', { cause });
    }
  }
}

const controlKeys = (namespace: string): [string, string, string] => [
  `${namespace}revision`,
  `${namespace}log`,
  `${namespace}floors`,
];
const entryKey = (namespace: string, subject: string) => `${namespace}entry:${subject}`;
const claimKey = (namespace: string, facet: string, subject: string) =>
  `${namespace}claim:${facet}:${subject}`;

interface Pipeline {
  exec(): Promise<[error: Error | null, result: unknown][] | null>;
}

async function answersOf(pipeline: Pipeline): Promise<unknown[]> {
  const answers = (await pipeline.exec()) ?? [];
  return answers.map(([error, result]) => {
    if (error !== null) throw error;
    return result;
  });
}
