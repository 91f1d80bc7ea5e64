import { describe, expect, it } from '@jest/globals';
import { vectorsOfKeys, vectorsOfValues } from './used-vectors.ts';

const vectors = 1_000_000;
const limitMs = 600_000;

describe('initialisation vectors', () => {
  it(
    'T4 never repeat over a million values of one person',
    async () => {
      expect(await vectorsOfValues(vectors)).toBe(vectors);
    },
    limitMs,
  );

  it(
    'T4 never repeat over a million keys under one wrapping key',
    () => {
      expect(vectorsOfKeys(vectors)).toBe(vectors);
    },
    limitMs,
  );
});
