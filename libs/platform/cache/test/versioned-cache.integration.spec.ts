import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { testRedis } from '@entrepot/testing';
import { setTimeout as delay } from 'node:timers/promises';

import {
  AbsentSharedCache,
  bypassCaches,
  RedisSharedCache,
  SharedCacheUnavailableError,
  VersionedCache,
} from '../src/index.ts';
import type { CachePolicy, CacheQuestion, Floor, SharedCache, Versioned } from '../src/index.ts';

const policy: CachePolicy = { softMs: 60_000, hardMs: 600_000, negativeMs: 5_000, jitter: 0 };

/** A thing with a version, read as slowly as the spec wishes. */
class Thing {
  version = 1;
  reads = 0;
  hold: Promise<void> = Promise.resolve();

  question(fields: Partial<CacheQuestion> = {}): CacheQuestion {
    return {
      facet: 'view',
      policy,
      origin: async (subjects) => {
        this.reads += 1;
        const { version } = this;
        await this.hold;
        return new Map<string, Versioned>(
          subjects.map((subject) => [subject, { version, body: `body ${version}` }]),
        );
      },
      ...fields,
    };
  }
}

let redis: Awaited<ReturnType<typeof testRedis>>;
const opened: RedisSharedCache[] = [];
let clock = 0;
let thing: Thing;
let subject: string;

async function openShared(): Promise<RedisSharedCache> {
  const shared = new RedisSharedCache({ url: redis.url, keyPrefix: redis.keyPrefix });
  opened.push(shared);
  while (shared.memory === undefined) await delay(5);
  return shared;
}
/** On a loaded machine a command may take longer than it is given: what was not raised is raised again. */
async function raisePatiently(shared: SharedCache, floors: readonly Floor[]): Promise<void> {
  for (;;) {
    try {
      await shared.raise(floors);
      return;
    } catch (error) {
      if (!(error instanceof SharedCacheUnavailableError)) throw error;
      await delay(50);
    }
  }
}
const process = (shared: SharedCache) =>
  new VersionedCache({
    shared,
    localBytesMax: 1_000_000,
    random: () => 0.5,
    now: () => Date.now() + clock,
  });

beforeAll(async () => {
  redis = await testRedis();
}, 120_000);
afterAll(() => opened.forEach((shared) => shared.close()));
beforeEach(() => {
  clock = 0;
  thing = new Thing();
  subject = `thing ${crypto.randomUUID()}`;
});

describe('the cache of two processes', () => {
  it('reads the origin once for both, and once for many who ask together', async () => {
    const [first, second] = [process(await openShared()), process(await openShared())];
    await Promise.all(Array.from({ length: 50 }, () => first.readOne(subject, thing.question())));
    await second.readOne(subject, thing.question());
    expect(thing.reads).toBe(1);
  });

  it('shows no process anything below a floor that has been raised', async () => {
    const shared = await openShared();
    const [first, second] = [process(shared), process(await openShared())];
    for (let version = 1; version <= 100; version += 1) {
      thing.version = version;
      await shared.raise([{ subject, version }]);
      const answers = await Promise.all(
        [first, second, first].map((each) => each.readOne(subject, thing.question())),
      );
      for (const answer of answers) expect(answer.version).toBe(version);
    }
  });

  it('refuses the fill of a reader that was overtaken by a write', async () => {
    const shared = await openShared();
    const [slow, other] = [process(shared), process(await openShared())];
    let release = (): void => undefined;
    thing.hold = new Promise((resolve) => (release = resolve));
    const overtaken = slow.readOne(subject, thing.question());
    while (thing.reads === 0) await delay(5);
    thing.version = 2;
    await shared.raise([{ subject, version: 2 }]);
    release();
    expect((await overtaken).version).toBe(2);
    expect(slow.statistics.refusedFills).toBe(1);
    expect((await other.readOne(subject, thing.question())).version).toBe(2);
    expect((await slow.readOne(subject, thing.question())).version).toBe(2);
  });

  it('serves a stale answer at once and reads it anew behind it', async () => {
    const cache = process(await openShared());
    await cache.readOne(subject, thing.question());
    thing.version = 2;
    clock = policy.softMs + 1;
    expect((await cache.readOne(subject, thing.question())).version).toBe(1);
    while (thing.reads < 2) await delay(5);
    await delay(20);
    expect((await cache.readOne(subject, thing.question())).version).toBe(2);
    clock = 2 * policy.hardMs;
    thing.version = 3;
    expect((await cache.readOne(subject, thing.question())).version).toBe(3);
  });

  it('shows a reader nothing older than what it saw while the store was away', async () => {
    const shared = await openShared();
    const cache = process(shared);
    await cache.readOne(subject, thing.question());
    thing.version = 2;
    const away = jest
      .spyOn(shared, 'revision')
      .mockRejectedValueOnce(new SharedCacheUnavailableError('away'));
    expect((await cache.readOne(subject, thing.question())).version).toBe(2);
    away.mockRestore();
    expect((await cache.readOne(subject, thing.question())).version).toBe(2);
  });

  it('reads all the stale answers of one question anew in one read', async () => {
    const cache = process(await openShared());
    const subjects = Array.from({ length: 100 }, (_, n) => `${subject} ${n}`);
    await cache.read(subjects, thing.question());
    thing.version = 2;
    clock = policy.softMs + 1;
    await Promise.all([1, 2, 3].map(() => cache.read(subjects, thing.question())));
    while (thing.reads < 2) await delay(5);
    await delay(20);
    const anew = await cache.read(subjects, thing.question());
    expect([...anew.values()].every(({ version }) => version === 2)).toBe(true);
    expect(thing.reads).toBe(2);
  });

  it('remembers for a short while that there is no such thing, unless one is made', async () => {
    const shared = await openShared();
    const cache = process(shared);
    let reads = 0;
    let made: [string, Versioned][] = [];
    const question = thing.question({
      origin: () => {
        reads += 1;
        return Promise.resolve(new Map(made));
      },
    });
    for (let i = 0; i < 3; i += 1) expect((await cache.readOne(subject, question)).body).toBeNull();
    expect(reads).toBe(1);
    made = [[subject, { version: 1, body: 'born' }]];
    await shared.raise([{ subject, version: 1 }]);
    expect((await cache.readOne(subject, question)).body).toBe('born');
  });

  it('forgets everything when the store has forgotten the floors', async () => {
    const shared = await openShared();
    const cache = process(shared);
    await shared.raise([{ subject, version: 1 }]);
    await cache.readOne(subject, thing.question());
    const strangers = Array.from({ length: 60_000 }, (_, n) => ({
      subject: `stranger ${n}`,
      version: 1,
    }));
    thing.version = 2;
    await shared.raise([{ subject, version: 2 }]);
    for (let at = 0; at < strangers.length; at += 100) {
      await raisePatiently(shared, strangers.slice(at, at + 100));
    }
    // its floor has left the log by now: what this process remembers is worth nothing
    expect((await cache.readOne(subject, thing.question())).version).toBe(2);
  }, 30_000);

  it('goes on without the shared level, from the origin alone', async () => {
    const cache = process(new AbsentSharedCache());
    await Promise.all(Array.from({ length: 20 }, () => cache.readOne(subject, thing.question())));
    expect(thing.reads).toBe(1);
    thing.version = 2;
    expect((await cache.readOne(subject, thing.question())).version).toBe(2);
    expect(cache.statistics.withoutShared).toBe(21);
  });

  it('is read past where it is bypassed, and keeps nothing of that', async () => {
    const cache = process(await openShared());
    const read = () => cache.readOne(subject, thing.question());
    await read();
    thing.version = 2;
    const past = await new Promise<Versioned>((resolve, reject) => {
      bypassCaches(() => void read().then(resolve, reject));
    });
    expect(past).toEqual({ version: 2, body: 'body 2' });
    expect((await read()).version).toBe(1);
    expect(thing.reads).toBe(2);
  });

  it('never reads the origin more than so many times at once', async () => {
    const cache = process(await openShared());
    let running = 0;
    let most = 0;
    const origin = async (subjects: readonly string[]) => {
      running += 1;
      most = Math.max(most, running);
      await delay(5);
      running -= 1;
      return new Map(subjects.map((each) => [each, { version: 1, body: each }]));
    };
    const subjects = Array.from({ length: 100 }, (_, n) => `${subject} ${n}`);
    const question = thing.question({ origin });
    await Promise.all(subjects.map((each) => cache.readOne(each, question)));
    expect(most).toBe(8);
  });
});
