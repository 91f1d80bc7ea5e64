import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { allSlices, environmentExample } from '../src/index.ts';

it('.env.example is what the slices generate', () => {
  const committed = readFileSync(new URL('../../../../.env.example', import.meta.url), 'utf8');
  expect(committed).toBe(environmentExample(allSlices));
});
