import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formsOf, traceDigestsOf } from '@entrepot/privacy';
import { describe, expect, it } from '@jest/globals';
import { FolderStore } from './folder-store.ts';
import { scanStore } from './scan-store.ts';
import { TraceMatcher } from './trace-matcher.ts';

const text = 'Zq "Ñandú" & Söhne/7h3k9x';
const secrets = { base: randomBytes(4), key: randomBytes(32) };
const matcher = new TraceMatcher('ers', traceDigestsOf([{ field: 'name', text }], secrets));
const noise = randomBytes(20_000);
const finds = (parts: readonly Buffer[]) => matcher.search(Buffer.concat(parts), 100);

describe('a text of which only digests are known', () => {
  it.each(formsOf(text).map(({ form, bytes }) => [form, bytes] as const))(
    'is found as %s, at the start, in the middle and at the end',
    (_form, bytes) => {
      const others = [
        [bytes, noise],
        [noise, bytes, noise],
        [noise, bytes],
      ];
      const at = [100, 100 + noise.length, 100 + noise.length];
      for (const [index, parts] of others.entries()) {
        expect(finds(parts).map(({ offset }) => offset)).toContain(at[index]);
      }
    },
  );

  it('is not found where it is not, nor where its end is missing', () => {
    expect(finds([noise])).toEqual([]);
    expect(finds([Buffer.from(text.slice(0, -1))])).toEqual([]);
    expect(matcher.search(Buffer.alloc(3))).toEqual([]);
  });

  it('is found in a store beside the control, and across two chunks', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'traces-'));
    try {
      const edge = 4 * 1024 * 1024;
      const content = Buffer.alloc(edge + 100, '.');
      Buffer.from(text).copy(content, edge - 7);
      writeFileSync(join(folder, 'big'), content);
      const store = new FolderStore({ name: 'logs', folder });
      const [scan] = await scanStore(store, [], [matcher]);
      expect(scan?.missedControls).toEqual([]);
      expect(scan?.finds.map(({ label }) => label)).toEqual(['ers/name/plain']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
