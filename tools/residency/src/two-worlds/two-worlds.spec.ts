import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { CellHeartbeatSent } from '@entrepot/contracts/events/cell';
import { QuotaGranted } from '@entrepot/contracts/events/inventory';
import { EnvelopeSigner, globalRecordWriter } from '@entrepot/platform-messaging';
import type { OutboxRow } from '@entrepot/platform-messaging';
import { describe, expect, it } from '@jest/globals';
import { compareWorlds, maskedText } from './compare-worlds.ts';
import { controlLeaks } from './control-leaks.ts';
import type { Crossing, WorldTraffic } from './crossing.ts';
import { nonces } from './nonces.ts';
import { crossingsIn } from './read-catalog.ts';
import { crossingsOf, messagesIn } from './read-http.ts';
import { worldNames, worldPerson } from './world-people.ts';
import type { WorldName, WorldPerson } from './world-people.ts';

/** Every stack makes keys of its own. */
function newSigner(): EnvelopeSigner {
  const { privateKey } = generateKeyPairSync('ed25519');
  const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return new EnvelopeSigner({ cell: 'in-1', epoch: 1, privateKeyPem });
}

/** What a border says of one purchase, in parts that a double can replace. */
interface Border {
  readonly grant: (total: number, person: WorldPerson) => Crossing;
  readonly headers: (person: WorldPerson) => Record<string, string>;
  readonly acknowledged: (total: number, person: WorldPerson) => Record<string, unknown>;
  readonly row: (sku: string, person: WorldPerson) => Record<string, string>;
}

const body = (total: number): QuotaGranted => ({
  ...{ donor: 'in-1', receiver: 'eu-1', warehouse: 'blr', sku: 'WORLD-1', epoch: 1 },
  ...{ grantedTotal: total, donorFree: 200 - total, grantNumber: total },
});

function honestBorder(signer: EnvelopeSigner): Border {
  const write = globalRecordWriter(signer, [QuotaGranted, CellHeartbeatSent]);
  return {
    grant: (total) => {
      const event = QuotaGranted.of(body(total), { aggregateVersion: total });
      const row: OutboxRow = {
        ...{ xid: '1', id: BigInt(total), eventId: 'evt', topic: event.topic },
        ...{ recordKey: event.key, aggregateVersion: BigInt(total), type: event.type },
        ...{ version: 1, payload: event.payload },
      };
      const { key, value } = write(row);
      const text = Buffer.from(value).toString();
      return { channel: 'topic', place: 'in-1 global.inventory.v1', key, head: {}, body: text };
    },
    headers: () => ({ accept: 'application/json', host: `127.0.0.1:${portOfStack()}` }),
    acknowledged: (total) => ({ asks: [{ pool: 'blr/WORLD-1', acked: total, level: total + 1 }] }),
    row: (sku) => ({ id: `prd_${randomBytes(13).toString('hex')}`, slug: sku, version: '1' }),
  };
}

let ports = 20_000;
const portOfStack = (): number => (ports += 1);

function call(head: Record<string, string>, content: unknown): Buffer {
  const text = JSON.stringify(content);
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}`);
  return Buffer.from(
    [
      'POST /cell/v1/inventory/borrow HTTP/1.1',
      ...lines,
      `content-length: ${text.length}`,
      '',
      text,
    ].join('\r\n'),
  );
}

const purchases = 5;

/** One day: what is bought does not depend on the world, who buys does. */
function live(world: WorldName, plant: (border: Border) => Partial<Border>): WorldTraffic {
  const honest = honestBorder(newSigner());
  const border = { ...honest, ...plant(honest) };
  const traffic: Crossing[] = [];
  for (let total = 1; total <= purchases; total += 1) {
    const person = worldPerson(world, total);
    traffic.push(border.grant(total, person));
    const bytes = call(border.headers(person), border.acknowledged(total, person));
    const chunk = {
      cell: 'eu-1',
      connection: total,
      flow: 'sent',
      hex: bytes.toString('hex'),
    } as const;
    traffic.push(...crossingsOf([chunk]));
    traffic.push({
      ...{ channel: 'catalog', place: 'in-1 catalog.product', key: '', head: {} },
      body: JSON.stringify({ kind: 'U', ...border.row('world-1', person) }),
    });
  }
  return traffic;
}

const compare = (plant: (border: Border) => Partial<Border>) =>
  compareWorlds(live('first', plant), live('second', plant));

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('Two worlds', () => {
  it('differ in every personal value and in the length of none', () => {
    for (let person = 0; person < 50; person += 1) {
      const [one, two] = worldNames.map((world) => worldPerson(world, person));
      const fields = (of: WorldPerson | undefined) =>
        of === undefined
          ? []
          : [of.email, of.password, of.fullName, of.address.line1, of.address.city];
      expect(fields(one).map((text) => text.length)).toEqual(
        fields(two).map((text) => text.length),
      );
      fields(one).forEach((text, at) => expect(text).not.toBe(fields(two)[at]));
      expect(worldPerson('first', person)).toEqual(one);
    }
  });

  it('are the same at the border after the listed nonces', () => {
    const { differences, messages, places } = compare(() => ({}));
    expect(differences).toEqual([]);
    expect(messages).toEqual([3 * purchases, 3 * purchases]);
    expect(places).toHaveLength(3);
  });

  it.each<[string, string, (border: Border) => Partial<Border>]>([
    [
      'a trace header that begins with the shopper',
      'http',
      (border) => ({
        headers: (person) => ({
          ...border.headers(person),
          traceparent: `00-${digestOf(person.email).slice(0, 32)}-0000000000000001-01`,
        }),
      }),
    ],
    [
      'a field of an acknowledgement that counts with the shopper',
      'http',
      (border) => ({
        acknowledged: (total, person) => ({
          ...border.acknowledged(total, person),
          hint: person.email.charCodeAt(0) + total,
        }),
      }),
    ],
    [
      'an id in the order of the shoppers, not of time',
      'catalog',
      (border) => ({
        row: (sku, person) => ({
          ...border.row(sku, person),
          version: String(Buffer.from(person.fullName).readUInt16BE(0)),
        }),
      }),
    ],
    [
      'a record key that is derived from the shopper',
      'topic',
      (border) => ({
        grant: (total, person) => ({
          ...border.grant(total, person),
          key: `in-1/eu-1/blr/${digestOf(person.email).slice(0, 6)}`,
        }),
      }),
    ],
    [
      'a header of a record',
      'topic',
      (border) => ({
        grant: (total, person) => ({
          ...border.grant(total, person),
          head: { trace: digestOf(person.password) },
        }),
      }),
    ],
    [
      'how much is given to which shopper',
      'topic',
      (border) => ({
        grant: (total, person) =>
          border.grant(digestOf(person.email) < '8' ? total : total + 100, person),
      }),
    ],
  ])('differ by %s', (_name, channel, plant) => {
    const { differences } = compare(plant);
    expect(differences.map(({ place }) => place.split(' ')[0])).toEqual([channel]);
    expect(JSON.stringify(differences)).not.toContain(worldPerson('first', 1).email);
  });

  it('are told apart by each control leak alone', () => {
    const honest = live('first', () => ({}));
    // the honest border above calls and is not answered
    const answer: Crossing = {
      ...{ channel: 'http', place: 'eu-1 POST /cell/v1/inventory/borrow answered 200 OK' },
      ...{ key: '', head: {}, body: '{}' },
    };
    const traffic: WorldTraffic = [...honest, answer];
    const leaks = controlLeaks(traffic);
    expect(leaks).toHaveLength(7);
    for (const { name, traffic: leaking } of leaks) {
      const { differences } = compareWorlds(traffic, leaking ?? []);
      expect([name, differences.map(({ place }) => place.split(' ')[0])]).toEqual([
        name,
        [expect.stringMatching(/^(topic|http|catalog)$/)],
      ]);
    }
    const nothing = controlLeaks([]).map(({ traffic: leaking }) => leaking);
    expect(nothing).toEqual(Array.from({ length: 7 }, () => undefined));
  });

  it('count what the clock repeats once, also within a list', () => {
    const totals = (...pools: string[]): Crossing => ({
      ...{ channel: 'http', place: 'in-1 POST /cell/v1/inventory/totals', key: '', head: {} },
      body: JSON.stringify({
        epoch: 1,
        totals: pools.map((pool, at) => ({ pool, grantedTotal: at })),
      }),
    });
    const [one, two] = [
      [totals('blr/A')],
      [totals('blr/A', 'blr/B'), totals('blr/B'), totals('blr/A')],
    ];
    expect(compareWorlds(one, two).differences).toEqual([]);
    const leaking = { ...totals('blr/A'), body: '{"epoch":1,"totals":[],"hint":7}' };
    expect(compareWorlds(one, [...two, leaking]).differences).toHaveLength(1);
  });

  it('are compared as they are where they speak no JSON', () => {
    const record = (text: string): WorldTraffic => [
      { channel: 'topic', place: 'in-1 global.mirror-canary.v1', key: '', head: {}, body: text },
    ];
    expect(compareWorlds(record('canary'), record('canary')).differences).toEqual([]);
    expect(compareWorlds(record('canary'), record('canari')).differences).toHaveLength(1);
  });

  it('mask what is listed and nothing beside it', () => {
    const grant = honestBorder(newSigner()).grant(1, worldPerson('first', 1));
    const parsed = JSON.parse(grant.body) as Record<string, unknown>;
    const seen = JSON.parse(maskedText(grant).split('\n')[1] ?? '') as Record<string, unknown>;
    expect(seen).toEqual({ ...parsed, sig: '<nonce>' });
    for (const { reason } of nonces) expect(reason.length).toBeGreaterThan(10);
  });
});

describe('A tap of a border', () => {
  it('takes a stream apart into its messages', () => {
    const stream = Buffer.concat([call({ host: 'a' }, { one: 1 }), call({}, { two: [2] })]);
    expect(messagesIn(stream).map(({ body: text }) => text)).toEqual(['{"one":1}', '{"two":[2]}']);
  });

  it('knows an answer by the call before it', () => {
    const calls = Buffer.concat([call({}, { one: 1 }), call({}, { two: 2 })]);
    const answer = Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
    const tapped = (flow: 'sent' | 'received', bytes: Buffer) =>
      ({ cell: 'eu-1', connection: 1, flow, hex: bytes.toString('hex') }) as const;
    const place = 'eu-1 POST /cell/v1/inventory/borrow';
    const crossed = crossingsOf([tapped('sent', calls), tapped('received', answer)]);
    expect(crossed.map((of) => of.place)).toEqual([place, `${place} answered 200 OK`, place]);
    const tooMany = [
      tapped('sent', call({}, {})),
      tapped('received', Buffer.concat([answer, answer])),
    ];
    expect(() => crossingsOf(tooMany)).toThrow('1 calls and 2 answers');
    expect(() => crossingsOf([tapped('sent', calls)])).toThrow('2 calls and 0 answers');
  });

  it('refuses a stream that lost bytes, or that it cannot read', () => {
    const whole = call({}, { one: 1 });
    expect(() => messagesIn(whole.subarray(0, -2))).toThrow('ends early');
    expect(() => messagesIn(whole.subarray(0, 20))).toThrow('end of its head');
    expect(() => messagesIn(call({ 'transfer-encoding': 'chunked' }, {}))).toThrow('length');
  });
});

describe('The stream of the catalog', () => {
  const text = (value: string) => Buffer.from(`${value}\0`);
  const sized = (value: string) => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(value.length);
    return Buffer.concat([Buffer.from('t'), length, Buffer.from(value)]);
  };
  const relation = Buffer.concat([
    Buffer.from('R'),
    Buffer.from([0, 0, 0, 7]),
    text('catalog'),
    text('price'),
    Buffer.from('d'),
    Buffer.from([0, 2]),
    ...['variant_id', 'market'].flatMap((name) => [Buffer.from([1]), text(name), Buffer.alloc(8)]),
  ]);
  const insert = Buffer.concat([
    Buffer.from('I'),
    Buffer.from([0, 0, 0, 7]),
    Buffer.from('N'),
    Buffer.from([0, 2]),
    sized('var_1'),
    Buffer.from('n'),
  ]);

  it('is read as rows with names', () => {
    const begin = Buffer.concat([Buffer.from('B'), randomBytes(20)]);
    expect(crossingsIn('in-1', [begin, relation, insert])).toEqual([
      {
        ...{ channel: 'catalog', place: 'in-1 catalog.price', key: '', head: {} },
        body: '{"kind":"I","variant_id":"var_1","market":null}',
      },
    ]);
  });

  it('is refused where a row is of no table that was told', () => {
    expect(() => crossingsIn('in-1', [insert])).toThrow('unknown table');
  });
});
