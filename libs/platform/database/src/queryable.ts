import type { Statement } from './statement.ts';

/** Rows come as the columns are: bigint as bigint, timestamptz as Date, date and numeric as string. */
export interface Queryable {
  query<Row>(statement: Statement, values?: readonly unknown[]): Promise<Row[]>;
  /** The number of rows the statement touched. */
  execute(statement: Statement, values?: readonly unknown[]): Promise<number>;
}

declare const transactionBrand: unique symbol;

/**
 * A write that must not stand alone asks for one of these, and only a unit of work makes them: a write
 * outside a transaction does not type-check.
 */
export interface Transaction extends Queryable {
  readonly [transactionBrand]: true;
}
