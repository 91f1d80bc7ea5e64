import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@entrepot/testing';
import pg from 'pg';
import { checkedWrites, finalWrites, seedSql } from './forbidden-writes.ts';

const guardsSql = `
SELECT conname AS guard FROM pg_constraint
WHERE connamespace = 'inventory'::regnamespace AND contype = 'c'
UNION ALL
SELECT c.relname || '.' || t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = 'inventory'::regnamespace AND NOT t.tgisinternal`;

const writesOf = (guards: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(guards).flatMap(([guard, writes]) =>
    writes.map((sql) => [guard, sql.replaceAll(/\s+/g, ' ')] as const),
  );

describe('the guards of the stock tables', () => {
  let database: TestDatabase<'shop'>;
  let owner: pg.Client;

  beforeAll(async () => {
    database = await testDatabase('shop');
    owner = new pg.Client({ connectionString: database.urlFor('owner') });
    await owner.connect();
    await owner.query(seedSql);
  });
  afterAll(async () => {
    await owner.end();
    await database.drop();
  });

  /** What the database says to a write, which is undone in any case. */
  async function answerTo(sql: string): Promise<unknown> {
    await owner.query('BEGIN');
    try {
      await owner.query(sql);
      return 'written';
    } catch (error) {
      return error;
    } finally {
      await owner.query('ROLLBACK');
    }
  }

  it.each(writesOf(checkedWrites))(
    'refuse by %s, even their owner: %s',
    async (constraint, sql) => {
      expect(await answerTo(sql)).toMatchObject({ code: '23514', constraint });
    },
  );

  it.each(writesOf(finalWrites))('refuse by %s, even their owner: %s', async (guard, sql) => {
    const [table] = guard.split('.');
    const [, operation] = /^(UPDATE|DELETE|TRUNCATE)/.exec(sql) ?? [];
    const message = `${operation} on inventory.${table} would undo what is final`;
    expect(await answerTo(sql)).toMatchObject({ code: '23000', message });
  });

  it('are each tried by a write', async () => {
    const { rows } = await owner.query<{ readonly guard: string }>(guardsSql);
    const tried = [...Object.keys(checkedWrites), ...Object.keys(finalWrites)];
    expect(tried.toSorted()).toEqual(rows.map(({ guard }) => guard).toSorted());
  });
});
