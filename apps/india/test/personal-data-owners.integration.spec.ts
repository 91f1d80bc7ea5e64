import { readFileSync } from 'node:fs';
import { ownerProblems, previewErasedTables } from '@entrepot/cell/testing';
import { india } from '@entrepot/region-india';
import { describe, expect, it } from '@jest/globals';

interface DataMap {
  readonly tables: readonly { readonly table: string; readonly subject: string | null }[];
}

const dataMap = JSON.parse(
  readFileSync(new URL('../../../docs/reference/data-map.json', import.meta.url), 'utf8'),
) as DataMap;

describe('T40 the owners of personal data in a worker', () => {
  it('answer for every table that is about a person, and for no other', async () => {
    const about = dataMap.tables.flatMap(({ table, subject }) => (subject === null ? [] : table));
    expect(about.length).toBeGreaterThan(10);
    expect(ownerProblems(about, await previewErasedTables(india))).toEqual([]);
  });
});
