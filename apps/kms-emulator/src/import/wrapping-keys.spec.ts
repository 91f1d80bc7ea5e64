import { beforeEach, describe, expect, it } from '@jest/globals';
import { constants, createPublicKey, publicEncrypt } from 'node:crypto';
import { WrappingKeys } from './wrapping-keys.ts';
import type { ImportParameters } from './wrapping-keys.ts';

const dayMs = 86_400_000;
const throttled = { type: 'ThrottlingException' };
let nowMs = 0;
let keys: WrappingKeys;

beforeEach(() => {
  nowMs = 0;
  keys = new WrappingKeys(() => nowMs, 2);
});

const issue = () => keys.issue('k', 'RSA_2048', 'RSAES_OAEP_SHA_256');
function unwrapWith({ token, publicKey }: ImportParameters): string {
  const key = createPublicKey({ key: publicKey, format: 'der', type: 'spki' });
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const wrapped = publicEncrypt({ key, padding, oaepHash: 'sha256' }, Buffer.from('material'));
  return keys.unwrap('k', token, wrapped).toString();
}

describe('WrappingKeys', () => {
  it('are refused beyond what may be about, those in the making included', async () => {
    const asked = await Promise.allSettled([issue(), issue(), issue()]);
    expect(asked.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    await expect(issue()).rejects.toMatchObject(throttled);
    for (const call of asked) {
      if (call.status === 'fulfilled') expect(unwrapWith(call.value)).toBe('material');
    }
  });

  it('make room once their holders no longer need to be told that they are too old', async () => {
    const first = await issue();
    await issue();
    nowMs = 1.5 * dayMs;
    await expect(issue()).rejects.toMatchObject(throttled);
    expect(() => unwrapWith(first)).toThrow(
      expect.objectContaining({ type: 'ExpiredImportTokenException' }),
    );
    nowMs = 2 * dayMs;
    expect(unwrapWith(await issue())).toBe('material');
    expect(() => unwrapWith(first)).toThrow(
      expect.objectContaining({ type: 'InvalidImportTokenException' }),
    );
  });
});
