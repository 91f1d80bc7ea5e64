import { describe, expect, it } from '@jest/globals';
import { vectorsOfKeys, vectorsOfValues } from './used-vectors.ts';

const vectors = 20_000;

describe('initialisation vectors', () => {
  it('T4 never repeat over twenty thousand values of one person', async () => {
    expect(await vectorsOfValues(vectors)).toBe(vectors);
  });

  it('T4 never repeat over twenty thousand keys under one wrapping key', () => {
    expect(vectorsOfKeys(vectors)).toBe(vectors);
  });
});
