import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { problem } from '@entrepot/contracts/api/problem';
import { bodyBytesMax } from '../src/index.ts';
import { openSurface } from './surface.ts';
import type { Surface } from './surface.ts';
import { europe, india, twoCells } from './two-cells.ts';

const cells = twoCells();
let surface: Surface;

beforeAll(async () => {
  surface = await openSurface(cells);
  await surface.app.listen(0, '127.0.0.1');
});
afterAll(() => surface.app.close());

const json = { 'content-type': 'application/json' };
const atHome = { ...json, 'entrepot-residence': 'IN' };
const canary = 'asha@example.in';

const send = (options: {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS';
  url?: string;
  headers?: Record<string, string>;
  payload?: string | Buffer | Readable;
}) => surface.app.inject({ method: 'POST', url: '/v1/things', ...options });

function expectProblem(answer: Awaited<ReturnType<typeof send>>, status: number, code: string) {
  expect(answer.statusCode).toBe(status);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  const body = problem.parse(answer.json());
  expect(body).toMatchObject({ status, code });
  expect(body.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(answer.body).not.toContain('at ');
  return body;
}

describe('home cell, before the body is read', () => {
  it('sends a resident of another cell home and leaves the body alone', async () => {
    let chunksRead = 0;
    const payload = new Readable({
      read() {
        chunksRead += 1;
        this.push(null);
      },
    });
    const answer = await send({ headers: { ...json, 'entrepot-residence': 'DE' }, payload });
    const body = expectProblem(answer, 421, 'HOME_CELL_ELSEWHERE');
    expect(body['home']).toEqual({ cell: 'eu-1', origin: 'http://eu-1.localhost:8080' });
    expect(chunksRead).toBe(0);
  });

  /** The head of the answer to a request whose body is announced and not sent. */
  const headBeforeBody = async (socket: Socket, bodyBytes: number): Promise<string> => {
    const lines = [
      'POST /v1/things HTTP/1.1',
      'host: in-1.localhost',
      'entrepot-residence: NL',
      'content-type: application/json',
      `content-length: ${bodyBytes}`,
    ];
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    const [head] = (await once(socket, 'data')) as [Buffer];
    return head.toString().toLowerCase();
  };
  const connected = (): Socket =>
    connect((surface.app.getHttpServer().address() as AddressInfo).port, '127.0.0.1');

  it('answers while the body has not been sent at all, and closes over a long one', async () => {
    const socket = connected();
    const head = await headBeforeBody(socket, 1_000_000);
    expect(head).toContain('http/1.1 421');
    expect(head).toContain('connection: close');
    socket.destroy();
  });

  it('lets a short body run out unread, so that the answer is not lost in a reset', async () => {
    const socket = connected();
    expect(await headBeforeBody(socket, 1_000)).not.toContain('connection: close');
    socket.write('x'.repeat(1_000));
    expect(await headBeforeBody(socket, 1_000)).toContain('http/1.1 421');
    socket.destroy();
  });

  it.each([
    ['no header', undefined],
    ['no country code', 'Germany'],
    ['lower case', 'in'],
  ])('needs the residence: %s', async (_name, residence) => {
    const headers = residence === undefined ? json : { ...json, 'entrepot-residence': residence };
    expectProblem(await send({ headers, payload: '{}' }), 400, 'RESIDENCE_REQUIRED');
  });

  it('says where nobody is served', async () => {
    const headers = { ...json, 'entrepot-residence': 'GB' };
    expectProblem(await send({ headers, payload: '{}' }), 404, 'COUNTRY_NOT_SERVED');
  });

  it('sends the holder of a valid foreign token home, on every route', async () => {
    const headers = { authorization: `Bearer ${await cells.token({ issuer: europe })}` };
    for (const url of ['/v1/things', '/v1/things/mine']) {
      const body = expectProblem(
        await send({ method: 'GET', url, headers }),
        421,
        'HOME_CELL_ELSEWHERE',
      );
      expect(body['home']).toMatchObject({ cell: 'eu-1' });
    }
  });

  it.each([
    ['signed by another cell', { issuer: europe, signedBy: india }],
    ['expired', { issuer: europe, expires: '1 minute ago' }],
    ['for another audience', { issuer: europe, audience: 'in-1' }],
  ])('takes a foreign token %s for nobody', async (_name, options) => {
    const headers = { authorization: `Bearer ${await cells.token(options)}` };
    const answer = await send({ method: 'GET', headers });
    expectProblem(answer, 401, 'UNAUTHENTICATED');
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });
});

describe('input', () => {
  it('accepts what the contract says', async () => {
    const answer = await send({ headers: atHome, payload: '{"name":"tea","count":2}' });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toEqual({ name: 'tea', count: 2 });
  });

  it('names every wrong field by path, code and message', async () => {
    const payload = '{"name":"x","count":"2","role":"admin"}';
    const body = expectProblem(await send({ headers: atHome, payload }), 400, 'VALIDATION_FAILED');
    const codes = Object.fromEntries((body.errors ?? []).map(({ path, code }) => [path, code]));
    expect(codes).toEqual({ name: 'TOO_SMALL', count: 'INVALID_TYPE', role: 'UNKNOWN_FIELD' });
  });

  it.each([
    ['broken JSON', '{"name":', 400, 'MALFORMED_BODY'],
    ['nothing', '', 400, 'MALFORMED_BODY'],
    ['a prototype', '{"__proto__":{"a":1}}', 400, 'MALFORMED_BODY'],
    ['what is not UTF-8', Buffer.from('{"name":"\xff"}', 'latin1'), 400, 'MALFORMED_BODY'],
    ['a key given twice', '{"name":"tea","n\\u0061me":"x"}', 400, 'VALIDATION_FAILED'],
    ['more than a mebibyte', JSON.stringify('x'.repeat(bodyBytesMax)), 413, 'BODY_TOO_LARGE'],
  ])('refuses %s', async (_name, payload, status, code) => {
    expectProblem(await send({ headers: atHome, payload }), status, code);
  });

  it.each([
    { 'content-type': 'text/plain' },
    { 'content-type': 'application/x-www-form-urlencoded' },
    { 'content-type': 'application/graphql' },
    { 'content-type': 'application/json; charset=latin1' },
    { 'content-encoding': 'gzip' },
  ])('refuses the representation %j', async (representation) => {
    const headers = { ...atHome, ...representation };
    expectProblem(await send({ headers, payload: '{}' }), 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  it('takes UTF-8 by its name and with its mark', async () => {
    const headers = { ...atHome, 'content-type': 'application/json; Charset="UTF-8"' };
    const answer = await send({ headers, payload: '\ufeff{"name":"चाय","count":2}' });
    expect(answer.json()).toEqual({ name: 'चाय', count: 2 });
  });

  it.each(['0', '101', 'ten', '1e9', '-1'])('refuses a page of %s', async (limit) => {
    const answer = await send({ method: 'GET', url: `/v1/things?limit=${limit}` });
    expectProblem(answer, 400, 'VALIDATION_FAILED');
  });

  it('refuses an unknown query parameter', async () => {
    const answer = await send({ method: 'GET', url: '/v1/things?admin=true' });
    expect(expectProblem(answer, 400, 'VALIDATION_FAILED').errors).toEqual([
      { path: 'admin', code: 'UNKNOWN_FIELD', message: 'This field is not part of the request' },
    ]);
  });
});

describe('routes', () => {
  it('answers 404 for what is not there, without naming it', async () => {
    const answer = await send({ method: 'GET', url: `/v1/nothing/${canary}` });
    expectProblem(answer, 404, 'NOT_FOUND');
    expect(answer.body).not.toContain(canary);
  });

  it('answers 405 with the methods that are allowed', async () => {
    const answer = await send({ method: 'DELETE', url: '/v1/things' });
    expectProblem(answer, 405, 'METHOD_NOT_ALLOWED');
    expect(answer.headers['allow']).toBe('GET, HEAD, POST');
  });

  it('survives a path that does not decode', async () => {
    const answer = await send({ method: 'GET', url: '/v1/%ff' });
    expectProblem(answer, 400, 'MALFORMED_REQUEST');
  });

  it('answers OPTIONS only as a preflight', async () => {
    const answer = await send({ method: 'OPTIONS' });
    expectProblem(answer, 405, 'METHOD_NOT_ALLOWED');
    expectProblem(await send({ method: 'OPTIONS', url: '/v1/nothing' }), 404, 'NOT_FOUND');
  });
});

/** Talks to the listening server below the level of any HTTP client. */
async function talk(bytes: string): Promise<{ status: string; code: string; said: string }> {
  const { port } = surface.app.getHttpServer().address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  socket.write(Buffer.from(bytes, 'latin1'));
  let said = '';
  for await (const chunk of socket) {
    said += String(chunk);
    if (said.endsWith('}')) break;
  }
  socket.destroy();
  const [head = '', body = ''] = said.split('\r\n\r\n');
  expect(head).toMatch(/^content-type: application\/problem\+json\r?$/im);
  return { status: head.slice(9, 12), code: problem.parse(JSON.parse(body)).code, said };
}

describe('what is hardly a request', () => {
  const host = 'Host: in-1.localhost';
  const get = `GET /v1/things HTTP/1.1\r\n${host}`;
  const post = `POST /v1/things HTTP/1.1\r\n${host}`;

  it.each([
    ['no HTTP', canary, '400', 'MALFORMED_REQUEST'],
    ['a TLS greeting', '\x16\x03\x01\0\x01', '400', 'MALFORMED_REQUEST'],
    ['a path that is not ASCII', `GET /v1/caf\xe9 HTTP/1.1\r\n${host}`, '400', 'MALFORMED_REQUEST'],
    ['a path with half an escape', `GET /v1/%c3%2 HTTP/1.1\r\n${host}`, '400', 'MALFORMED_REQUEST'],
    ['an unknown method', `FETCH / HTTP/1.1\r\n${host}`, '400', 'MALFORMED_REQUEST'],
    ['no Host', 'GET /v1/things HTTP/1.1', '400', 'MALFORMED_REQUEST'],
    ['two Hosts', `${get}\r\nhost: eu-1.localhost`, '400', 'MALFORMED_REQUEST'],
    ['a NUL in a header', `${get}\r\nx-a: ${canary}\0`, '400', 'MALFORMED_REQUEST'],
    [
      'two lengths',
      `${post}\r\ncontent-length: 1\r\ncontent-length: 2`,
      '400',
      'MALFORMED_REQUEST',
    ],
    [
      'a length and chunks',
      `${post}\r\ncontent-length: 1\r\ntransfer-encoding: chunked`,
      '400',
      'MALFORMED_REQUEST',
    ],
    ['a long address', `GET /${'a'.repeat(20_000)} HTTP/1.1`, '431', 'HEADERS_TOO_LARGE'],
    ['a long header', `${get}\r\nx-a: ${canary.padEnd(20_000)}`, '431', 'HEADERS_TOO_LARGE'],
    ['another expectation', `${post}\r\nexpect: nonsense`, '417', 'EXPECTATION_FAILED'],
    ['a tunnel', `CONNECT ${canary}:1 HTTP/1.1\r\n${host}`, '405', 'METHOD_NOT_ALLOWED'],
    ['an echo', `TRACE /v1/things HTTP/1.1\r\n${host}`, '405', 'METHOD_NOT_ALLOWED'],
  ])('answers %s with a problem', async (_name, bytes, status, code) => {
    const answer = await talk(`${bytes}\r\n\r\n`);
    expect(answer).toMatchObject({ status, code });
    expect(answer.said).not.toContain(canary);
  });
});

describe('access', () => {
  const get = (url: string, token?: string) =>
    send({ method: 'GET', url, headers: token === undefined ? {} : { authorization: token } });

  it('lets the right principal in', async () => {
    const answer = await get('/v1/things/mine', 'Bearer shopper');
    expect(answer.json()).toEqual({ kind: 'shopper' });
  });

  it.each([
    ['nobody', undefined, 401, 'UNAUTHENTICATED'],
    ['another kind of token', 'Bearer merchandiser', 401, 'UNAUTHENTICATED'],
    ['another scheme', 'Basic c2hvcHBlcjo=', 401, 'UNAUTHENTICATED'],
    ['an unknown token', 'Bearer nobody', 401, 'UNAUTHENTICATED'],
  ])('refuses %s', async (_name, token, status, code) => {
    expectProblem(await get('/v1/things/mine', token), status, code);
  });

  it('refuses staff without the role', async () => {
    expectProblem(await get('/v1/things/prices', 'Bearer merchandiser'), 403, 'FORBIDDEN');
  });

  it('never ignores credentials on a public route', async () => {
    expectProblem(await get('/v1/things', 'Bearer nobody'), 401, 'UNAUTHENTICATED');
  });

  it('counts requests and says when to come back', async () => {
    await get('/v1/things/limited');
    await get('/v1/things/limited');
    const answer = await get('/v1/things/limited');
    expectProblem(answer, 429, 'RATE_LIMITED');
    expect(answer.headers['retry-after']).toBe('7');
  });
});

describe('an address', () => {
  const statusesOf = async (trustedProxies: readonly string[]) => {
    const { app } = await openSurface(cells, { trustedProxies });
    const statuses: number[] = [];
    for (const address of ['192.0.2.1', '192.0.2.1', '192.0.2.2', '192.0.2.1']) {
      const { statusCode } = await app.inject({
        method: 'GET',
        url: '/v1/things/limited',
        headers: { host: 'in-1.localhost', 'x-forwarded-for': address },
      });
      statuses.push(statusCode);
    }
    await app.close();
    return statuses;
  };

  it('is what a proxy in front says, where it is named', async () => {
    expect(await statusesOf(['127.0.0.0/8'])).toEqual([200, 200, 200, 429]);
  });

  it('is that of the connection, whatever anybody else says', async () => {
    expect(await statusesOf(['10.0.0.0/8'])).toEqual([200, 200, 429, 429]);
    expect(await statusesOf([])).toEqual([200, 200, 429, 429]);
  });
});

describe('failures', () => {
  it('says nothing of a defect, and logs it without its message', async () => {
    const answer = await send({ method: 'GET', url: `/v1/things/broken/x?mail=${canary}` });
    const body = expectProblem(answer, 500, 'INTERNAL');
    expect(answer.body).not.toContain(canary);
    expect(surface.logged()).toContain(body.traceId);
    expect(surface.logged()).toContain('"errorName":"Error"');
    expect(surface.logged()).not.toContain(canary);
  });

  it('treats a code that is not in the catalog as a defect', async () => {
    const answer = await send({ method: 'GET', url: '/v1/things/broken/uncatalogued' });
    expectProblem(answer, 500, 'INTERNAL');
  });

  it('asks to retry where the outcome is unknown', async () => {
    const answer = await send({ method: 'GET', url: '/v1/things/broken/unknown' });
    expectProblem(answer, 503, 'OUTCOME_UNKNOWN');
    expect(answer.headers['retry-after']).toBe('1');
  });
});

describe('browsers', () => {
  const preflight = (origin: string) =>
    send({
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });

  it('lets exactly the listed origins in, without credentials', async () => {
    const known = await preflight('http://in-1.localhost:8080');
    expect(known.headers['access-control-allow-origin']).toBe('http://in-1.localhost:8080');
    expect(known.headers['access-control-allow-credentials']).toBeUndefined();
    const stranger = await preflight('http://eu-1.localhost:8080');
    expect(stranger.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('sends the security headers with answers and problems', async () => {
    for (const url of ['/v1/things', '/v1/nothing']) {
      const { headers } = await send({ method: 'GET', url });
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['x-powered-by']).toBeUndefined();
    }
  });
});

describe('explorers', () => {
  it('serves the OpenAPI document and its explorer', async () => {
    const document = await send({ method: 'GET', url: '/openapi.json' });
    expect(document.json()).toMatchObject({ openapi: '3.1.0' });
    expect(Object.keys(document.json<{ paths: object }>().paths)).toContain('/v1/things');
    expect(document.json()).toHaveProperty('components.schemas.LabelDto_Output.properties.label', {
      anyOf: [{ type: 'string' }, { type: 'null' }],
    });
    expect((await send({ method: 'GET', url: '/docs' })).statusCode).toBe(200);
  });

  it('serves neither when they are off', async () => {
    const closed = await openSurface(cells, { explorers: false });
    for (const url of ['/openapi.json', '/docs', '/docs/', '/graphiql']) {
      expect((await closed.app.inject({ method: 'GET', url })).statusCode).toBe(404);
    }
    await closed.app.close();
  });
});

describe('the access log', () => {
  it('holds the route template and nothing of the request', async () => {
    await send({
      method: 'GET',
      url: `/v1/things/broken/${canary}?q=${canary}`,
      headers: { 'user-agent': canary, cookie: canary, traceparent: canary },
    });
    expect(surface.logged()).toContain('"route":"/v1/things/broken/:how"');
    expect(surface.logged()).not.toContain(canary);
    expect(surface.logged()).not.toContain('127.0.0.1');
  });
});
