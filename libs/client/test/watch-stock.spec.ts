import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { BandEvent, StockBand } from '@entrepot/contracts/api/inventory';
import { EntrepotClient } from '../src/entrepot-client.ts';
import type { NodeFetch } from '../src/node-fetch.ts';
import { nodeFetch } from '../src/node-fetch.ts';

type Script = (response: ServerResponse, request: IncomingMessage) => void;

const soon = 'retry: 20\n\n';
const band = (sku: string, of: StockBand): string =>
  `event: band\ndata: ${JSON.stringify({ sku, band: of, peersHeardSecondsAgo: null })}\n\n`;
const begin = (response: ServerResponse, text: string): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' }).write(text);
};
const refuse = (response: ServerResponse, status: number, headers: object = {}): void => {
  response.writeHead(status, { 'content-type': 'application/problem+json', ...headers }).end('{}');
};

describe('The client’s watch on stock', () => {
  let node: NodeFetch;
  let origin: string;
  let client: EntrepotClient;
  let script: Script[] = [];
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    (script[asked.length - 1] ?? script.at(-1))?.(response, request);
  });

  beforeAll(async () => {
    node = nodeFetch();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    asked.length = 0;
    client = new EntrepotClient({ homes: [{ cell: 'in-1', origin }], fetch: node.fetch });
  });
  afterEach(() => server.closeAllConnections());
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await node.close();
  });

  /** What a loop over the watch is told, until it has so many events. */
  async function watch(count: number, silenceMsMax = 45_000): Promise<BandEvent[]> {
    const told: BandEvent[] = [];
    for await (const event of client.watchStock(['mug', 'tea'], { silenceMsMax })) {
      told.push(event);
      if (told.length === count) break;
    }
    return told;
  }

  it('asks for its articles and tells each band as it comes, not when all has come', async () => {
    script = [(response) => begin(response, soon + band('mug', 'MANY') + band('tea', 'FEW'))];
    expect(await watch(2)).toEqual([
      { sku: 'mug', band: 'MANY', peersHeardSecondsAgo: null },
      { sku: 'tea', band: 'FEW', peersHeardSecondsAgo: null },
    ]);
    expect(asked[0]?.url).toBe('/v1/availability/stream?sku=mug&sku=tea');
    expect(asked[0]?.headers.accept).toBe('text/event-stream');
  });

  it('goes on after a stream that ended or broke, and repeats nothing that it told', async () => {
    script = [
      (response) => {
        begin(response, soon + band('mug', 'MANY'));
        response.end();
      },
      (response) => {
        begin(response, soon + band('mug', 'MANY'));
        setTimeout(() => response.destroy(), 20);
      },
      (response) => begin(response, soon + band('mug', 'FEW')),
    ];
    expect((await watch(2)).map((event) => event.band)).toEqual(['MANY', 'FEW']);
    expect(asked).toHaveLength(3);
  });

  it('gives up a stream that is silent for too long', async () => {
    script = [
      (response) => begin(response, soon + band('mug', 'MANY')),
      (response) => begin(response, soon + band('mug', 'FEW')),
    ];
    expect((await watch(2, 1_000)).map((event) => event.band)).toEqual(['MANY', 'FEW']);
  }, 30_000);

  it('takes a comment for a sign of life', async () => {
    script = [
      (response) => {
        begin(response, soon);
        const beats = setInterval(() => response.write(':\n\n'), 50);
        response.on('close', () => clearInterval(beats));
        setTimeout(() => response.write(band('mug', 'FEW')), 3_000);
      },
    ];
    expect(await watch(1, 2_000)).toHaveLength(1);
    expect(asked).toHaveLength(1);
  }, 30_000);

  it('comes back when it is told to wait, and not before', async () => {
    script = [
      (response) => refuse(response, 429, { 'retry-after': '1' }),
      (response) => begin(response, soon + band('mug', 'FEW')),
    ];
    const startedAt = performance.now();
    await watch(1);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(990);
  });

  it('ends with the refusal where asking again cannot help', async () => {
    script = [(response) => refuse(response, 400)];
    await expect(watch(1)).rejects.toMatchObject({ status: 400 });
    expect(asked).toHaveLength(1);
  });

  it('ends when its signal says so, and lets the connection go', async () => {
    let isClosed = false;
    script = [
      (response) => {
        response.on('close', () => (isClosed = true));
        begin(response, soon + band('mug', 'MANY'));
      },
    ];
    const abort = new AbortController();
    const told: string[] = [];
    for await (const event of client.watchStock(['mug'], { signal: abort.signal })) {
      told.push(event.band);
      setTimeout(() => abort.abort(), 50);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([told, isClosed]).toEqual([['MANY'], true]);
  });

  it('leaves out events that are not of the contract', async () => {
    const strange =
      'event: band\ndata: no json\n\nevent: band\ndata: {"sku":1}\n\nevent: x\ndata: 1\n\n';
    script = [(response) => begin(response, soon + strange + band('mug', 'FEW'))];
    expect((await watch(1)).map(({ sku }) => sku)).toEqual(['mug']);
  });

  it('asks for the answers of articles, each in its quantity', async () => {
    const item = { sku: 'mug', availability: 'INSUFFICIENT', available: 2, band: 'FEW' };
    const view = { items: [{ ...item, peersHeardSecondsAgo: 3 }] };
    script = [
      (response) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(view)),
    ];
    expect(await client.availability([{ sku: 'mug', quantity: 3 }, { sku: 'tea' }])).toEqual(view);
    expect(asked[0]?.url).toBe('/v1/availability?sku=mug&sku=tea&quantity=3&quantity=1');
  });
});
