import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { nodeFetch } from '@entrepot/client/node';
import type { DescribedCell } from '@entrepot/stack';
import { clustersOfStack, withClient } from '@entrepot/stack';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ShopFloor } from '../src/shop-floor.ts';

/** Letters and digits alone, so that no encoding of a URL, of JSON or of a log changes it. */
const newCanary = (): string => `mover${randomBytes(16).toString('hex')}`;
/** Where a cell keeps what it knows, and what crosses from it. */
const stores = [
  ...['shop', 'shop-standby', 'vault', 'vault-standby', 'catalog', 'redis', 'kms', 'kafka'],
];
const sampleCharacters = 48;

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

function filesWith(text: string, { data, logs }: DescribedCell): readonly string[] {
  const places = [...stores.map((store) => join(data, store)), logs];
  // a file that is recycled while grep reads it is no finding, hence -s
  const { stdout } = spawnSync('grep', ['-rlasF', text, ...places], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line !== '');
}

/** Brings every page to disk, and plants a text in the write-ahead logs that a search must find. */
async function flush(cell: DescribedCell, planted: string): Promise<void> {
  for (const { cell: of, superuserUrl } of clustersOfStack()) {
    if (of !== cell.id) continue;
    await withClient(superuserUrl, async (client) => {
      await client.query(`SELECT pg_logical_emit_message(true, 'control', $1::text)`, [planted]);
      await client.query('CHECKPOINT');
    });
  }
}

describe('A shopper who moves from India to Germany', () => {
  const node = nodeFetch();
  const canary = newCanary();
  const email = `${canary}@people.example`;
  const passwords = { old: `Old ${newCanary()}`, new: `New ${newCanary()}` };
  let floor: ShopFloor;
  let homes: { old: DescribedCell; new: DescribedCell };
  let token: string;
  let issued: { id: string; packet: string; home: { cell: string; origin: string } };
  let receipt: string;

  beforeAll(() => {
    floor = new ShopFloor();
    homes = { old: floor.cell('in-1'), new: floor.cell('eu-1') };
  });
  afterAll(async () => {
    await floor.close();
    await node.close();
  });

  async function post(
    home: 'old' | 'new',
    path: string,
    { body, bearer }: { body: object; bearer?: string },
  ): Promise<Answer> {
    const response = await node.fetch(`${homes[home].origin}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'entrepot-residence': home === 'old' ? 'IN' : 'DE',
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
      },
      body: JSON.stringify(body),
    });
    return {
      status: response.status,
      body: (await response.json()) as Record<string, unknown>,
    };
  }

  const signIn = async (home: 'old' | 'new', password: string): Promise<Answer> =>
    post(home, '/v1/sessions', { body: { email, password } });

  it('is handed a packet for the cell of that country by the old home', async () => {
    const said = { fullName: canary, ageDeclaration: 'adult' };
    const account = { email, password: passwords.old, ...said };
    expect((await post('old', '/v1/accounts', { body: account })).status).toBe(201);
    token = String((await signIn('old', passwords.old)).body['accessToken']);
    const answer = await post('old', '/v1/me/relocations', {
      ...{ body: { country: 'DE' }, bearer: token },
    });
    expect(answer).toMatchObject({
      status: 201,
      body: { state: 'issued', home: { cell: 'eu-1', origin: homes.new.origin } },
    });
    issued = answer.body as typeof issued;
  }, 30_000);

  it('is taken in with it once, under the name they had and a password of their own', async () => {
    const body = { packet: issued.packet, password: passwords.new };
    const taken = await post('new', '/v1/relocations', { body });
    expect(taken).toMatchObject({
      status: 201,
      body: { account: { email, fullName: canary, residence: 'DE' } },
    });
    receipt = String(taken.body['receipt']);
    expect(await post('new', '/v1/relocations', { body })).toMatchObject({
      ...{ status: 409, body: { code: 'RELOCATION_PACKET_USED' } },
    });
    expect(await post('old', '/v1/relocations', { body })).toMatchObject({
      ...{ status: 422, body: { code: 'RELOCATION_PACKET_ELSEWHERE' } },
    });
    expect((await signIn('new', passwords.new)).status).toBe(201);
    expect((await signIn('new', passwords.old)).status).toBe(401);
  }, 30_000);

  it('is on the way to being forgotten once the old home has the receipt', async () => {
    const path = `/v1/me/relocations/${issued.id}/completion`;
    const answer = await post('old', path, { body: { receipt }, bearer: token });
    expect(answer).toMatchObject({ status: 200, body: { state: 'completed' } });
    const request = await node.fetch(`${homes.old.origin}/v1/me/erasure-requests`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await request.json()).toMatchObject({
      erasureRequests: [{ id: answer.body['erasureRequestId'], state: 'in_review' }],
    });
    const shop = clustersOfStack().find((of) => of.cell === 'in-1' && of.cluster === 'shop');
    const reasons = await withClient(shop?.superuserUrl ?? '', async (client) => {
      const { rows } = await client.query<{ detail: string }>(
        `SELECT detail FROM privacy.erasure_event
         WHERE request_id = $1 AND detail IS NOT NULL ORDER BY seq`,
        [answer.body['erasureRequestId']],
      );
      return rows.map(({ detail }) => detail);
    });
    expect(reasons).toEqual(['RELOCATED', 'COPY_OFFERED']);
  }, 30_000);

  it('left no word of theirs, and nothing of the packet, in any file of either cell', async () => {
    const control = newCanary();
    for (const cell of Object.values(homes)) {
      await flush(cell, control);
      expect(filesWith(control, cell).length).toBeGreaterThanOrEqual(3);
      const [signed = '', sealed = ''] = issued.packet.split('~');
      for (const text of [
        ...[canary, passwords.old, passwords.new],
        ...[signed, sealed, receipt].map((of) => of.slice(-sampleCharacters)),
      ]) {
        expect({ cell: cell.id, files: filesWith(text, cell) }).toEqual({
          ...{ cell: cell.id, files: [] },
        });
      }
    }
  }, 60_000);
});
