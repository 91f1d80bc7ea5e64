import type { SubjectId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { VaultDatabase } from '@entrepot/platform-database';
import { KeyedSubjects } from '../application/rotate-keys.ts';

const isKeyed = `state = 'active' AND wrapped_key IS NOT NULL AND subject_id > coalesce($1, '')`;
const countKeyed = statement(
  'vault.count_keyed',
  `SELECT count(*)::int AS "people" FROM vault.subject_key WHERE ${isKeyed}`,
);
const nextKeyed = statement(
  'vault.next_keyed',
  `SELECT subject_id AS "subject" FROM vault.subject_key WHERE ${isKeyed} ORDER BY subject_id LIMIT $2`,
);

export class PgKeyedSubjects extends KeyedSubjects {
  readonly #vault: VaultDatabase;

  constructor(vault: VaultDatabase) {
    super();
    this.#vault = vault;
  }

  override async count(after: SubjectId | undefined): Promise<number> {
    const [row] = await this.#vault.query<{ people: number }>(countKeyed, [after ?? null]);
    return row?.people ?? 0;
  }

  override async next(after: SubjectId | undefined, limit: number): Promise<readonly SubjectId[]> {
    const values = [after ?? null, limit];
    const rows = await this.#vault.query<{ subject: SubjectId }>(nextKeyed, values);
    return rows.map(({ subject }) => subject);
  }
}
