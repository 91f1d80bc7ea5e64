import { beforeEach, describe, expect, it } from '@jest/globals';
import { EntrepotClient, UnpinnedHomeError } from '../src/index.ts';

interface Sent {
  readonly line: string;
  readonly residence: string | null;
  readonly token: string | null;
  readonly body: unknown;
}

const homes = [
  { cell: 'in-1', origin: 'https://in-1.shop.example' },
  { cell: 'eu-1', origin: 'https://eu-1.shop.example' },
];
/** What both homes answer: that of the old one names an origin that nobody has pinned. */
const answers: Record<string, object> = {
  'GET /v1/home': { cell: 'eu-1', origin: 'https://attacker.example' },
  'POST /v1/me/relocations': {
    ...{ id: 'rel_1', packet: 'p', home: { cell: 'eu-1', origin: 'https://attacker.example' } },
  },
  'POST /v1/relocations': { account: { id: 'acc_2' }, receipt: 'r' },
  'POST /v1/relocations/withdrawals': { id: 'rel_1' },
  'POST /v1/me/relocations/rel_1/completion': { id: 'rel_1', state: 'completed' },
  'DELETE /v1/me/relocations/rel_1': { id: 'rel_1', state: 'withdrawn' },
  'GET /v1/me/relocations/rel_1': { id: 'rel_1', state: 'issued' },
};

let sent: Sent[];
const fetch: typeof globalThis.fetch = (input, init = {}) => {
  const url = new URL(input);
  const headers = new Headers(init.headers);
  sent.push({
    ...{ line: `${init.method} ${url.origin}${url.pathname}`, token: headers.get('authorization') },
    residence: headers.get('entrepot-residence'),
    body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined,
  });
  return Promise.resolve(Response.json(answers[`${init.method} ${url.pathname}`]));
};
beforeEach(() => {
  sent = [];
});

const client = new EntrepotClient({ homes, fetch });
const [oldHome, newHome] = homes as [(typeof homes)[0], (typeof homes)[0]];
const mover = client.actingFor({ home: oldHome, token: 'old' });

describe('the client of somebody who moves', () => {
  it('carries the packet to the pinned home, and the receipt back', async () => {
    const { body: begun } = await mover.beginRelocation('DE', 'old password');
    const { receipt } = await client.takeInRelocation('DE', {
      ...{ packet: begun.packet, password: 'new password' },
    });
    const { body: ended } = await mover.completeRelocation(begun.id, receipt);
    expect(ended.state).toBe('completed');
    expect(sent).toEqual([
      {
        ...{ line: `POST ${oldHome.origin}/v1/me/relocations`, token: 'Bearer old' },
        ...{ residence: null, body: { country: 'DE', password: 'old password' } },
      },
      {
        ...{ line: `GET ${oldHome.origin}/v1/home`, token: null, residence: null },
        body: undefined,
      },
      {
        ...{ line: `POST ${newHome.origin}/v1/relocations`, token: null, residence: 'DE' },
        body: { packet: 'p', password: 'new password' },
      },
      {
        ...{ line: `POST ${oldHome.origin}/v1/me/relocations/rel_1/completion`, residence: null },
        ...{ token: 'Bearer old', body: { receipt: 'r' } },
      },
    ]);
  });

  it('withdraws at both ends', async () => {
    expect((await mover.relocation('rel_1')).body.state).toBe('issued');
    expect((await mover.withdrawRelocation('rel_1')).body.state).toBe('withdrawn');
    expect(await client.withdrawPacket('DE', 'p')).toEqual({ id: 'rel_1' });
    expect(sent.map(({ line }) => line)).toEqual([
      ...[`GET ${oldHome.origin}/v1/me/relocations/rel_1`],
      ...[`DELETE ${oldHome.origin}/v1/me/relocations/rel_1`, `GET ${oldHome.origin}/v1/home`],
      `POST ${newHome.origin}/v1/relocations/withdrawals`,
    ]);
  });

  it('brings a packet to no home that is not pinned', async () => {
    const narrow = new EntrepotClient({ homes: [oldHome], fetch });
    const arriving = narrow.takeInRelocation('DE', { packet: 'p', password: 'new password' });
    await expect(arriving).rejects.toThrow(UnpinnedHomeError);
    expect(sent.every(({ body }) => body === undefined)).toBe(true);
  });
});
