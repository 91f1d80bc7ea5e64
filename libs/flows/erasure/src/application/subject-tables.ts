import type { SubjectId } from '@entrepot/kernel';

/** Rows that a table still has about a person. */
export interface RowsLeft {
  readonly table: string;
  readonly rows: number;
}

/** Under this name stands what each table had about a person before the purge. */
export const countStep = 'count';

/**
 * The tables of this cell that hold something about persons, found in the catalogues of the running
 * databases: what nobody wrote down is found as well.
 */
export abstract class SubjectTables {
  /** Sorted by name, `schema.table`. */
  abstract survey(): Promise<readonly string[]>;
  /** Counts what every one of them has about the person, read anew. */
  abstract rowsOf(subject: SubjectId): Promise<readonly RowsLeft[]>;
}
