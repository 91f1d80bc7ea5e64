import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { filesBelow, needlesOf, scanStore } from '@entrepot/border-scan';
import type { StoreScan } from '@entrepot/border-scan';
import { storesOf } from '@entrepot/cli';
import { nodeFetch } from '@entrepot/client/node';
import { StackPaths } from '@entrepot/stack';
import type { DescribedCell } from '@entrepot/stack';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ShopFloor } from '../src/shop-floor.ts';

const canary = (): string => `cnry${randomBytes(12).toString('hex')}`;
/** One text for each place of a request, so that a find says where it came from. */
const typed = {
  path: canary(),
  query: `${canary()}@people.example`,
  header: `agent "Ñ" ${canary()}`,
  value: `Name "Ñü" & ß/${canary()}`,
  member: canary(),
  token: canary(),
};

interface Operation {
  readonly method: string;
  readonly path: string;
}

/** Bodies that fail in different places: the parser, the schema, the use case, the database. */
const bodies: readonly string[] = [
  '',
  `{"${typed.member}": "${typed.value.replaceAll('"', '\\"')}`,
  JSON.stringify(typed.value),
  JSON.stringify([typed.value]),
  JSON.stringify({ [typed.member]: typed.value }),
  JSON.stringify({ email: typed.value, password: typed.value, fullName: { of: typed.value } }),
  JSON.stringify({
    reason: typed.value,
    note: typed.value,
    quantity: typed.value,
    sku: typed.value,
  }),
  JSON.stringify({
    edits: [{ replica: typed.value, seq: 1, op: { type: 'add', sku: typed.value } }],
  }),
  JSON.stringify({ query: `{ products(q: ${JSON.stringify(typed.value)}) { ${typed.member} } }` }),
];

describe('T38 errors forced on every endpoint', () => {
  const node = nodeFetch();
  let floor: ShopFloor;
  let cell: DescribedCell;
  const statuses = new Map<string, Set<number>>();
  const scans: StoreScan[] = [];

  async function operations(): Promise<Operation[]> {
    const answer = await node.fetch(`${cell.origin}/openapi.json`);
    const { paths } = (await answer.json()) as { paths: Record<string, Record<string, unknown>> };
    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ path, method: method.toUpperCase() })),
    );
    return [
      ...documented,
      { path: '/graphql', method: 'POST' },
      { path: '/nowhere', method: 'GET' },
    ];
  }

  async function force({ method, path }: Operation, body: string, token?: string): Promise<void> {
    const filled = path.replaceAll(/\{[^}]+\}/g, encodeURIComponent(typed.path));
    const query = `?q=${encodeURIComponent(typed.query)}&cursor=${encodeURIComponent(typed.value)}`;
    const answer = await node.fetch(`${cell.origin}${filled}${query}`, {
      method,
      headers: {
        'content-type': 'application/json',
        'entrepot-residence': 'IN',
        'idempotency-key': randomUUID(),
        'user-agent': encodeURIComponent(typed.header),
        'x-forwarded-for': typed.query,
        traceparent: typed.member,
        cookie: `session=${typed.token}`,
        authorization: `Bearer ${token ?? typed.token}`,
      },
      ...(method !== 'GET' && method !== 'DELETE' && { body }),
    });
    await answer.text();
    const name = `${method} ${path}`;
    statuses.set(name, (statuses.get(name) ?? new Set()).add(answer.status));
  }

  beforeAll(async () => {
    floor = new ShopFloor();
    cell = floor.cell('in-1');
    const shopper = await floor.clientAt(0).openGuestCart('IN');
    const tokens = [
      undefined,
      shopper.cart.guestCart?.token,
      await floor.staffToken(cell, 'merchandiser'),
      await floor.staffToken(cell, 'privacy-officer'),
      await floor.staffToken(cell, 'operator'),
    ];
    for (const operation of await operations()) {
      // signing somebody out would end the token for the calls after it
      if (operation.path.endsWith('/sessions/current')) continue;
      const hasBody = operation.method !== 'GET' && operation.method !== 'DELETE';
      const sent = hasBody ? bodies : bodies.slice(0, 1);
      const attempts = tokens.flatMap((token) => sent.map((body) => ({ token, body })));
      for (const { token, body } of attempts) await force(operation, body, token);
    }
    const stores = storesOf(new StackPaths(), cell);
    for (const store of stores.filter(({ name }) => /(logs|metrics|mirror-maker)$/.test(name))) {
      scans.push(...(await scanStore(store, needlesOf('in-1', typed))));
    }
  }, 600_000);
  afterAll(async () => {
    await floor.close();
    await node.close();
  });

  it('were refused by each, none of them as a defect', () => {
    expect(statuses.size).toBeGreaterThan(40);
    for (const [operation, got] of statuses) {
      expect([operation, [...got].some((status) => status >= 400)]).toEqual([operation, true]);
      expect([operation, [...got].filter((status) => status >= 500)]).toEqual([operation, []]);
    }
  });

  it('made no process say something that the log does not take', () => {
    const refused = filesBelow(cell.logs).filter((file) =>
      readFileSync(file).includes('log.field_refused'),
    );
    // each line names the field: list it in libs/platform/telemetry/src/log-fields.ts, or leave it out
    expect(refused).toEqual([]);
  });

  it('left nothing of what was typed in logs and metrics', () => {
    expect(scans.map(({ store }) => store)).toEqual(
      expect.arrayContaining(['in-1 logs files', 'in-1 metrics files']),
    );
    for (const scan of scans) {
      expect([scan.store, scan.missedControls, scan.problems]).toEqual([scan.store, [], []]);
      expect([scan.store, scan.finds]).toEqual([scan.store, []]);
    }
  });
});

describe('T39 the console of another region', () => {
  const node = nodeFetch();
  let floor: ShopFloor;
  beforeAll(() => {
    floor = new ShopFloor();
  });
  afterAll(async () => {
    await floor.close();
    await node.close();
  });

  it('is refused at every staff address, by whatever right it has at home', async () => {
    const home = floor.cell('in-1');
    const abroad = floor.cell('eu-1');
    const answer = await node.fetch(`${abroad.origin}/openapi.json`);
    const { paths } = (await answer.json()) as { paths: Record<string, Record<string, unknown>> };
    const staff = Object.entries(paths).filter(([path]) => path.startsWith('/admin/'));
    expect(staff.length).toBeGreaterThan(10);
    for (const role of ['privacy-officer', 'support', 'operator', 'merchandiser']) {
      const token = await floor.staffToken(home, role);
      for (const [path, methods] of staff) {
        // a sign-in carries no token; that a foreign login does not sign in is shown below
        if (path === '/admin/v1/sessions' || path.endsWith('/sessions/refresh')) continue;
        for (const method of Object.keys(methods)) {
          const refused = await node.fetch(
            `${abroad.origin}${path.replaceAll(/\{[^}]+\}/g, 'x')}`,
            {
              method: method.toUpperCase(),
              headers: {
                authorization: `Bearer ${token}`,
                origin: home.origin,
                'content-type': 'application/json',
                'idempotency-key': randomUUID(),
              },
              ...(method !== 'get' && method !== 'delete' && { body: '{}' }),
            },
          );
          const said = await refused.text();
          expect([method, path, refused.status]).toEqual([method, path, 421]);
          expect(JSON.parse(said)).toMatchObject({ code: 'HOME_CELL_ELSEWHERE' });
          expect(refused.headers.get('access-control-allow-origin')).toBeNull();
        }
      }
    }
  }, 120_000);

  it('does not sign in with the login that it has at home', async () => {
    const abroad = floor.cell('eu-1');
    for (const { login, password } of floor.description.staff.filter(
      ({ cell }) => cell === 'in-1',
    )) {
      const refused = await node.fetch(`${abroad.origin}/admin/v1/sessions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: login, password }),
      });
      expect(refused.status).toBe(401);
      await refused.text();
    }
  });
});
