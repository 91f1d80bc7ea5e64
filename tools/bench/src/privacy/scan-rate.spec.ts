import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { measureScan } from './scan-rate.ts';

describe('the rate of the residency scan', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'scan-rate-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is none where the stores hold too little to tell', async () => {
    writeFileSync(join(folder, 'small'), Buffer.alloc(1_000));
    expect(await measureScan([folder])).toBeUndefined();
  });

  it('tells how much was scanned', async () => {
    writeFileSync(join(folder, 'heap'), Buffer.alloc(9_000_000, '.'));
    const figure = await measureScan([folder]);
    expect(figure?.notes).toEqual([expect.stringMatching(/^9 MB in 1 files/)]);
    expect(figure?.measured).toBeGreaterThan(0);
  });
});
