import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { nodeFetch } from '@entrepot/client/node';
import type { DescribedCell } from '@entrepot/stack';
import { clustersOfStack, withClient } from '@entrepot/stack';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ShopFloor } from '../src/shop-floor.ts';

/** Letters alone, so that no encoding of a URL, of JSON or of a log changes it. */
const newCanary = (): string => `canary${randomBytes(16).toString('hex')}`;

/** Where a cell keeps what it knows; Redis appends every write to its file, PostgreSQL to its WAL. */
const stores = ['shop', 'shop-standby', 'vault', 'vault-standby', 'redis', 'kms', 'kafka'];

/** The files of a cell, logs and write-ahead logs included, that hold the text as it is. */
function filesWith(text: string, { data, logs }: DescribedCell): readonly string[] {
  const places = [...stores.map((store) => join(data, store)), logs];
  // a file that is recycled while grep reads it is no finding, hence -s
  const { stdout } = spawnSync('grep', ['-rlasF', text, ...places], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line !== '');
}

/** Brings every page to disk; plants the text in the write-ahead log where one is given. */
async function flush(cell: DescribedCell, planted?: string): Promise<void> {
  for (const { cell: of, cluster, superuserUrl } of clustersOfStack()) {
    if (of !== cell.id || cluster === 'catalog') continue;
    await withClient(superuserUrl, async (client) => {
      if (planted !== undefined) {
        await client.query(`SELECT pg_logical_emit_message(true, 'control', $1::text)`, [planted]);
      }
      await client.query('CHECKPOINT');
    });
  }
}

describe('Personal data at a cell that is not its home', () => {
  const node = nodeFetch();
  let floor: ShopFloor;
  beforeAll(() => {
    floor = new ShopFloor();
  });
  afterAll(async () => {
    await floor.close();
    await node.close();
  });

  async function post({ origin }: DescribedCell, path: string, canary: string): Promise<Response> {
    const person = { email: `${canary}@example.org`, password: canary };
    const account = { ...person, fullName: canary, ageDeclaration: 'adult' };
    return node.fetch(`${origin}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'entrepot-residence': 'IN',
        'user-agent': canary,
        cookie: `name=${canary}`,
        'x-name': canary,
      },
      body: JSON.stringify(path.includes('accounts') ? account : person),
    });
  }

  it('T37 is refused unread and leaves no byte in stores and logs', async () => {
    const abroad = floor.cell('eu-1');
    const canary = newCanary();
    for (const path of ['/v1/accounts', '/v1/sessions', '/v1/carts']) {
      const answer = await post(abroad, `${path}?name=${canary}`, canary);
      expect(answer.status).toBe(421);
      const said = await answer.text();
      expect(JSON.parse(said)).toMatchObject({
        code: 'HOME_CELL_ELSEWHERE',
        home: { cell: 'in-1', origin: floor.cell('in-1').origin },
      });
      expect(said).not.toContain(canary);
    }
    const lost = await post(abroad, `/v1/accounts/${canary}`, canary);
    expect([400, 404, 421]).toContain(lost.status);

    const control = newCanary();
    await flush(abroad, control);
    expect(filesWith(control, abroad).length).toBeGreaterThanOrEqual(2);
    expect(filesWith(canary, abroad)).toEqual([]);
  }, 60_000);

  it('is kept at home, encrypted in every file', async () => {
    const home = floor.cell('in-1');
    const canary = newCanary();
    expect((await post(home, '/v1/accounts', canary)).status).toBe(201);
    const session = await post(home, '/v1/sessions', canary);
    const { accessToken } = (await session.json()) as { accessToken: string };
    const me = await node.fetch(`${home.origin}/v1/me`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    const { id, ...account } = (await me.json()) as { id: string };
    expect(account).toMatchObject({ fullName: canary });

    await flush(home);
    expect(filesWith(id, home).length).toBeGreaterThan(0);
    expect(filesWith(canary, home)).toEqual([]);
  }, 60_000);
});
