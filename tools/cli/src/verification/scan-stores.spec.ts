import { FolderStore, labelsInRow } from '@entrepot/border-scan';
import type { ByteMatcher } from '@entrepot/border-scan';
import type { ErasureRequestId } from '@entrepot/kernel';
import { traceDigestsOf } from '@entrepot/privacy';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTraces, scanFor } from './scan-stores.ts';

const [first, second] = ['ers_1', 'ers_2'] as [ErasureRequestId, ErasureRequestId];
const [name, email] = ['Maria Garcia', 'maria.garcia@people.example'];
const tracesOf = (text: string) =>
  traceDigestsOf([{ field: 'name', text }], { base: randomBytes(4), key: randomBytes(32) });
const product = { id: 'prd_1', labels: { en: `The ${name} shawl, by hand` } };

let folder: string;
let told: string[];
const tell = (line: string) => void told.push(line);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scan-'));
  told = [];
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const scan = async (texts: ReadonlyMap<ErasureRequestId, string>, rows: readonly unknown[]) => {
  const { traced } = await openTraces(
    [...texts.keys()].map((id) => ({ id })),
    (id) => Promise.resolve(tracesOf(texts.get(id) ?? '')),
    tell,
  );
  const inPublicRows = (matchers: readonly ByteMatcher[]) => {
    const labels = rows.flatMap((row) => [...labelsInRow(row, matchers)]);
    return Promise.resolve(new Map(labels.map((label) => [label, 'catalog.product_option'])));
  };
  const stores = [new FolderStore({ name: 'logs', folder })];
  return scanFor(traced, { stores, inPublicRows, tell });
};

describe('what is found in the stores', () => {
  it('is no find where it stands in a public row, and the statement counts it by its table', async () => {
    writeFileSync(join(folder, 'a'), `${name} ${name.toLowerCase()} ${email}`);
    const texts = new Map([
      [first, name],
      [second, email],
    ]);
    const [ofName, ofEmail] = await scan(texts, [product]);
    const forms = tracesOf(name).digests.length;
    expect(ofName).toMatchObject({ id: first, tried: forms - 2, found: 0 });
    expect(ofName?.details.setAside).toEqual([{ table: 'catalog.product_option', forms: 2 }]);
    expect(JSON.stringify(ofName?.details)).not.toMatch(/maria/iu);
    expect(ofEmail).toMatchObject({ id: second, found: 1, details: { setAside: [] } });
    expect(told.filter((line) => line.includes('FOUND'))).toEqual([
      expect.stringContaining(`${second}/name/`),
    ]);
  });

  it.each(['base64', 'hex', 'utf16le'] as const)(
    'is no find as %s, with what stands around it in the public row',
    async (encoding) => {
      const text = Buffer.from(product.labels.en, encoding === 'utf16le' ? encoding : 'utf8');
      writeFileSync(
        join(folder, 'a'),
        encoding === 'utf16le' ? text : Buffer.from(text.toString(encoding)),
      );
      const [of] = await scan(new Map([[first, name]]), [product]);
      expect(of?.found).toBe(0);
      expect(of?.details.setAside).toHaveLength(1);
    },
  );

  it('is a find where no public row has it', async () => {
    writeFileSync(join(folder, 'a'), name);
    const [of] = await scan(new Map([[first, name]]), [{ name: 'Maria', family: 'Garcia' }]);
    expect(of).toMatchObject({ found: 1, details: { setAside: [] } });
  });
});

describe('what was kept to look for', () => {
  it('is passed over where it does not open, and the others are looked for', async () => {
    const { traced, unopened } = await openTraces(
      [{ id: first }, { id: second }],
      (id) =>
        id === first
          ? Promise.reject(new RangeError(`of ${name}`))
          : Promise.resolve(tracesOf(email)),
      tell,
    );
    expect(traced.map(({ id }) => id)).toEqual([second]);
    expect(unopened).toEqual([first]);
    expect(told).toEqual([
      `${first}: what to look for cannot be opened (RangeError), so that no store is scanned for it.`,
    ]);
  });
});
