import { createHash } from 'node:crypto';
import type { SubjectId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { ShopDatabase } from '@entrepot/platform-database';
import { CiphertextVersions } from '../application/drop-former-keys.ts';

/** What takes nothing but ciphertext, as its CHECK says: the catalogue is readable by every role. */
const findColumns = statement(
  'privacy.find_ciphertext_columns',
  `SELECT DISTINCT format('%I.%I', n.nspname, c.relname) AS "table", format('%I', a.attname) AS "column"
   FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(k.conkey)
   WHERE k.contype = 'c' AND pg_get_constraintdef(k.oid) LIKE '%v1|%' ORDER BY 1, 2`,
);

/** Columns differ by schema, so that a statement is called by its text. */
const nameDigits = 16;

interface FoundColumn {
  readonly table: string;
  readonly column: string;
}

/**
 * Looks through every column of the shop that holds ciphertext, whoever the row is about: a value says itself
 * whose key and which version of it sealed it. A column that may not be read is an error.
 */
export class PgCiphertextVersions extends CiphertextVersions {
  readonly #shop: ShopDatabase;

  constructor(shop: ShopDatabase) {
    super();
    this.#shop = shop;
  }

  override async lowestOf(subject: SubjectId): Promise<number | undefined> {
    const columns = await this.#shop.query<FoundColumn>(findColumns);
    if (columns.length === 0) throw new Error('no column with ciphertext was found');
    const versions: number[] = [];
    for (const found of columns) {
      const [row] = await this.#shop.query<{ lowest: number | null }>(lowestIn(found), [subject]);
      if (typeof row?.lowest === 'number') versions.push(row.lowest);
    }
    return versions.length === 0 ? undefined : Math.min(...versions);
  }
}

function lowestIn({ table, column }: FoundColumn) {
  const text = `SELECT min(split_part(${column}, '|', 4)::int) AS "lowest" FROM ${table}
     WHERE starts_with(${column}, 'v1|A256GCM|' || $1 || '|')`;
  const name = createHash('sha256').update(text).digest('hex').slice(0, nameDigits);
  return statement(`privacy.lowest_version_${name}`, text);
}
