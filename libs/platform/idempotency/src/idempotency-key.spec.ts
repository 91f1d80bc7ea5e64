import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from './fingerprint.ts';
import { parseIdempotencyKey } from './idempotency-key.ts';

describe('parseIdempotencyKey', () => {
  const key = '8e03978e-40d5-43dd-bc93-6894a57f9324';
  it.each([key, `"${key}"`, ` ${key} `])('reads %s', (header) => {
    expect(parseIdempotencyKey(header)).toBe(key);
  });

  it.each([undefined, '', 'short', 'with space in', '"', 'x'.repeat(129), 'नमस्ते नमस्ते', ['a', 'b']])(
    'refuses %j',
    (header) => {
      expect(() => parseIdempotencyKey(header)).toThrow(
        expect.objectContaining({ code: 'IDEMPOTENCY_KEY_REQUIRED' }),
      );
    },
  );
});

describe('canonicalJson', () => {
  it('is JSON, and the same for the same content in any order', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(reversed(value))).toBe(text);
      }),
    );
  });

  it('tells apart what differs', () => {
    expect(canonicalJson({ a: 1 })).not.toBe(canonicalJson({ a: '1' }));
    expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
    expect(canonicalJson({ a: { b: 1 } })).not.toBe(canonicalJson({ a: {}, b: 1 }));
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  );
}
