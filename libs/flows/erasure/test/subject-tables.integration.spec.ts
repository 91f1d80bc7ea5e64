import type { SubjectId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PgSubjectTables } from '../src/adapters/pg-subject-tables.ts';
import { ErasureScene } from './erasure-scene.ts';

// a name that has to be quoted in two ways
const newTable = statement(
  'spec.new_table',
  `CREATE TABLE identity."new 'table" (subject_id text)`,
);
const readable = statement('spec.readable', `GRANT SELECT ON identity."new 'table" TO PUBLIC`);
const fill = statement('spec.fill', `INSERT INTO identity."new 'table" VALUES ($1)`);

describe('the tables about persons', () => {
  let scene: ErasureScene;
  let tables: PgSubjectTables;
  let people: SubjectId[];
  beforeAll(async () => {
    scene = await ErasureScene.open();
    const { shop, vault } = scene.fixture.stores;
    tables = new PgSubjectTables(shop.open('worker'), vault.open('worker'));
    const shoppers = [await scene.newShopper(), await scene.newShopper()];
    people = shoppers.map(({ subject }) => subject);
  });
  afterAll(() => scene.end());

  it('are counted for all who ask at once, and each hears of their own rows', async () => {
    const nobody = '00000000-0000-7000-8000-000000000000' as SubjectId;
    const [first, second, none] = await Promise.all(
      [...people, nobody].map((subject) => tables.rowsOf(subject)),
    );
    const inAccounts = { table: 'identity.account', rows: 1 };
    expect(first).toContainEqual(inAccounts);
    expect(second).toContainEqual(inAccounts);
    expect(none).toContainEqual({ ...inAccounts, rows: 0 });
  });

  it('are counted again for whoever asks later, as they are by then, and all of them', async () => {
    const [subject] = people;
    if (subject === undefined) throw new TypeError('nobody signed up');
    const before = await tables.rowsOf(subject);
    expect(before.map(({ table }) => table).toSorted()).toEqual(await tables.survey());
    const owner = scene.fixture.stores.shop.open('superuser');
    for (const change of [newTable, readable]) await owner.execute(change);
    await owner.execute(fill, [subject]);
    expect(await tables.rowsOf(subject)).toContainEqual({ table: "identity.new 'table", rows: 1 });
  });
});
