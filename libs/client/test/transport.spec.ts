import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { NodeFetch } from '../src/node-fetch.ts';
import { nodeFetch } from '../src/node-fetch.ts';
import type { PinnedHome } from '../src/pinned-homes.ts';
import { PinnedHomes, UnpinnedHomeError } from '../src/pinned-homes.ts';
import { NoAnswerError, ProblemError } from '../src/problem-error.ts';
import { Transport } from '../src/transport.ts';

/** A cell reduced to what the wire shows: it records requests and answers as told. */
class ScriptedCell {
  readonly requests: IncomingMessage[] = [];
  answer: (response: ServerResponse, attempt: number) => void = (response) => response.end('{}');
  private readonly server: Server = createServer((request, response) => {
    this.requests.push(request);
    request.resume().on('end', () => this.answer(response, this.requests.length));
  });

  async listen(cell: string): Promise<PinnedHome> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const { port } = this.server.address() as AddressInfo;
    return { cell, origin: `http://${cell}.localhost:${port}` };
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function problem(response: ServerResponse, status: number, code: string, extra: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/problem+json', ...extra });
  const home = { cell: 'eu-1', origin: 'http://attacker.example' };
  response.end(
    JSON.stringify({ type: 'about:blank', title: code, status, code, traceId: '0', home }),
  );
}

describe('The client’s transport', () => {
  let india: ScriptedCell;
  let europe: ScriptedCell;
  let homes: PinnedHome[];
  let node: NodeFetch;

  beforeAll(() => {
    node = nodeFetch();
  });
  afterAll(() => node.close());

  beforeEach(async () => {
    india = new ScriptedCell();
    europe = new ScriptedCell();
    homes = [await india.listen('in-1'), await europe.listen('eu-1')];
  });
  afterEach(async () => {
    await india.close();
    await europe.close();
  });

  /** What answers at all has time to on a machine that is busy with other things. */
  const transportTo = (pinned: PinnedHome[], timeoutMs = 10_000) =>
    new Transport(new PinnedHomes(pinned), { fetch: node.fetch, timeoutMs, retryForMs: 2_000 });
  const home = (index: number): PinnedHome => {
    const found = homes[index];
    if (found === undefined) throw new RangeError('no such home');
    return found;
  };
  const request = { method: 'POST', path: '/v1/sessions', body: { a: 1 } } as const;

  it('follows a shopper home to the pinned origin, not to the one the answer names', async () => {
    india.answer = (response) => problem(response, 421, 'HOME_CELL_ELSEWHERE');
    const answer = await transportTo(homes).send(home(0), request);
    expect(answer.cell).toBe('eu-1');
    expect(europe.requests[0]?.headers.host).toMatch(/^eu-1\.localhost:\d+$/);
    expect(europe.requests).toHaveLength(1);
  });

  it('goes nowhere when the named home is not pinned', async () => {
    india.answer = (response) => problem(response, 421, 'HOME_CELL_ELSEWHERE');
    await expect(transportTo([home(0)]).send(home(0), request)).rejects.toThrow(UnpinnedHomeError);
    expect(europe.requests).toHaveLength(0);
  });

  it('follows once only, also when two cells point at each other', async () => {
    india.answer = (response) => problem(response, 421, 'HOME_CELL_ELSEWHERE');
    europe.answer = (response) => problem(response, 421, 'HOME_CELL_ELSEWHERE');
    await expect(transportTo(homes).send(home(0), request)).rejects.toThrow(ProblemError);
    expect(india.requests.length + europe.requests.length).toBe(2);
  });

  it('refuses a redirect', async () => {
    india.answer = (response) => {
      response.writeHead(307, { location: home(1).origin }).end();
    };
    await expect(transportTo(homes).send(home(0), request)).rejects.toThrow(NoAnswerError);
    expect(europe.requests).toHaveLength(0);
  });

  it('repeats an unanswered request only when it carries a key, and with that same key', async () => {
    india.answer = (response, attempt) => {
      if (attempt === 1) response.destroy();
      else if (attempt === 2) problem(response, 503, 'OUTCOME_UNKNOWN', { 'retry-after': '0' });
      else response.writeHead(201, { 'idempotent-replayed': 'true' }).end('{"id":"x"}');
    };
    const answer = await transportTo(homes).send(home(0), { ...request, idempotencyKey: 'key-1' });
    expect(answer).toMatchObject({ status: 201, wasReplayed: true, body: { id: 'x' } });
    expect(india.requests.map(({ headers }) => headers['idempotency-key'])).toEqual([
      'key-1',
      'key-1',
      'key-1',
    ]);

    india.answer = (response) => response.destroy();
    const before = india.requests.length;
    await expect(transportTo(homes).send(home(0), request)).rejects.toThrow(NoAnswerError);
    expect(india.requests.length - before).toBe(1);
  });

  it.each([
    [402, 'PAYMENT_DECLINED'],
    [409, 'STOCK_SHORT'],
    [422, 'IDEMPOTENCY_KEY_REUSED'],
  ])('takes %i %s as final', async (status, code) => {
    india.answer = (response) => problem(response, status, code);
    const sent = transportTo(homes).send(home(0), { ...request, idempotencyKey: 'key-2' });
    await expect(sent).rejects.toMatchObject({ status, code });
    expect(india.requests).toHaveLength(1);
  });

  it('gives up on a cell that accepts and says nothing', async () => {
    india.answer = () => undefined;
    await expect(transportTo(homes, 300).send(home(0), request)).rejects.toThrow(NoAnswerError);
  });
});
