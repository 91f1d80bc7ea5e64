import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { CiphertextRejectedError } from './ciphertext.ts';
import { wrappedBytes, WrappingKey } from './wrapping-key.ts';

const place = 'kek|in-1|1|7|sub_1';

describe('a wrapping key', () => {
  it('T3 gives back what it wrapped, for the place it was wrapped for and no other', () => {
    const key = new WrappingKey(randomBytes(32));
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 64 }),
        fc.string(),
        fc.string(),
        (bytes, at, other) => {
          fc.pre(at !== other);
          const wrapped = key.wrap(Buffer.from(bytes), at);
          expect(key.unwrap(wrapped, at)).toEqual(Buffer.from(bytes));
          expect(() => key.unwrap(wrapped, other)).toThrow(CiphertextRejectedError);
        },
      ),
    );
  });

  it('refuses what another key wrapped, and any bit that was changed', () => {
    const key = new WrappingKey(randomBytes(32));
    const wrapped = key.wrap(randomBytes(32), place);
    expect(wrapped).toHaveLength(wrappedBytes);
    expect(() => new WrappingKey(randomBytes(32)).unwrap(wrapped, place)).toThrow(
      CiphertextRejectedError,
    );
    for (let at = 0; at < wrapped.length; at += 1) {
      const changed = Buffer.from(wrapped);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(() => key.unwrap(changed, place)).toThrow(CiphertextRejectedError);
    }
    expect(() => key.unwrap(Buffer.alloc(0), place)).toThrow(CiphertextRejectedError);
  });

  it('never wraps the same bytes in the same way', () => {
    const key = new WrappingKey(randomBytes(32));
    const bytes = randomBytes(32);
    const wraps = Array.from({ length: 1_000 }, () => key.wrap(bytes, place).toString('hex'));
    expect(new Set(wraps).size).toBe(wraps.length);
  });

  it('overwrites its bytes when closed and refuses to be used again', () => {
    const bytes = randomBytes(32);
    const key = new WrappingKey(bytes);
    const wrapped = key.wrap(randomBytes(32), place);
    key.close();
    expect(bytes.equals(Buffer.alloc(32))).toBe(true);
    expect(() => key.wrap(randomBytes(32), place)).toThrow('closed');
    expect(() => key.unwrap(wrapped, place)).toThrow('closed');
  });
});
