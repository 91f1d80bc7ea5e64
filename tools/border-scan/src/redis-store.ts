import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { filesBelow } from './scan-files.ts';
import type { FileGroup, ScannedStore } from './store-scan.ts';

const keyPrefix = 'border-scan-control:';
const keySeconds = 300;
const rewritePollMs = 100;
const preamble = 'aof-use-rdb-preamble';

/** Redis, rewritten to its files as plain commands: its own snapshot form would compress values. */
export class RedisStore implements ScannedStore {
  readonly name: string;
  readonly #folder: string;
  readonly #redis: Redis;
  #planted = 0;

  constructor({ name, url, folder }: { name: string; url: string; folder: string }) {
    this.name = name;
    this.#folder = folder;
    this.#redis = new Redis(url, { maxRetriesPerRequest: 3, lazyConnect: true });
  }

  async plant(values: readonly Buffer[]): Promise<void> {
    for (const value of values) {
      await this.#redis.set(`${keyPrefix}${this.#planted}`, value, 'EX', keySeconds);
      this.#planted += 1;
    }
    await this.#redis.config('SET', preamble, 'no');
    await this.#rewritten();
    await this.#redis.bgrewriteaof();
    await this.#rewritten();
  }

  groups(): Promise<readonly FileGroup[]> {
    return Promise.resolve([{ name: 'files', files: filesBelow(this.#folder) }]);
  }

  async problems(): Promise<string[]> {
    const [, value] = await this.#redis.config('GET', preamble);
    return value === 'no' ? [] : ['the append-only file begins with a compressed snapshot'];
  }

  async remove(): Promise<void> {
    for (let index = 0; index < this.#planted; index += 1) {
      await this.#redis.del(`${keyPrefix}${index}`);
    }
    await this.#redis.config('SET', preamble, 'yes');
    this.#redis.disconnect();
  }

  async #rewritten(): Promise<void> {
    for (;;) {
      const info = await this.#redis.info('persistence');
      if (/aof_rewrite_in_progress:0/.test(info) && /aof_rewrite_scheduled:0/.test(info)) return;
      await delay(rewritePollMs);
    }
  }
}
