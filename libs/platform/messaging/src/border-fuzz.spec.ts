import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { CellHeartbeatHeard, CellHeartbeatSent } from '@entrepot/contracts/events/cell';
import { QuotaGranted } from '@entrepot/contracts/events/inventory';
import { canaryMark } from '@entrepot/platform-egress';
import fc from 'fast-check';

import { EnvelopeSigner, EnvelopeVerifier } from './envelope.ts';
import { RecordReader } from './record-reader.ts';
import { globalRecordWriter } from './record-writers.ts';
import type { OutboxRow } from './relay-store.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const signer = new EnvelopeSigner({
  cell: 'in-1',
  epoch: 1,
  privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
});
const reader = new RecordReader(
  'eu-1',
  new EnvelopeVerifier({
    cells: [
      {
        id: 'in-1',
        envelopeKeys: [
          { publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString() },
        ],
      },
    ],
  }),
);
const write = globalRecordWriter(signer, [QuotaGranted, CellHeartbeatSent, CellHeartbeatHeard]);

const grant: QuotaGranted = {
  donor: 'in-1',
  receiver: 'eu-1',
  warehouse: 'blr',
  sku: 'TEA-ASSAM',
  epoch: 1,
  grantedTotal: 12,
  donorFree: 3,
  grantNumber: 2,
};
const rowOf = (body: Readonly<Record<string, unknown>>, changes: object = {}): OutboxRow => ({
  xid: '1',
  id: 1n,
  eventId: 'evt_in-1_1',
  topic: 'global.inventory.v1',
  recordKey: 'in-1/eu-1/blr/TEA-ASSAM',
  aggregateVersion: 2n,
  type: 'QuotaGranted',
  version: 1,
  payload: body,
  ...changes,
});

function outcomeOf(row: OutboxRow): string {
  try {
    write(row);
    return 'WRITTEN';
  } catch (error) {
    return error instanceof Error ? error.message : 'UNKNOWN';
  }
}

const digit = fc.integer({ min: 0, max: 9 }).map(String);
const digits = (count: number) =>
  fc.array(digit, { minLength: count, maxLength: count }).map((all) => all.join(''));
const word = fc.string({
  unit: fc.constantFrom(...Array.from('abcdefghijkmnopqrstuvwxyz')),
  minLength: 3,
  maxLength: 10,
});

/** Ends a number with the digit that its checksum asks for. */
const withCheckDigit = (start: string, isRight: (number: string) => boolean): string =>
  Array.from({ length: 10 }, (_, last) => `${start}${last}`).find(isRight) ?? '';

function isLuhn(number: string): boolean {
  const sum = Array.from(number)
    .toReversed()
    .reduce((total, character, at) => {
      const doubled = Number(character) * (at % 2 === 0 ? 1 : 2);
      return total + (doubled > 9 ? doubled - 9 : doubled);
    }, 0);
  return sum % 10 === 0;
}

const person = fc.oneof(
  fc.tuple(word, word, word).map(([name, domain, tld]) => `${name}@${domain}.${tld}`),
  digits(9).map((rest) => `+49${rest}`),
  fc.tuple(fc.constantFrom('6', '7', '8', '9'), digits(9)).map((parts) => parts.join('')),
  digits(14).map((rest) => withCheckDigit(`4${rest}`, isLuhn)),
  fc.constantFrom(
    'DE89370400440532013000',
    'FR1420041010050500013M02606',
    'GB82WEST12345698765432',
  ),
  fc.constantFrom('234123412346', '234567890124'),
  word.map((rest) => `${canaryMark}.${rest}`),
  word.map((rest) => `v1|sub_in-1_0123456789|1|${rest}`),
);
const packed = fc
  .tuple(person, fc.constantFrom('plain', 'base64', 'base64url', 'hex', 'url'), fc.nat({ max: 3 }))
  .map(([text, form, shift]) => {
    const bytes = Buffer.from(text);
    // what stands before the value moves it within its group of base64
    const before = '-'.repeat(shift);
    if (form === 'plain') return text;
    if (form === 'url') return encodeURIComponent(text);
    return before + bytes.toString(form);
  });

/** Every place of a row in which a value could ride along. */
const places: Readonly<Record<string, (value: string) => OutboxRow>> = {
  'an unknown field': (value) => rowOf({ ...grant, note: value }),
  'the name of a field': (value) => rowOf({ ...grant, [value]: 1 }),
  'a field that takes words': (value) => rowOf({ ...grant, sku: value }),
  'a field that takes a list of words': (value) => rowOf({ ...grant, warehouse: value }),
  'a nested object': (value) => rowOf({ ...grant, sku: { of: { a: [value] } } }),
  'a nested unknown object': (value) => rowOf({ ...grant, shopper: { contact: [{ value }] } }),
  'the record key': (value) => rowOf({ ...grant }, { recordKey: value }),
  'the type': (value) => rowOf({ ...grant }, { type: value }),
  'the topic': (value) => rowOf({ ...grant }, { topic: `global.${value}.v1` }),
};

describe('T34 the border relay', () => {
  it.each(Object.keys(places))('writes nothing that holds a personal value in %s', (place) => {
    fc.assert(
      fc.property(packed, (value) => {
        const outcome = outcomeOf(places[place]?.(value) ?? rowOf(grant));
        expect(outcome).not.toBe('WRITTEN');
        expect(outcome).not.toContain(value);
      }),
      { numRuns: 150 },
    );
  });

  it('refuses an unknown field, however harmless', () => {
    expect(outcomeOf(rowOf({ ...grant, colour: 'red' }))).toContain('has other fields');
    expect(outcomeOf(rowOf({ ...grant, extra: { deep: 1 } }))).toContain('has other fields');
    expect(outcomeOf(rowOf(grant, { type: 'QuotaTaken' }))).toContain('is not declared');
    expect(outcomeOf(rowOf(grant, { topic: 'local.inventory.v1' }))).toContain('is not declared');
  });

  it('takes neither the key nor anything else of the record from the row', () => {
    const record = write(rowOf(grant, { recordKey: 'another' }));
    expect(Object.keys(record).sort()).toEqual(['key', 'topic', 'value']);
    expect(record.key).toBe('in-1/eu-1/blr/TEA-ASSAM');
  });

  it('has no reader for a record with headers', () => {
    const record = write(rowOf(grant));
    const received = { ...record, topic: `in-1.${record.topic}`, headerCount: 0 };
    expect(reader.read(received).envelope.body).toEqual(grant);
    expect(() => reader.read({ ...received, headerCount: 1 })).toThrow('RECORD_HAS_HEADERS');
  });
});

const cell = fc
  .tuple(fc.constantFrom('in', 'eu', 'us', 'br'), fc.integer({ min: 1, max: 999 }))
  .map(([region, number]) => `${region}-${number}`);
const count = fc.nat({ max: 999_999_999 });
const upper = (max: number) =>
  fc.string({
    unit: fc.constantFrom(...Array.from('ABCDEFGHJKLMNPRSTUVWXYZ')),
    minLength: 2,
    maxLength: max,
  });
/** Article numbers as shops make them: words and short numbers with joints, retailers' and GS1 numbers. */
const sku = fc.oneof(
  fc.tuple(upper(5), upper(8)).map((parts) => parts.join('-')),
  fc.tuple(upper(4), fc.nat({ max: 99_999 }), upper(3)).map((parts) => parts.join('.')),
  fc.tuple(digits(5), fc.constantFrom('', 'A', 'B', 'gc')).map((parts) => parts.join('')),
  fc.tuple(word, fc.nat({ max: 9_999 }), fc.nat({ max: 99 })).map((parts) => parts.join('_')),
  digits(8),
  digits(13),
);

describe('A real message about stock', () => {
  it('is never refused, whatever the article and the quantities', () => {
    const warehouse = fc.constantFrom('blr', 'maa', 'rtm', 'ham-2', 'warehouse-of-the-north-1');
    const counts = fc.record({ epoch: count, grantedTotal: count, donorFree: count });
    const grants = fc.record({ donor: cell, receiver: cell, warehouse, sku });
    fc.assert(
      fc.property(grants, counts, count, (names, totals, grantNumber) => {
        const body = { ...names, ...totals, grantNumber };
        const recordKey = QuotaGranted.keyOf(body);
        expect([body, outcomeOf(rowOf(body, { recordKey }))]).toEqual([body, 'WRITTEN']);
      }),
      { numRuns: 600 },
    );
  });

  it('is never refused when it is a heartbeat', () => {
    const at = fc
      .date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString());
    const heartbeat = fc.record({
      cell,
      heardFrom: cell,
      sequence: count,
      sentAt: at,
      heardAt: at,
    });
    fc.assert(
      fc.property(heartbeat, (body) => {
        const row = { topic: 'global.cell.v1', type: 'CellHeartbeatHeard' };
        const recordKey = CellHeartbeatHeard.keyOf(body);
        expect(outcomeOf(rowOf(body, { ...row, recordKey }))).toBe('WRITTEN');
      }),
      { numRuns: 200 },
    );
  });
});
