import { TraceMatcher } from '@entrepot/border-scan';
import { traceDigestsOf } from '@entrepot/privacy';
import { testDatabase, withClient } from '@entrepot/testing';
import type { TestDatabase } from '@entrepot/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { labelsInCatalogue } from '../src/verification/public-rows.ts';

const products = 120;
const category = `cat_${'0'.repeat(26)}`;
const idOf = `'prd_' || lpad(n::text, 26, '0')`;
const fill = `
  INSERT INTO catalog.category (id, slug, position) VALUES ('${category}', 'shawls', 0);
  INSERT INTO catalog.product (id, slug, status, category_id)
    SELECT ${idOf}, 'shawl-' || n, 'ACTIVE', '${category}' FROM generate_series(1, ${products}) n;
  INSERT INTO catalog.product_translation (product_id, locale, name, summary, description)
    SELECT ${idOf}, 'en', 'Shawl', 'Warm.', CASE n WHEN ${products} THEN 'Made by Maria Garcia' ELSE 'Red.' END
    FROM generate_series(1, ${products}) n;
  INSERT INTO catalog.product_option (product_id, code, position, labels)
    SELECT ${idOf}, 'size', 0, '{"en": "Size of Juana Pérez"}' FROM generate_series(1, 1) n;
  INSERT INTO catalog.media_object (content_hash, media_type, width, height, bytes)
    VALUES (encode(sha256('Photo: Ines Castillo'), 'hex'), 'image/webp', 1, 1, 'Photo: Ines Castillo');
`;
let catalog: TestDatabase<'catalog'>;
beforeAll(async () => {
  catalog = await testDatabase('catalog', { cell: 'in-1' });
  await withClient(catalog.urlFor('superuser'), (client) => client.query(fill));
});
afterAll(() => catalog.drop());

const matcherOf = (text: string) =>
  new TraceMatcher(
    'ers_1',
    traceDigestsOf([{ field: 'name', text }], { base: randomBytes(4), key: randomBytes(32) }),
  );
const tablesOf = async (text: string) => {
  const found = await labelsInCatalogue(catalog.urlFor('superuser'), [matcherOf(text)]);
  return new Set(found.values());
};

describe('the public rows of a catalogue', () => {
  it.each([
    ['Maria Garcia', 'catalog.product_translation'],
    ['Juana Pérez', 'catalog.product_option'],
    ['Ines Castillo', 'catalog.media_object'],
  ])('hold %s in %s, wherever the row stands', async (text, table) => {
    expect(await tablesOf(text)).toEqual(new Set([table]));
  });

  it('hold nobody else', async () => {
    expect(await tablesOf('Maria Garciano')).toEqual(new Set());
  });
});
