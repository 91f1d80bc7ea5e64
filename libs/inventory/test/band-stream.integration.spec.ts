import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { bandEvent, type BandEvent } from '@entrepot/contracts/api/inventory';
import type { ShopDatabase } from '@entrepot/platform-database';
import { testDatabase, type TestDatabase } from '@entrepot/testing';
import { openInventory, type Inventory } from '../src/inventory.ts';
import { openShopWindow, type ShopWindow } from './availability-surface.ts';
import { buy, india } from './cells-under-test.ts';
import { directory } from './warehouse-surface.ts';

const limits = {
  streamsMax: 6,
  perAddressMax: 4,
  beatEveryMs: 100,
  stuckMsMax: 400,
  lifeMsMax: 60_000,
};
/** A look comes every half second; a busy machine takes its time. */
const soonMs = 15_000;

/** One reader of a stream, with all it has read. */
class Reader {
  text = '';
  isOver = false;
  /** What the reading broke off with, if it did. */
  end: unknown;

  private constructor(
    readonly answer: Response,
    private readonly reading: AbortController,
  ) {}

  static async open(
    { origin }: ShopWindow,
    skus: readonly string[],
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reader> {
    const reading = new AbortController();
    const query = skus.map((sku) => `sku=${sku}`).join('&');
    const answer = await fetch(`${origin}/v1/availability/stream?${query}`, {
      headers,
      signal: reading.signal,
    });
    const reader = new Reader(answer, reading);
    if (answer.ok) void reader.read();
    return reader;
  }

  get events(): BandEvent[] {
    return [...this.text.matchAll(/^event: band\ndata: (.*)$/gm)].map(([, data = '']) =>
      bandEvent.parse(JSON.parse(data)),
    );
  }

  bandsOf(sku: string): string[] {
    return this.events.filter((event) => event.sku === sku).map(({ band }) => band);
  }

  leave(): void {
    this.reading.abort();
  }

  private async read(): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of this.answer.body ?? []) this.text += decoder.decode(chunk as never);
    } catch (error) {
      // left by the spec, or cut off by the process: either way it is over
      this.end = error;
    } finally {
      this.isOver = true;
    }
  }
}

/** A reader who asks for a stream and takes nothing of it. */
async function connectDeaf({ origin }: ShopWindow): Promise<Socket> {
  const { hostname, port } = new URL(origin);
  const deaf = connect(Number(port), hostname).pause();
  await once(deaf, 'connect');
  deaf.write('GET /v1/availability/stream?sku=a HTTP/1.1\r\nhost: shop\r\n\r\n');
  return deaf;
}

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + soonMs;
  while (!(await what())) {
    if (performance.now() > end) throw new Error(`not within ${soonMs} ms: ${what.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('the stream of bands', () => {
  let database: TestDatabase<'shop'>;
  let shop: ShopDatabase;
  let other: Inventory;
  let window: ShopWindow;
  let number = 0;
  const readers: Reader[] = [];
  const nobody = {
    borrow: () => Promise.reject(new TypeError('nobody is asked')),
    exchangeTotals: () => Promise.reject(new TypeError('nobody is asked')),
  };

  beforeAll(async () => {
    database = await testDatabase('shop', { cell: india });
    shop = database.open('api');
    // another process of the cell: what it does must show here
    other = openInventory({
      ...{ cell: india, directory, peers: nobody },
      shop: database.open('worker'),
    });
    window = await openShopWindow(shop, limits);
  }, 120_000);
  beforeEach(async () => {
    for (const reader of readers.splice(0)) reader.leave();
    await until(async () => (await openStreams()) === 0);
  });
  afterAll(async () => {
    await window.app.close();
    await database.drop();
  });

  async function openStreams(): Promise<number> {
    const { text } = await window.metrics.expose();
    return Number(/^entrepot_availability_streams\{[^}]*\} (\d+)$/m.exec(text)?.[1]);
  }

  async function open(...skus: string[]): Promise<Reader> {
    const reader = await Reader.open(window, skus);
    readers.push(reader);
    return reader;
  }

  async function stock(quantity: number): Promise<string> {
    number += 1;
    const sku = `seen-${number}`;
    await receive(sku, quantity);
    return sku;
  }

  async function receive(sku: string, quantity: number): Promise<void> {
    number += 1;
    await other.receiveStock.execute(`delivery-${number}`, [{ sku, warehouse: 'blr', quantity }]);
  }

  it('begins with every band, in a form that browsers read', async () => {
    const [many, few] = [await stock(50), await stock(2)];
    const reader = await open(many, few, 'never-heard-of');
    expect(reader.answer.status).toBe(200);
    expect(reader.answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(reader.answer.headers.get('cache-control')).toBe('no-store');
    expect(reader.answer.headers.get('x-content-type-options')).toBe('nosniff');
    await until(() => reader.events.length === 3);
    expect(reader.text).toMatch(/^retry: [1-5]\d{3}\n\n/);
    expect(reader.events.toSorted((left, right) => (left.sku < right.sku ? -1 : 1))).toEqual([
      { sku: 'never-heard-of', band: 'CHECKING', peersHeardSecondsAgo: null },
      { sku: many, band: 'MANY', peersHeardSecondsAgo: null },
      { sku: few, band: 'FEW', peersHeardSecondsAgo: null },
    ]);
  });

  it('tells of a change that another process made, and of nothing that is no change', async () => {
    const sku = await stock(8);
    const reader = await open(sku);
    await until(() => reader.events.length === 1);
    await buy(other, [{ sku, quantity: 1 }]);
    await buy(other, [{ sku, quantity: 1 }]);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(reader.bandsOf(sku)).toEqual(['MANY']);
    await buy(other, [{ sku, quantity: 2 }]);
    await until(() => reader.bandsOf(sku).length === 2);
    await receive(sku, 20);
    await until(() => reader.bandsOf(sku).length === 3);
    expect(reader.bandsOf(sku)).toEqual(['MANY', 'FEW', 'MANY']);
  });

  it('begins anew for a reader who comes back, whatever it had read', async () => {
    const sku = await stock(9);
    const first = await open(sku);
    await until(() => first.events.length === 1);
    first.leave();
    await buy(other, [{ sku, quantity: 6 }]);
    const again = await Reader.open(window, [sku], { 'last-event-id': '17' });
    readers.push(again);
    await until(() => again.events.length === 1);
    expect(again.bandsOf(sku)).toEqual(['FEW']);
  });

  it('shows that it lives while there is nothing to say', async () => {
    const reader = await open(await stock(1));
    await until(() => (reader.text.match(/^:$/gm)?.length ?? 0) >= 3);
  });

  it('looks once for all readers, and not at all while nobody reads', async () => {
    const sku = await stock(30);
    await Promise.all([open(sku), open(sku), open(sku)]);
    await until(() => readers.every(({ events }) => events.length === 1));
    const before = shop.statementsSent;
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const sent = shop.statementsSent - before;
    expect(sent).toBeGreaterThanOrEqual(1);
    expect(sent).toBeLessThanOrEqual(5);
    for (const reader of readers) reader.leave();
    await until(async () => (await openStreams()) === 0);
    const atRest = shop.statementsSent;
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(shop.statementsSent - atRest).toBeLessThanOrEqual(1);
  });

  it('keeps a place for each of a few readers of an address, and gives it back', async () => {
    const sku = await stock(1);
    await Promise.all([open(sku), open(sku), open(sku), open(sku)]);
    const fifth = await open(sku);
    expect(fifth.answer.status).toBe(429);
    expect(await fifth.answer.json()).toMatchObject({ code: 'RATE_LIMITED' });
    expect(Number(fifth.answer.headers.get('retry-after'))).toBeGreaterThan(0);
    readers[0]?.leave();
    await until(async () => (await openStreams()) === 3);
    expect((await open(sku)).answer.status).toBe(200);
  });

  it.each([
    ['no article', ''],
    ['more articles than fit', Array.from({ length: 51 }, (_, n) => `sku=s${n}`).join('&')],
    ['what is no article', 'sku=%00'],
    ['a field that it does not know', 'sku=a&since=3'],
  ])('refuses %s', async (_, query) => {
    const answer = await fetch(`${window.origin}/v1/availability/stream?${query}`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it('may be read by pages of the shop and by no others', async () => {
    const allowed = async (origin: string): Promise<string | null> => {
      const reader = await Reader.open(window, ['a'], { origin });
      readers.push(reader);
      return reader.answer.headers.get('access-control-allow-origin');
    };
    expect(await allowed('https://shop.example')).toBe('https://shop.example');
    expect(await allowed('https://other.example')).toBeNull();
  });

  it('is no answer whose time is measured, unless it is a refusal', async () => {
    const reader = await open('a');
    await fetch(`${window.origin}/v1/availability/stream`);
    reader.leave();
    await until(async () => (await openStreams()) === 0);
    const { text } = await window.metrics.expose();
    const measured = text.match(/^entrepot_http_request_duration_seconds_count\{.*stream".*$/gm);
    expect(measured?.map((line) => /status="(\d+)"/.exec(line)?.[1])).not.toContain('200');
    expect(measured?.join()).toContain('status="400"');
  });

  it('opens nothing for a HEAD', async () => {
    await fetch(`${window.origin}/v1/availability/stream?sku=a`, { method: 'HEAD' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await until(async () => (await openStreams()) === 0);
  });
});

describe('a stream whose time is over', () => {
  it('ends in order, also under a reader that has stopped reading, and gives the place back', async () => {
    const database = await testDatabase('shop', { cell: india });
    const short = { ...limits, perAddressMax: 2, lifeMsMax: 4_000 };
    const window = await openShopWindow(database.open('api'), short);
    const deaf = await connectDeaf(window);
    const reader = await Reader.open(window, ['a']);
    expect(reader.answer.status).toBe(200);
    await until(() => reader.isOver);
    expect([reader.end, reader.events.length]).toEqual([undefined, 1]);
    await until(async () =>
      /streams_ended_total\{[^}]*"old"[^}]*\} 2$/m.test((await window.metrics.expose()).text),
    );
    const again = [await Reader.open(window, ['a']), await Reader.open(window, ['a'])];
    expect(again.map(({ answer }) => answer.status)).toEqual([200, 200]);
    for (const left of again) left.leave();
    deaf.destroy();
    await window.app.close();
    await database.drop();
  }, 120_000);
});

describe('a process that ends', () => {
  it('ends its streams, opens none and closes without waiting for readers', async () => {
    const database = await testDatabase('shop', { cell: india });
    const window = await openShopWindow(database.open('api'), limits);
    const deaf = await connectDeaf(window);
    const readers = await Promise.all([Reader.open(window, ['a']), Reader.open(window, ['a'])]);
    await until(() => readers.every(({ events }) => events.length === 1));
    const startedAt = performance.now();
    await window.app.close();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    await until(() => readers.every(({ isOver }) => isOver));
    expect(readers.map(({ end }) => end)).toEqual([undefined, undefined]);
    deaf.destroy();
    await expect(Reader.open(window, ['a'])).rejects.toThrow();
    await database.drop();
  }, 120_000);
});
