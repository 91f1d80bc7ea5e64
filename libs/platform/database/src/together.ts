import pg from 'pg';

/** SQLSTATE in_failed_sql_transaction: an earlier statement of the transaction was refused. */
const transactionIsOver = '25P02';

const saysWhy = (reason: unknown): boolean =>
  !(reason instanceof pg.DatabaseError && reason.code === transactionIsOver);

/**
 * Awaits work that sent its statements to one transaction without waiting for each other. Where some of it
 * fails, throws what the first one says that failed by itself: what comes after it only finds the transaction
 * over, and may well be heard of first.
 */
export async function together<T extends readonly unknown[]>(work: {
  readonly [K in keyof T]: Promise<T[K]>;
}): Promise<T> {
  const outcomes = await Promise.allSettled(work);
  const failures = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
  );
  if (failures.length > 0) throw failures.find(saysWhy) ?? failures[0];
  return Promise.all(work);
}
