import type { CellId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import { testDatabase } from '@entrepot/testing';
import type { TestDatabase } from '@entrepot/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';

const cell = 'in-1' as CellId;

interface DataMap {
  readonly tables: readonly {
    readonly cluster: string;
    readonly table: string;
    readonly columns: readonly {
      readonly name: string;
      readonly class?: { readonly kind: string };
    }[];
  }[];
}

const dataMap = JSON.parse(
  readFileSync(new URL('../../../docs/reference/data-map.json', import.meta.url), 'utf8'),
) as DataMap;
/** Every personal column that there is: `[table, column]`. */
const personalColumns = dataMap.tables.flatMap(({ cluster, table, columns }) =>
  columns
    .filter((column) => column.class?.kind === 'personal')
    .map(({ name }) => [cluster, table, name] as const),
);

const constraintsOf = statement(
  'spec.ciphertext_constraints',
  `SELECT pg_get_constraintdef(k.oid) AS "definition" FROM pg_constraint k
   JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attname = $2
   WHERE k.contype = 'c' AND k.conrelid = $1::regclass AND k.conkey = ARRAY[a.attnum]
     AND pg_get_constraintdef(k.oid) LIKE '%v1|%'`,
);

describe('A personal column', () => {
  let shop: TestDatabase<'shop'>;
  beforeAll(async () => {
    shop = await testDatabase('shop', { cell });
  }, 120_000);
  afterAll(() => shop.drop());

  it('T6 stands in the shop, and there are some', () => {
    expect(personalColumns.length).toBeGreaterThan(5);
    expect(new Set(personalColumns.map(([cluster]) => cluster))).toEqual(new Set(['shop']));
  });

  /** Puts a text into a column of that name and constraint, with nothing else around it. */
  async function put(table: string, column: string, text: string): Promise<void> {
    const owner = shop.open('superuser');
    const quoted = table.replace(/\.(.*)$/, '."$1"');
    const [found, ...more] = await owner.query<{ definition: string }>(constraintsOf, [
      ...[quoted, column],
    ]);
    if (found === undefined || more.length > 0) throw new Error(`${table}.${column}: no one CHECK`);
    const name = `${table}_${column}`.replaceAll('.', '_');
    await owner.unitOfWork(async (tx) => {
      await tx.execute(
        statement(
          `spec.probe_${name}`,
          `CREATE TEMPORARY TABLE probe_${name} ("${column}" text, ${found.definition}) ON COMMIT DROP`,
        ),
      );
      const insert = `INSERT INTO pg_temp.probe_${name} VALUES ($1)`;
      await tx.execute(statement(`spec.put_${name}`, insert), [text]);
    });
  }

  it.each(personalColumns)('T6 takes no plaintext: %s %s.%s', async (_, table, column) => {
    for (const plain of ['Asha Rao', '', 'v1', 'V1|A256GCM', ' v1|']) {
      await expect(put(table, column, plain)).rejects.toMatchObject({ code: '23514' });
    }
    await put(table, column, `v1|A256GCM|sub_in-1_x|1|iv|tag|data`);
  });
});
