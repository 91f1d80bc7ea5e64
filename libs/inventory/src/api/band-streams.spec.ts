import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { CellId, Sku } from '@entrepot/kernel';
import { BandFeed } from '../application/band-feed.ts';
import { StockMap } from '../application/stock-map.ts';
import type { PoolId } from '../domain/pool.ts';
import type { PoolHint } from '../domain/stock-hint.ts';
import { BandStream } from './band-stream.ts';
import { BandStreams, type StreamEnd } from './band-streams.ts';

const map = new StockMap(
  { cells: [{ id: 'in-1', warehouses: [{ id: 'blr' }] }] } as unknown as ConstructorParameters<
    typeof StockMap
  >[0],
  'in-1' as CellId,
);
const skus = (...names: string[]): ReadonlySet<Sku> => new Set(names as Sku[]);

async function until(what: () => boolean): Promise<void> {
  while (!what()) await sleep(10);
}

/** Books that a spec writes in, and that count how often they were looked at. */
class Books {
  readonly free = new Map<string, number>();
  readonly looks: (readonly PoolId[])[] = [];
  isAway = false;

  find(pools: readonly PoolId[]): Promise<PoolHint[]> {
    this.looks.push(pools);
    if (this.isAway) return Promise.reject(new Error('away'));
    const of = (pool: PoolId): PoolHint => ({ pool, free: this.free.get(pool) ?? 0, reports: [] });
    return Promise.resolve(pools.map(of));
  }
}

describe('BandFeed', () => {
  const feeds: BandFeed[] = [];
  afterEach(async () => {
    await Promise.all(feeds.splice(0).map((feed) => feed.stop()));
  });

  function openFeed(books: Books, outcomes: string[] = []): BandFeed {
    const feed = new BandFeed(map, books, { everyMs: 10, onLook: (how) => outcomes.push(how) });
    feeds.push(feed);
    return feed;
  }

  it('computes a band once for all who watch, and tells a change and nothing else', async () => {
    const books = new Books();
    books.free.set('blr/mug', 50);
    const feed = openFeed(books);
    const told = [[], [], []] as string[][];
    const ends = told.map((bands) =>
      feed.watch(skus('mug'), (_, { band }) => void bands.push(band)),
    );
    const lookTwice = (): Promise<void> => {
      const looks = books.looks.length;
      return until(() => books.looks.length >= looks + 2);
    };
    await lookTwice();
    books.free.set('blr/mug', 40);
    await lookTwice();
    books.free.set('blr/mug', 2);
    await lookTwice();
    expect(told).toEqual([
      ['MANY', 'FEW'],
      ['MANY', 'FEW'],
      ['MANY', 'FEW'],
    ]);
    expect(books.looks.every((pools) => pools.length === 1)).toBe(true);
    for (const end of ends) end();
  });

  it('tells a newcomer at once what is known', async () => {
    const feed = openFeed(new Books());
    let isKnown = false;
    feed.watch(skus('mug'), () => (isKnown = true));
    await until(() => isKnown);
    const told: string[] = [];
    feed.watch(skus('mug'), (sku) => void told.push(sku));
    expect(told).toEqual(['mug']);
  });

  it('looks at nothing once nobody watches, and again when somebody does', async () => {
    const books = new Books();
    const feed = openFeed(books);
    const end = feed.watch(skus('mug'), () => undefined);
    await until(() => books.looks.length > 0);
    end();
    await sleep(200);
    const looks = books.looks.length;
    await sleep(100);
    expect([books.looks.length, feed.size]).toEqual([looks, 0]);
    feed.watch(skus('mug'), () => undefined);
    await until(() => books.looks.length > looks);
  });

  it('keeps the bands through looks that fail, and says that they did', async () => {
    const books = new Books();
    books.free.set('blr/mug', 50);
    const outcomes: string[] = [];
    const feed = openFeed(books, outcomes);
    const told: string[] = [];
    feed.watch(skus('mug'), (_, { band }) => void told.push(band));
    await until(() => told.length === 1);
    books.isAway = true;
    await until(() => outcomes.includes('failed'));
    books.isAway = false;
    books.free.set('blr/mug', 1);
    await until(() => told.length === 2);
    expect(told).toEqual(['MANY', 'FEW']);
    expect(new Set(outcomes)).toEqual(new Set(['done', 'failed']));
  });

  it('asks the database for a bounded number of articles at once, new ones first', async () => {
    const books = new Books();
    const feed = openFeed(books);
    const old = Array.from({ length: 2_500 }, (_, n) => `old-${n}`);
    const told = new Set<string>();
    feed.watch(skus(...old), (sku) => void told.add(sku));
    await until(() => told.size === 2_500);
    const looksBefore = books.looks.length;
    feed.watch(skus('new'), (sku) => void told.add(sku));
    await until(() => told.size === 2_501);
    expect(Math.max(...books.looks.map(({ length }) => length))).toBe(1_000);
    const withNew = books.looks.findIndex((pools) => pools.includes('blr/new' as PoolId));
    // one look may have been under way
    expect(withNew - looksBefore).toBeLessThanOrEqual(1);
  });

  it('looks between two looks at nothing but what is new', async () => {
    const books = new Books();
    const feed = new BandFeed(map, books, { everyMs: 60_000 });
    feeds.push(feed);
    for (const [at, name] of ['a', 'b', 'c'].entries()) {
      feed.watch(skus(name, 'shared'), () => undefined);
      await until(() => books.looks.length > at);
    }
    expect(books.looks).toEqual([['blr/a', 'blr/shared'], ['blr/b'], ['blr/c']]);
  });

  it('stops at once while it rests', async () => {
    const books = new Books();
    const feed = new BandFeed(map, books, { everyMs: 60_000 });
    feed.watch(skus('mug'), () => undefined);
    await until(() => books.looks.length > 0);
    await sleep(50);
    const startedAt = performance.now();
    await feed.stop();
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it('watches no more articles than it may', () => {
    const feed = openFeed(new Books());
    const many = Array.from({ length: 10_001 }, (_, n) => `s-${n}`);
    expect(() => feed.watch(skus(...many), () => undefined)).toThrow(/as many articles/);
    expect(feed.size).toBe(0);
  });
});

describe('BandStream', () => {
  it('holds the latest band of each article for a reader who does not read', async () => {
    const stream = new BandStream(1_000);
    for (let n = 0; n < 20_000; n += 1) stream.tell(`sku-${n % 10}`, 'band', { n });
    expect(stream.readableLength).toBeLessThan(16 * 1024);
    expect(stream.stuckMs).toBeGreaterThan(0);
    const text = await readUntil(stream, (read) => read.includes('"n":19999'));
    const seen = [...text.matchAll(/"n":(\d+)/g)].map(([, n]) => Number(n));
    expect(seen.length).toBeLessThan(1_000);
    expect(seen.slice(-10).toSorted()).toEqual([
      19_990, 19_991, 19_992, 19_993, 19_994, 19_995, 19_996, 19_997, 19_998, 19_999,
    ]);
    expect(stream.stuckMs).toBe(0);
  });

  it('says no more after its end', async () => {
    const stream = new BandStream(1_000);
    stream.finish();
    stream.finish();
    stream.beat();
    stream.resume();
    await once(stream, 'end');
  });
});

describe('BandStreams', () => {
  const limits = {
    streamsMax: 3,
    perAddressMax: 2,
    beatEveryMs: 10,
    stuckMsMax: 50,
    lifeMsMax: 60_000,
  };

  it('cuts off a reader who takes nothing, and none beside it', async () => {
    const ends: StreamEnd[] = [];
    const feed = new BandFeed(map, new Books());
    const streams = new BandStreams(feed, limits, (end) => void ends.push(end));
    const stuck = streams.connect(skus('mug'), '198.51.100.1');
    const well = streams.connect(skus('mug'), '198.51.100.2').resume();
    for (let n = 0; n < 1_000; n += 1) stuck.tell(`sku-${n}`, 'band', { n });
    await once(stuck, 'close');
    expect([ends, streams.open, well.destroyed]).toEqual([['stuck'], 1, false]);
    await streams.close();
    expect(ends).toEqual(['stuck', 'shutdown']);
  });

  it('ends a stream in its time, whether somebody reads it or not', async () => {
    const ends: StreamEnd[] = [];
    const feed = new BandFeed(map, new Books());
    const short = { ...limits, lifeMsMax: 100 };
    const streams = new BandStreams(feed, short, (end) => void ends.push(end));
    const [read, unread] = ['198.51.100.1', '198.51.100.2'].map((address) =>
      streams.connect(skus('mug'), address),
    );
    await Promise.all([
      once(read?.resume() as BandStream, 'end'),
      once(unread as BandStream, 'close'),
    ]);
    expect([ends, streams.open]).toEqual([['old', 'old'], 0]);
    await streams.close();
  });

  it('has so many places for all and so many for an address, and takes them back', async () => {
    const streams = new BandStreams(new BandFeed(map, new Books()), limits);
    const first = streams.connect(skus('mug'), '198.51.100.1');
    streams.connect(skus('mug'), '198.51.100.1');
    expect(() => streams.connect(skus('mug'), '198.51.100.1')).toThrow(/address/);
    streams.connect(skus('mug'), '198.51.100.2');
    expect(() => streams.connect(skus('mug'), '198.51.100.3')).toThrow(/this process/);
    first.destroy();
    await once(first, 'close');
    streams.connect(skus('mug'), '198.51.100.1');
    await streams.close();
    expect(() => streams.connect(skus('mug'), '198.51.100.4')).toThrow(/this process/);
  });

  it('takes the addresses of one IPv6 subscriber for one', async () => {
    const streams = new BandStreams(new BandFeed(map, new Books()), limits);
    streams.connect(skus('mug'), '2001:db8:0:1::1');
    streams.connect(skus('mug'), '2001:db8:0:1:8:8:8:8');
    expect(() => streams.connect(skus('mug'), '2001:db8:0:1::2')).toThrow(/address/);
    streams.connect(skus('mug'), '2001:db8:0:2::1');
    await streams.close();
  });
});

async function readUntil(stream: BandStream, isEnough: (text: string) => boolean) {
  let text = '';
  for await (const chunk of stream) {
    text += String(chunk);
    if (isEnough(text)) break;
  }
  return text;
}
