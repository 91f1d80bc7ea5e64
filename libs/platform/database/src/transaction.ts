import type { Connection } from './connection.ts';
import type { Queryable, Transaction } from './queryable.ts';
import type { Statement } from './statement.ts';

/** Work caught a failed statement and went on; the server had rolled everything back. */
export class TransactionAbortedError extends Error {
  override readonly name = 'TransactionAbortedError';
}

class OpenTransaction implements Queryable {
  private isOpen = true;

  constructor(private readonly connection: Connection) {}

  async query<Row>(statement: Statement, values?: readonly unknown[]): Promise<Row[]> {
    this.assertOpen();
    return (await this.connection.run(statement, values)).rows as Row[];
  }

  async execute(statement: Statement, values?: readonly unknown[]): Promise<number> {
    this.assertOpen();
    return (await this.connection.run(statement, values)).rowCount ?? 0;
  }

  end(): void {
    this.isOpen = false;
  }

  private assertOpen(): void {
    if (!this.isOpen) throw new TypeError('the unit of work has ended; its transaction is over');
  }
}

/**
 * BEGIN, the work, COMMIT. What work throws rolls back and is thrown on. The server answers COMMIT with
 * ROLLBACK, and no error, when a statement of the transaction had failed: that is an error here.
 */
export async function runTransaction<T>(
  connection: Connection,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  // sent together with the first statement; where it fails, so does that
  const begun = connection.control('BEGIN');
  begun.catch(() => undefined);
  const open = new OpenTransaction(connection);
  try {
    const result = await work(open as Queryable as Transaction);
    open.end();
    await begun;
    if ((await connection.control('COMMIT')) === 'COMMIT') return result;
  } catch (error) {
    open.end();
    await rollBack(connection);
    throw error;
  }
  throw new TransactionAbortedError('a statement failed and the work went on; nothing was kept');
}

/** The reason for the rollback matters to the caller, not that the connection broke on the way. */
async function rollBack(connection: Connection): Promise<void> {
  if (connection.isBroken) return;
  try {
    await connection.control('ROLLBACK');
  } catch {
    connection.abandon();
  }
}
