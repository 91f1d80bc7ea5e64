import { OutcomeUnknownError } from '@entrepot/kernel';
import pg from 'pg';

/** Rolled back for certain and worth another try: serialization failure, deadlock. */
const retryableStates = new Set(['40001', '40P01']);

/**
 * SQLSTATEs after which nobody can say whether the work was committed: the server is going or coming,
 * the connection broke, a limit cut it off, or the server is no longer the primary.
 */
const unknownStates = [
  /^08/,
  /^57P0[1-5]$/,
  /^57014$/,
  /^25006$/,
  /^25P0[34]$/,
  /^53300$/,
  /^55P03$/,
];

export type ErrorClass = 'retryable' | 'unknown' | 'certain';

/**
 * What an error from the driver says about the work that was under way. An error of the server other
 * than those above is `certain` (a constraint, a missing grant); an error without a SQLSTATE comes
 * from the connection: `Connection terminated unexpectedly`, `Query read timeout`, ECONNRESET.
 */
export function classifyDatabaseError(error: unknown): ErrorClass {
  if (error instanceof pg.DatabaseError) {
    const state = error.code ?? '';
    if (retryableStates.has(state)) return 'retryable';
    return unknownStates.some((pattern) => pattern.test(state)) ? 'unknown' : 'certain';
  }
  return 'unknown';
}

export const asOutcomeUnknown = (cause: unknown): OutcomeUnknownError =>
  new OutcomeUnknownError('the database did not say whether it acted', { cause });

/** Whether work failed in a way that is known to have changed nothing and may go well next time. */
export const isRetryable = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && retryableStates.has(error.code ?? '');

function hasState(error: unknown, state: string, constraint: string | undefined): boolean {
  if (!(error instanceof pg.DatabaseError) || error.code !== state) return false;
  return constraint === undefined || error.constraint === constraint;
}

/** Whether a unique key refused the row; with a name, whether that key did. */
export const isUniqueViolation = (error: unknown, constraint?: string): boolean =>
  hasState(error, '23505', constraint);

export const isForeignKeyViolation = (error: unknown, constraint?: string): boolean =>
  hasState(error, '23503', constraint);

export const isCheckViolation = (error: unknown, constraint?: string): boolean =>
  hasState(error, '23514', constraint);
