import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CrossingRefusedError, inspectCrossing, inspectHeaders } from './inspect-crossing.ts';
import type { Crossing } from './inspect-crossing.ts';

function faultOf(value: unknown, crossing?: Crossing): string | undefined {
  try {
    inspectCrossing(value, crossing);
    return undefined;
  } catch (error) {
    if (error instanceof CrossingRefusedError) return error.code;
    throw error;
  }
}

const digest = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

describe('What crosses', () => {
  it.each<[string, unknown, string]>([
    ['a sentence', { note: 'leave it at the door' }, 'FREE_TEXT'],
    ['a name in another alphabet', { sku: 'आशा' }, 'FREE_TEXT'],
    ['a digest, such as one of a login', { sku: digest }, 'TOO_RANDOM'],
    ['a random token', { sku: 'q7Rk2mX9pT4bW8nZ1cV5' }, 'TOO_RANDOM'],
    ['a UUID', { sku: '018f3c6e-7b1a-7c3d-9e2f-1a2b3c4d5e6f' }, 'TOO_RANDOM'],
    ['a long word', { sku: 'A-'.repeat(61) }, 'TOO_LONG'],
    ['a long name of a member', { ['a'.repeat(41)]: 1 }, 'TOO_LONG'],
    ['a card as a number', { grantedTotal: 4_242_424_242_424_242 }, 'PAYMENT_CARD'],
    ['a phone as a number', { grantedTotal: 9_876_543_210 }, 'PHONE'],
    ['bytes', { body: Buffer.from('asha') }, 'NOT_PLAIN'],
    ['a date', { at: new Date(0) }, 'NOT_PLAIN'],
    ['a big integer', { total: 1n }, 'NOT_PLAIN'],
    ['no number', { total: Number.NaN }, 'NOT_PLAIN'],
  ])('is not %s', (_name, value, code) => {
    expect(faultOf(value)).toBe(code);
    expect(faultOf({ list: [{ item: value }] })).toBe(code);
  });

  it('ends at a depth', () => {
    let value: unknown = 1;
    for (let depth = 0; depth < 10; depth += 1) value = { value };
    expect(faultOf(value)).toBe('TOO_DEEP');
  });

  it('may be random where it is listed, in its one form', () => {
    const random = [{ name: 'sum', form: /^[0-9a-f]{64}$/, reason: 'a digest of public bytes' }];
    expect(faultOf({ sum: digest }, { random })).toBeUndefined();
    expect(faultOf({ sum: `${digest}00` }, { random })).toBe('TOO_RANDOM');
    expect(faultOf({ other: digest }, { random })).toBe('TOO_RANDOM');
    expect(faultOf({ sum: 'asha@example.in' }, { random })).toBe('EMAIL');
  });

  it('says of a refusal its code and nothing else', () => {
    const refused = () => inspectCrossing({ 'asha@example.in': 'asha@example.in' });
    expect(refused).toThrow(new CrossingRefusedError('EMAIL'));
    expect(refused).not.toThrow('asha');
  });

  it('has only the headers that HTTP needs', () => {
    inspectHeaders({ 'content-type': 'application/json', 'Content-Length': 12, date: undefined });
    for (const name of ['traceparent', 'baggage', 'cookie', 'x-forwarded-for', 'x-request-id']) {
      expect(() => inspectHeaders({ [name]: '1' })).toThrow('HEADER_UNLISTED');
    }
    expect(() => inspectHeaders({ accept: 'asha@example.in' })).toThrow('EMAIL');
  });

  it('is looked through whatever its shape, and never ends in another error', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true }), (value) => {
        faultOf(value);
      }),
    );
  });
});
