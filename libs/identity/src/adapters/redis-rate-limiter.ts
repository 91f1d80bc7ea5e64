import { RateLimiter } from '@entrepot/platform-http';
import type { RateLimitRule, RateLimitVerdict } from '@entrepot/platform-http';
import { Redis } from 'ioredis';
import { createHmac, randomBytes } from 'node:crypto';

export interface RedisRateLimiterOptions {
  readonly url: string;
  /** Begins every key. */
  readonly keyPrefix: string;
  /**
   * Multiplies every limit. Above 1 only where thousands of shoppers share one address: in development,
   * where a replay drives them all.
   */
  readonly factor: number;
}

const commandTimeoutMs = 250;
const reconnectDelayMsMax = 500;
const keyLifetimeMs = 86_400_000;

// Counts one request; the counter dies with its window, and so does what it was counted under.
const countScript = `
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return { count, redis.call('PTTL', KEYS[1]) }`;

/**
 * Fixed windows in Redis. A caller appears only as an HMAC under a key that is drawn at random, kept in
 * memory and replaced every day, so that nobody can find an address or a login in Redis. Each process has
 * its own key and counts for itself. Without Redis requests pass: a shop that nobody can enter because
 * its counter is away would be the better target.
 */
export class RedisRateLimiter extends RateLimiter {
  readonly #redis: Redis;
  readonly #keyPrefix: string;
  readonly #factor: number;
  #key = randomBytes(32);
  #keyDrawnAt = performance.now();

  constructor(options: RedisRateLimiterOptions) {
    super();
    this.#keyPrefix = options.keyPrefix;
    this.#factor = options.factor;
    this.#redis = new Redis(options.url, {
      commandTimeout: commandTimeoutMs,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      retryStrategy: (attempt) => Math.min(50 * attempt, reconnectDelayMsMax),
    });
    // Each command that fails says so to its caller; unheard, the event would end the process.
    this.#redis.on('error', () => undefined);
  }

  override async take(rule: RateLimitRule, caller: string): Promise<RateLimitVerdict> {
    const counted = await this.#count(rule, caller);
    if (counted === undefined) return { isAllowed: true, retryAfterSeconds: 0 };
    const [count, remainingMs] = counted;
    const isAllowed = count <= rule.limit * this.#factor;
    return {
      isAllowed,
      retryAfterSeconds: isAllowed ? 0 : Math.max(1, Math.ceil(remainingMs / 1000)),
    };
  }

  async close(): Promise<void> {
    this.#redis.disconnect();
    await Promise.resolve();
  }

  async #count(rule: RateLimitRule, caller: string): Promise<[number, number] | undefined> {
    try {
      const key = `${this.#keyPrefix}${rule.name}:${this.#nameOf(rule, caller)}`;
      const windowMs = rule.windowSeconds * 1000;
      return (await this.#redis.eval(countScript, 1, key, windowMs)) as [number, number];
    } catch {
      return undefined;
    }
  }

  #nameOf(rule: RateLimitRule, caller: string): string {
    const now = performance.now();
    if (now - this.#keyDrawnAt > keyLifetimeMs) {
      this.#key = randomBytes(32);
      this.#keyDrawnAt = now;
    }
    return createHmac('sha256', this.#key).update(`${rule.name}|${caller}`).digest('base64url');
  }
}
