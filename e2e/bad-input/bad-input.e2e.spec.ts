import { randomUUID } from 'node:crypto';
import { nodeFetch } from '@entrepot/client/node';
import { problem } from '@entrepot/contracts/api/problem';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FilledCart } from '../src/shop-floor.ts';
import { ShopFloor } from '../src/shop-floor.ts';

/** Personal data that a refused request carries; no answer may say it again. */
const canary = `canary-${randomUUID()}`;
const bodyBytesMax = 1024 * 1024;

interface Sent {
  readonly method?: string;
  readonly token?: string;
  readonly key?: string;
  readonly type?: string;
  readonly body?: unknown;
  /** Sent as it is, in place of `body`. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const resetsMax = 2;

/**
 * A body that is too large is read for two seconds at most before its refusal; on a busy machine a writer in the middle of
 * it may still meet the closed connection before the answer (RFC 9112 §9.6). Asks again until the answer is read.
 */
async function afterReset<T>(ask: () => Promise<T>): Promise<T> {
  for (let resets = 0; ; resets += 1) {
    try {
      return await ask();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const isReset = code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET';
      if (!isReset || resets === resetsMax) throw error;
    }
  }
}

const withPart = (token: string, part: number, value: object): string =>
  token
    .split('.')
    .map((text, index) => {
      if (index !== part) return text;
      const old = JSON.parse(Buffer.from(text, 'base64url').toString()) as object;
      return Buffer.from(JSON.stringify({ ...old, ...value })).toString('base64url');
    })
    .join('.');

describe('Bad input', () => {
  const node = nodeFetch();
  let floor: ShopFloor;
  let origin: string;
  let mine: FilledCart;
  let theirs: FilledCart;
  let sku: string;

  beforeAll(async () => {
    floor = new ShopFloor();
    origin = floor.cell('in-1').origin;
    sku = await floor.newArticle(10);
    const want = { country: 'IN', sku, quantity: 1 };
    mine = await floor.fillCart(floor.clientAt(0), want);
    theirs = await floor.fillCart(floor.clientAt(0), want);
  }, 60_000);
  afterAll(async () => {
    await floor.close();
    await node.close();
  });

  async function send(path: string, sending: Sent = {}) {
    const { method, token, key, type, body, text, headers } = sending;
    const sent = text ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await node.fetch(`${origin}${path}`, {
      method: method ?? (sent === undefined ? 'GET' : 'POST'),
      headers: {
        ...(sent !== undefined && { 'content-type': type ?? 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(key !== undefined && { 'idempotency-key': key }),
        ...headers,
      },
      ...(sent !== undefined && { body: sent }),
    });
    return { response, said: await response.text() };
  }

  /** The answer has to be a problem that tells the code and nothing of the inside or of the person. */
  async function refused(path: string, sent: Sent = {}) {
    const { response, said } = await send(path, sent);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(said).not.toContain(canary);
    expect(said).not.toMatch(/node_modules|\.ts:\d|at \w+ \(/);
    const { status, code, errors } = problem.parse(JSON.parse(said));
    expect(status).toBe(response.status);
    return { status, code, paths: (errors ?? []).map(({ path: field }) => field) };
  }

  const lines = (): string => `/v1/carts/${mine.body.cartId}/lines`;
  const line = (change: object): object => ({
    replica: 'a'.repeat(16),
    seq: 1,
    sku,
    quantity: 1,
    ...change,
  });

  it.each([
    ['quantity', { quantity: -1 }],
    ['quantity', { quantity: 0 }],
    ['quantity', { quantity: 1e15 }],
    ['quantity', { quantity: 1.5 }],
    ['quantity', { quantity: '2' }],
    ['sku', { sku: `${canary} ` }],
    ['currency', { currency: 'EUR' }],
  ])('names the field %s of %j', async (path, change) => {
    const answer = await refused(lines(), { token: mine.token, body: line(change) });
    expect(answer).toEqual({ status: 400, code: 'VALIDATION_FAILED', paths: [path] });
  });

  it.each([
    ['a key twice', '"quantity":1,"quantity":2', 'VALIDATION_FAILED', ['quantity']],
    [
      'a key twice, once escaped',
      '"quantit\\u0079":1,"quantity":2',
      'VALIDATION_FAILED',
      ['quantity'],
    ],
    ['more than a double holds', '"quantity":1e400', 'VALIDATION_FAILED', ['quantity']],
    [
      'an integer no double holds',
      '"quantity":9007199254740993',
      'VALIDATION_FAILED',
      ['quantity'],
    ],
    ['a field with half a surrogate pair', '"quantity":1,"\\ud800":1', 'VALIDATION_FAILED', ['']],
    ['no number at all', '"quantity":NaN', 'MALFORMED_BODY', []],
    ['a prototype', '"quantity":1,"\\u005f_proto__":{}', 'MALFORMED_BODY', []],
    ['a constructor', '"quantity":1,"constructor":{"prototype":{}}', 'MALFORMED_BODY', []],
  ])('refuses %s', async (_name, members, code, paths) => {
    const { token } = mine;
    const before = await send(`/v1/carts/${mine.body.cartId}`, { token });
    const text = JSON.stringify(line({})).replace('"quantity":1', members);
    const answer = await refused(lines(), { token, text });
    expect(answer).toMatchObject({ status: 400, code });
    expect([...new Set(answer.paths)]).toEqual(paths);
    const after = await send(`/v1/carts/${mine.body.cartId}`, { token });
    expect(after.said).toBe(before.said);
  });

  it.each([
    ['compressed', { headers: { 'content-encoding': 'gzip' }, text: '{}' }],
    ['in another charset', { type: 'application/json; charset=utf-16', text: '{}' }],
    ['a form', { type: 'application/x-www-form-urlencoded', text: 'quantity=1' }],
  ])('reads no body that is %s', async (_name, sent) => {
    const answer = await refused(lines(), { token: mine.token, ...sent });
    expect(answer).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' });
  });

  it.each([
    [405, 'OPTIONS', '/v1/products', 'METHOD_NOT_ALLOWED'],
    [404, 'OPTIONS', '/v1/nowhere', 'NOT_FOUND'],
    [405, 'DELETE', '/v1/products', 'METHOD_NOT_ALLOWED'],
    [400, 'GET', '/v1/products/%ff', 'MALFORMED_REQUEST'],
    [404, 'GET', `/v1/products/${'a'.repeat(300)}`, 'NOT_FOUND'],
    [431, 'GET', `/v1/products?q=${'a'.repeat(16_384)}`, 'HEADERS_TOO_LARGE'],
  ])('answers %i to %s', async (status, method, path, code) => {
    expect(await refused(path, { method })).toMatchObject({ status, code });
  });

  const product = (part: object): object => ({
    slug: 'bad-input',
    categoryId: 'none',
    translations: { en: { name: 'x' } },
    variants: [{ sku: 'BAD-INPUT', ...part }],
  });
  const price = { market: 'in', salesChannelId: 'web', currency: 'INR', amountMinor: 0 };
  const receipt = (part: object): object => ({
    lines: [{ sku: 'BAD-INPUT', warehouse: 'blr', quantity: 1, ...part }],
  });
  it.each([
    ['merchandiser', 'products', product({ prices: [price] }), 400, 'VALIDATION_FAILED'],
    ['merchandiser', 'products', product({ choices: { '0': 'a' } }), 400, 'VALIDATION_FAILED'],
    ['merchandiser', 'products', product({ choices: { a: 'b' } }), 400, 'VALIDATION_FAILED'],
    ['merchandiser', 'products', product({ colour: canary }), 400, 'VALIDATION_FAILED'],
    [
      'merchandiser',
      'categories',
      { slug: 'bad-input', parentId: 'none', translations: { en: { name: 'x' } } },
      404,
      'NOT_FOUND',
    ],
    ['warehouse', 'stock/receipts', receipt({ warehouse: 'none' }), 404, 'WAREHOUSE_UNKNOWN'],
    ['warehouse', 'stock/receipts', receipt({ quantity: 0 }), 400, 'VALIDATION_FAILED'],
    ['warehouse', 'stock/receipts', receipt({ quantity: 2 ** 53 }), 400, 'VALIDATION_FAILED'],
    ['warehouse', 'stock/receipts', { lines: [] }, 400, 'VALIDATION_FAILED'],
    ['warehouse', 'stock/receipts', receipt({ quantity: 1_000_001 }), 400, 'VALIDATION_FAILED'],
    ['warehouse', 'stock/write-offs', receipt({ reason: canary }), 400, 'VALIDATION_FAILED'],
    ['warehouse', 'stock/write-offs', receipt({ reason: 'lost' }), 404, 'STOCK_POOL_UNKNOWN'],
    ['warehouse', 'stock/dispatches', receipt({ warehouse: 'rtm' }), 409, 'WAREHOUSE_ELSEWHERE'],
    ['privacy-officer', 'erasure-requests', { accountId: canary }, 400, 'VALIDATION_FAILED'],
    [
      'privacy-officer',
      'erasure-requests',
      { accountId: `acc_in-1_${'a'.repeat(26)}` },
      404,
      'NOT_FOUND',
    ],
  ])('takes from %s no %s like %j', async (role, path, body, status, code) => {
    const token = await floor.staffToken(floor.cell('in-1'), role);
    const sent = { token, key: randomUUID(), body };
    expect(await refused(`/admin/v1/${path}`, sent)).toMatchObject({ status, code });
  });

  it('refuses what is no body of ours', async () => {
    const { token } = mine;
    const unknown = await refused(lines(), { token, body: line({ sku: 'NO-SUCH' }) });
    expect(unknown).toMatchObject({ status: 422, code: 'SKU_UNKNOWN' });
    for (const text of ['{"a":', '', '{"__proto__":{}}']) {
      const answer = await refused(lines(), { token, method: 'POST', text });
      expect(answer).toMatchObject({ status: 400, code: 'MALFORMED_BODY' });
    }
    const large = await afterReset(() =>
      refused(lines(), { token, text: `"${canary.padEnd(bodyBytesMax + 1)}"` }),
    );
    expect(large).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE' });
    const typed = await refused(lines(), { token, text: canary, type: 'text/plain' });
    expect(typed).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' });
    const deep = await refused(lines(), { token, text: '['.repeat(99_999) + ']'.repeat(99_999) });
    expect(deep).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
  });

  it.each([
    ['/v1/products?q=%00', 'q'],
    ['/v1/products?limit=0', 'limit'],
    ['/v1/products?limit=101', 'limit'],
    ['/v1/products?limit=1&limit=2', 'limit'],
    ['/v1/products?cursor=bm90IG91cnM', 'cursor'],
    ['/v1/products?colour=red', 'colour'],
    ['/v1/availability?sku=%00', 'sku'],
    ['/v1/availability?sku=a&quantity=0', 'quantity'],
    ['/v1/availability/stream?sku=%00', 'sku'],
    ['/v1/home?country=in', 'country'],
  ])('names the parameter of %s', async (path, parameter) => {
    const answer = await refused(path);
    expect(answer).toEqual({ status: 400, code: 'VALIDATION_FAILED', paths: [parameter] });
  });

  it('takes no order that it cannot deliver, and stores nothing of it', async () => {
    const { token, body } = mine;
    const order = (change: object, key?: string): Sent => ({
      token,
      body: { ...body, ...change },
      ...(key !== undefined && { key }),
    });
    const address = { ...body.address, recipient: canary };
    expect(await refused('/v1/orders', order({ address }))).toMatchObject({
      status: 400,
      code: 'IDEMPOTENCY_KEY_REQUIRED',
    });
    const abroad = order({ address: { ...address, country: 'DE' } }, randomUUID());
    expect(await refused('/v1/orders', abroad)).toMatchObject({
      status: 422,
      code: 'DELIVERY_COUNTRY_NOT_SERVED',
    });
    for (const city of ['a\0b', 'a\ud800b', 'a\nb', '']) {
      const answer = await refused(
        '/v1/orders',
        order({ address: { ...address, city } }, randomUUID()),
      );
      expect(answer).toMatchObject({ code: 'VALIDATION_FAILED', paths: ['address/city'] });
    }
    const cart = await send(`/v1/carts/${body.cartId}`, { token });
    expect(JSON.parse(cart.said)).toMatchObject({ status: 'open', cartVersion: body.cartVersion });
  });

  it('knows a cart, an order and a key only to whom they belong', async () => {
    const key = randomUUID();
    const order = await floor.settle(mine, key);
    const again = { token: mine.token, key, body: { ...mine.body, onShortage: 'partial' } };
    expect(await refused('/v1/orders', again)).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    const { token } = theirs;
    const payment = { payment: mine.body.payment };
    const answers = await Promise.all([
      refused(`/v1/carts/${mine.body.cartId}`, { token }),
      refused(lines(), { token, body: line({}) }),
      refused('/v1/orders', { token, key: randomUUID(), body: mine.body }),
      refused(`/v1/orders/${order.id}`, { token }),
      refused(`/v1/orders/${order.id}/payment-attempts`, {
        token,
        key: randomUUID(),
        body: payment,
      }),
    ]);
    for (const answer of answers) expect(answer).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });

  it('takes no token but a living one of its own kind', async () => {
    const staff = await floor.staffToken(floor.cell('in-1'), 'merchandiser');
    const [header, claims, signature] = theirs.token.split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const forged = [
      `${none}.${claims}.`,
      withPart(theirs.token, 0, { alg: 'HS256' }),
      withPart(theirs.token, 1, { exp: 9_999_999_999 }),
      `${header}.${claims}.${signature?.split('').reverse().join('')}`,
      staff,
      canary,
    ];
    for (const token of forged) {
      const answer = await refused(`/v1/carts/${theirs.body.cartId}`, { token });
      expect(answer).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    }
    const eu = await floor.fillCart(floor.clientAt(0), { country: 'DE', sku, quantity: 1 });
    const foreign = await refused(`/v1/carts/${theirs.body.cartId}`, { token: eu.token });
    expect(foreign).toMatchObject({ status: 421, code: 'HOME_CELL_ELSEWHERE' });
  });

  it.each([
    ['warehouse', '/admin/v1/products'],
    ['support', '/admin/v1/categories'],
    ['merchandiser', '/admin/v1/stock/receipts'],
    ['merchandiser', '/admin/v1/stock/write-offs'],
    ['operator', '/admin/v1/erasure-requests'],
  ])('does not let %s do %s', async (role, path) => {
    const token = await floor.staffToken(floor.cell('in-1'), role);
    const answer = await refused(path, { token, key: randomUUID(), body: {} });
    expect(answer).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    const shopper = await refused(path, { token: theirs.token, key: randomUUID(), body: {} });
    expect(shopper).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
  });

  it('bounds GraphQL', async () => {
    expect(await refused('/graphql?query={__typename}')).toMatchObject({ status: 405 });
    const aliases = Array.from({ length: 50 }, (_, index) => `a${index}:__typename`).join(' ');
    const query = '{__typename}';
    const bodies: readonly unknown[] = [
      { query: `{${aliases}}` },
      { query: `{categories{items${'{children'.repeat(20)}{id}${'}'.repeat(20)}}}` },
      { query: `query A${query} query B${query}`, operationName: 'A' },
      { query: `{${canary}}` },
      { query: '{' },
      [{ query }, { query }],
      {},
    ];
    for (const body of bodies) {
      const { response, said } = await send('/graphql', { body });
      expect(response.status).toBe(400);
      expect(JSON.parse(said)).toMatchObject({
        data: null,
        errors: expect.arrayContaining([
          expect.objectContaining({ extensions: expect.objectContaining({ status: 400 }) }),
        ]),
      });
      expect(said).not.toMatch(/node_modules|Did you mean/);
    }
  });
});
