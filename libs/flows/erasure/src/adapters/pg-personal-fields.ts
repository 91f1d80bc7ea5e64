import { createHash } from 'node:crypto';
import { ciphertextOf, isTombstone } from '@entrepot/platform-crypto';
import type { FieldCipher } from '@entrepot/platform-crypto';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import type { ClearField } from '@entrepot/privacy';
import type { SubjectId } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import { PersonalFields } from '../application/personal-fields.ts';
import { StepFailure } from '../application/step-failure.ts';

interface FoundColumns {
  /** Fit to stand in a statement. */
  readonly table: string;
  readonly key: string;
  readonly columns: readonly { readonly name: string; readonly quoted: string }[];
}

interface FieldsPlace {
  readonly store: string;
  readonly fields: readonly string[];
  readonly subject: SubjectId;
}

/** The table, its key of one column, and those of the wanted columns that it has. */
const findColumns = statement(
  'erasure.find_columns',
  `SELECT format('%I.%I', n.nspname, c.relname) AS "table", format('%I', k.attname) AS "key",
     (SELECT coalesce(json_agg(json_build_object('name', a.attname, 'quoted', format('%I', a.attname))
        ORDER BY a.attname), '[]'::json)
      FROM pg_attribute a WHERE a.attrelid = c.oid AND NOT a.attisdropped AND a.attname = ANY($3)
     ) AS "columns"
   FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary AND i.indnkeyatts = 1
   JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = i.indkey[0]
   WHERE n.nspname = $1 AND c.relname = $2`,
);

const ciphertextMark = 'v1|';
/** Statements are called by their text, since the plan decides what they read. */
const nameDigits = 16;

/** Reads tables of the shop, whose rows are sealed under the key of their table's primary key. */
@Injectable()
export class PgPersonalFields extends PersonalFields {
  private readonly database: ShopDatabase;

  constructor(database: ShopDatabase) {
    super();
    this.database = database;
  }

  override async read(place: FieldsPlace, cipher: FieldCipher): Promise<readonly ClearField[]> {
    const rows = await this.rowsOf(place);
    const fields: ClearField[] = [];
    for (const [index, { key, ...values }] of rows.entries()) {
      for (const [field, stored] of Object.entries(values)) {
        if (stored === null) continue;
        const at = { table: place.store, rowId: String(key), subject: place.subject };
        fields.push({
          field,
          ordinal: index + 1,
          text: await clear(cipher, at, { field, stored }),
        });
      }
    }
    return fields;
  }

  private async rowsOf({ store, fields, subject }: FieldsPlace) {
    const [namespace = '', table = ''] = store.split('.');
    const values = [namespace, table, fields];
    const [found] = await this.database.query<FoundColumns>(findColumns, values);
    if (found?.columns.length !== fields.length) {
      throw new StepFailure('ERASURE_STORE_UNKNOWN', `${store} lacks a field of the plan`, {
        store,
      });
    }
    // the text of a JSON value: words as they are, instants in ISO 8601
    const wanted = found.columns.map(({ quoted }) => `to_json(${quoted}) #>> '{}' AS ${quoted}`);
    const text = `SELECT ${found.key} AS "key", ${wanted.join(', ')} FROM ${found.table}
       WHERE subject_id = $1 ORDER BY ${found.key}`;
    const name = createHash('sha256').update(text).digest('hex').slice(0, nameDigits);
    const read = statement(`erasure.fields_${name}`, text);
    return this.database.query<Record<string, string | null>>(read, [subject]);
  }
}

async function clear(
  cipher: FieldCipher,
  at: { readonly table: string; readonly rowId: string; readonly subject: SubjectId },
  { field, stored }: { readonly field: string; readonly stored: string },
): Promise<string> {
  if (!stored.startsWith(ciphertextMark)) return stored;
  const opened = await cipher.decrypt(at, { [field]: ciphertextOf(stored) });
  const text = isTombstone(opened) ? undefined : opened[field];
  if (text !== undefined) return text;
  throw new StepFailure('ERASURE_EXTRACT_UNREADABLE', `a row of ${at.table} cannot be read`, {
    store: at.table,
  });
}
