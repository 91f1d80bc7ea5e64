import { DomainError, newCellId } from '@entrepot/kernel';
import type { CellId, ErasureRequestId, RetainedFieldId, StaffId } from '@entrepot/kernel';
import type { CohortCipher, CohortName, RecordPlace } from '@entrepot/platform-crypto';
import { statement } from '@entrepot/platform-database';
import type { ShopDatabase } from '@entrepot/platform-database';
import { RetainedFields } from '../application/retained-fields.ts';
import type {
  ClearField,
  ReadField,
  ReadingPurpose,
  StoreToKeep,
} from '../application/retained-fields.ts';

const table = 'privacy.retained_field';
/** Raised where the reader does not hold the role. */
const roleMissing = 'PR005';

const keptOf = statement(
  'privacy.kept_of_store',
  `SELECT count(*)::int AS "kept" FROM privacy.retained_field 
   WHERE request_id = $1 AND store = $2 AND cohort = $3`,
);
const keep = statement(
  'privacy.keep_fields',
  `INSERT INTO privacy.retained_field
     (field_id, request_id, store, field, ordinal, category, law, cohort, keep_until, content)
   SELECT f.field_id, $1, $2, f.field, f.ordinal, $3, $4, $5, $6, f.content
   FROM json_to_recordset($7::json) AS f(field_id text, field text, ordinal int, content text)
   WHERE NOT EXISTS (
     SELECT FROM privacy.retained_field k WHERE k.request_id = $1 AND k.store = $2 AND k.cohort = $5)
   ON CONFLICT (request_id, cohort, store, field, ordinal) DO NOTHING`,
);
const read = statement(
  'privacy.read_retained_fields',
  `SELECT field_id AS "id", store, field, ordinal, category, law, cohort,
     to_char(keep_until, 'YYYY-MM-DD') AS "keepUntil", content
   FROM privacy.read_retained_fields($1, $2, $3)`,
);
const setEnd = statement(
  'privacy.set_end_of_fields',
  'UPDATE privacy.retained_field SET keep_until = $2 WHERE cohort = $1 AND keep_until IS NULL',
);
const purge = statement(
  'privacy.purge_fields',
  'DELETE FROM privacy.retained_field WHERE cohort = ANY($1) AND keep_until < current_date',
);

interface RetainedRow {
  readonly id: RetainedFieldId;
  readonly store: string;
  readonly field: string;
  readonly ordinal: number;
  readonly category: string;
  readonly law: string;
  readonly cohort: CohortName;
  readonly keepUntil: string | null;
  readonly content: string;
}

const placeOf = (
  requestId: ErasureRequestId,
  {
    id,
    store,
    field,
    ordinal,
    cohort,
  }: Omit<RetainedRow, 'category' | 'law' | 'keepUntil' | 'content'>,
): RecordPlace => ({
  cohort,
  column: `${table}.content`,
  recordId: id,
  boundTo: [requestId, store, field, String(ordinal)],
});

/** Kept fields in the shop, under the keys of the vault's cohorts. */
export class PgRetainedFields extends RetainedFields {
  readonly #cell: CellId;
  readonly #database: ShopDatabase;
  readonly #cipher: CohortCipher;

  constructor(
    cell: CellId,
    parts: { readonly database: ShopDatabase; readonly cipher: CohortCipher },
  ) {
    super();
    this.#cell = cell;
    this.#database = parts.database;
    this.#cipher = parts.cipher;
  }

  override async keptOf(of: Pick<StoreToKeep, 'requestId' | 'store' | 'cohort'>): Promise<number> {
    const values = [of.requestId, of.store, of.cohort.name];
    const [row] = await this.#database.query<{ kept: number }>(keptOf, values);
    return row?.kept ?? 0;
  }

  override async keep(of: StoreToKeep, fields: readonly ClearField[]): Promise<void> {
    const { requestId, store, category, cohort } = of;
    const name = cohort.name as CohortName;
    const sealed = await Promise.all(
      fields.map(async ({ field, ordinal, text }) => {
        const id = newCellId('retainedField', this.#cell);
        const place = placeOf(requestId, { id, store, field, ordinal, cohort: name });
        return { field_id: id, field, ordinal, content: await this.#cipher.seal(place, text) };
      }),
    );
    await this.#database.execute(keep, [
      ...[requestId, store, category, cohort.law, cohort.name, cohort.endsOn ?? null],
      JSON.stringify(sealed),
    ]);
  }

  override async read(
    requestId: ErasureRequestId,
    { reader, purpose }: { readonly reader: StaffId; readonly purpose: ReadingPurpose },
  ): Promise<ReadField[]> {
    const rows = await this.#database
      .query<RetainedRow>(read, [requestId, reader, purpose])
      .catch(refuseWrongRole);
    return Promise.all(
      rows.map(async (row) => {
        const { id, store, field, category, law, keepUntil, content } = row;
        const text = await this.#cipher.open(placeOf(requestId, row), content);
        return { id, store, field, category, law, keepUntil: keepUntil ?? undefined, text };
      }),
    );
  }

  override async setEnd(cohort: string, endsOn: string): Promise<void> {
    await this.#database.execute(setEnd, [cohort, endsOn]);
  }

  override purge(cohorts: readonly string[]): Promise<number> {
    return this.#database.execute(purge, [cohorts]);
  }
}

function refuseWrongRole(error: unknown): never {
  if (!(error instanceof Error && 'code' in error && error.code === roleMissing)) throw error;
  throw new DomainError('FORBIDDEN', 'only a privacy officer reads what is kept');
}
