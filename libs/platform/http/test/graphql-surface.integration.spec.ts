import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openSurface } from './surface.ts';
import type { Surface } from './surface.ts';
import { europe, twoCells } from './two-cells.ts';

const cells = twoCells();
const json = { 'content-type': 'application/json' };
let open: Surface;
let closed: Surface;

beforeAll(async () => {
  open = await openSurface(cells, { limits: { resolvedFieldsMax: 60, tokensMax: 500 } });
  closed = await openSurface(cells, { explorers: false });
});
afterAll(async () => {
  await open.app.close();
  await closed.app.close();
});

interface GraphqlAnswer {
  readonly data: unknown;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly string[];
    readonly extensions: {
      readonly code: string;
      readonly status: number;
      readonly traceId: string;
      readonly errors?: readonly { readonly code: string; readonly message: string }[];
    };
  }[];
}

async function ask(query: unknown, headers: Record<string, string> = {}, surface = open) {
  const answer = await surface.app.inject({
    method: 'POST',
    url: '/graphql',
    headers: { ...json, ...headers },
    payload: JSON.stringify(typeof query === 'string' ? { query } : query),
  });
  return { status: answer.statusCode, body: answer.json<GraphqlAnswer>(), text: answer.body };
}

const codesOf = (body: GraphqlAnswer): (string | undefined)[] =>
  (body.errors ?? []).map(({ extensions }) => extensions.code);
const reasonOf = (body: GraphqlAnswer): string =>
  body.errors?.[0]?.extensions.errors?.[0]?.message ?? '';

describe('GraphQL', () => {
  it('answers a query', async () => {
    const { status, body } = await ask('{ things(count: 2) { number } }');
    expect(status).toBe(200);
    expect(body).toEqual({ data: { things: [{ number: 0 }, { number: 1 }] } });
  });

  it('carries the problem of a refusal in the extensions, with the data that there is', async () => {
    const { status, body } = await ask('{ things(count: 1) { number } }', {
      authorization: 'Bearer shopper',
    });
    expect({ status, errors: body.errors }).toEqual({ status: 200, errors: undefined });
    const refused = await ask('{ mine { number } }');
    expect(refused.status).toBe(200);
    expect(refused.body.errors?.[0]).toMatchObject({
      path: ['mine'],
      extensions: { code: 'UNAUTHENTICATED', status: 401 },
    });
    expect(refused.body.errors?.[0]?.extensions.traceId).toMatch(/^[0-9a-f]{32}$/);
  });

  it('says nothing of a defect and logs it without its message', async () => {
    const { body, text } = await ask('{ broken { number } }');
    expect(codesOf(body)).toEqual(['INTERNAL']);
    expect(text).not.toContain('asha');
    expect(open.logged()).toContain('graphql.defect');
    expect(open.logged()).not.toContain('asha');
  });

  it('needs the residence where an operation does, and runs it once it is there', async () => {
    const missing = await ask('mutation { make { number } }');
    expect(codesOf(missing.body)).toEqual(['RESIDENCE_REQUIRED']);
    const given = await ask('mutation { make { number } }', { 'entrepot-residence': 'IN' });
    expect(given.body).toEqual({ data: { make: { number: 1 } } });
  });

  it('sends a shopper of another cell home before the operation is read', async () => {
    const byHeader = await ask('not even a query', { 'entrepot-residence': 'DE' });
    expect(byHeader.status).toBe(421);
    const authorization = `Bearer ${await cells.token({ issuer: europe })}`;
    const byToken = await ask('{ mine { number } }', { authorization });
    expect(byToken.status).toBe(421);
    expect(byToken.body).toMatchObject({ code: 'HOME_CELL_ELSEWHERE', home: { cell: 'eu-1' } });
  });
});

describe('what GraphQL refuses', () => {
  it.each(['GET', 'PUT', 'DELETE'] as const)('the method %s', async (method) => {
    const url = '/graphql?query={things(count:1){number}}';
    const answer = await open.app.inject({ method, url });
    expect(answer.statusCode).toBe(405);
    expect(answer.json()).toMatchObject({ code: 'METHOD_NOT_ALLOWED' });
    expect(answer.headers['allow']).toContain('POST');
  });

  it.each(['application/graphql', 'text/plain', 'multipart/form-data'])('%s', async (type) => {
    const answer = await open.app.inject({
      method: 'POST',
      url: '/graphql',
      headers: { 'content-type': type },
      payload: '{ things(count: 1) { number } }',
    });
    expect(answer.statusCode).toBe(415);
  });

  it('a batch', async () => {
    const query = '{ things(count: 1) { number } }';
    const { status } = await ask([{ query }, { query }]);
    expect(status).toBe(400);
  });

  it.each([
    ['two operations', 'query a { mine { number } } query b { mine { number } }', 'one operation'],
    ['two mutations', 'mutation { a: make { number } b: make { number } }', 'one mutation'],
    [
      'mutations in a fragment',
      'mutation { ...m } fragment m on Mutation { a: make { number } b: make { number } }',
      'one mutation',
    ],
    [
      'a deep query',
      `{ mine { ${'things { '.repeat(10)} number ${'} '.repeat(10)} } }`,
      'deeper than 10',
    ],
    [
      'many aliases',
      `{ ${Array.from({ length: 21 }, (_, at) => `a${at}: mine { number }`).join(' ')} }`,
      'more than 20 aliases',
    ],
    [
      'fragments that multiply',
      `{ mine { ...f0 } } fragment f9 on Thing { number number number number } ${Array.from(
        { length: 9 },
        (_, at) => `fragment f${at} on Thing { ...f${at + 1} ...f${at + 1} }`,
      ).join(' ')}`,
      'more than 300 fields',
    ],
    ['fragments in a circle', '{ mine { ...f } } fragment f on Thing { ...f }', 'within itself'],
    ['too many tokens', `{ ${'mine { number } '.repeat(300)} }`, 'more that 500 tokens'],
    ['an unknown field', '{ mine { numbre } }', 'Cannot query field'],
    ['no query at all', '}{', 'Syntax Error'],
  ])('%s', async (_name, query, reason) => {
    const { status, body } = await ask(query);
    expect(status).toBe(400);
    expect(codesOf(body)).toContain('VALIDATION_FAILED');
    expect(JSON.stringify(body.errors)).toContain(reason);
  });

  it.each(['1', 'null', '"text"', '[]', '{"kind":"Document","definitions":[]}'])(
    'a syntax tree in JSON: %s',
    async (query) => {
      const { status, body } = await ask(query);
      expect({ status, codes: codesOf(body) }).toEqual({
        status: 400,
        codes: ['VALIDATION_FAILED'],
      });
    },
  );

  it('an answer with more fields than the limit', async () => {
    const { body } = await ask('{ things(count: 100) { number } }');
    expect(codesOf(body)).toContain('VALIDATION_FAILED');
    expect(JSON.stringify(body.errors)).toContain('ANSWER_TOO_LARGE');
  });

  it('to count the fields of one request towards the next', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { body } = await ask('{ things(count: 40) { number } }');
      expect(body.errors).toBeUndefined();
    }
  });

  it('to repeat a value it could not read', async () => {
    const query = 'query q($count: Int!) { things(count: $count) { number } }';
    const { body, text } = await ask({ query, variables: { count: 'asha@example.in' } });
    expect(codesOf(body)).toEqual(['VALIDATION_FAILED']);
    expect(text).not.toContain('asha');
  });

  it('malformed JSON, as a problem', async () => {
    const answer = await open.app.inject({
      method: 'POST',
      url: '/graphql',
      headers: json,
      payload: '{"query":',
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.body).toContain('MALFORMED_BODY');
  });
});

describe('introspection', () => {
  it('is answered where explorers are on', async () => {
    const { body } = await ask('{ __schema { queryType { name } } }');
    expect(body.data).toEqual({ __schema: { queryType: { name: 'Query' } } });
  });

  it('is refused where they are off, and nothing is suggested', async () => {
    const { status } = await ask('{ __schema { queryType { name } } }', {}, closed);
    expect(status).toBe(400);
    const guessed = await ask('{ mine { numbre } }', {}, closed);
    expect(reasonOf(guessed.body)).not.toContain('Did you mean');
    expect(guessed.text).not.toContain('"number"');
  });
});
