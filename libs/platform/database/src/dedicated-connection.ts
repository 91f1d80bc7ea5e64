import pg from 'pg';

import { Connection, watchConnection } from './connection.ts';
import type { StatementLog } from './connection.ts';
import { clientConfig } from './connection-settings.ts';
import type { DatabaseOptions } from './connection-settings.ts';
import { asOutcomeUnknown } from './database-error.ts';
import type { Queryable, Transaction } from './queryable.ts';
import type { Statement } from './statement.ts';
import { runTransaction } from './transaction.ts';

interface OpenConnection {
  readonly client: pg.Client;
  readonly connection: Connection;
}

/**
 * One connection of its own, opened at the first statement and again at the next one after it broke.
 * Nothing is retried: a lane knows better than this class what its commands mean after a failure. One
 * statement at a time; a session setting does not survive a new connection.
 */
export class DedicatedConnection implements Queryable {
  private opened: Promise<OpenConnection> | undefined;
  private isClosed = false;

  constructor(
    private readonly options: DatabaseOptions,
    private readonly log: StatementLog,
  ) {}

  async query<Row>(statement: Statement, values?: readonly unknown[]): Promise<Row[]> {
    const result = await this.use((connection) => connection.run(statement, values));
    return result.rows as Row[];
  }

  async execute(statement: Statement, values?: readonly unknown[]): Promise<number> {
    const result = await this.use((connection) => connection.run(statement, values));
    return result.rowCount ?? 0;
  }

  unitOfWork<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.use((connection) => runTransaction(connection, work));
  }

  async close(): Promise<void> {
    this.isClosed = true;
    const opened = this.opened;
    this.opened = undefined;
    await opened?.then(
      ({ client }) => client.end(),
      () => undefined,
    );
  }

  private async use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    if (this.isClosed) throw new TypeError('the dedicated connection is closed');
    this.opened ??= this.open();
    const { client, connection } = await this.opened.catch((error: unknown) => {
      this.opened = undefined;
      this.log.unknownOutcomes += 1;
      throw asOutcomeUnknown(error);
    });
    try {
      return await work(connection);
    } finally {
      if (connection.isBroken) this.discard(client);
    }
  }

  private discard(client: pg.Client): void {
    this.opened = undefined;
    // the server may not answer a polite goodbye; whatever it says, the connection is over
    void client.end().catch(() => undefined);
  }

  private async open(): Promise<OpenConnection> {
    const client = new pg.Client(clientConfig(this.options));
    const connection = new Connection(client, this.log);
    watchConnection(client);
    client.on('error', () => (this.opened = undefined));
    await client.connect();
    return { client, connection };
  }
}
