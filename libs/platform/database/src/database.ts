import pg from 'pg';

import { Connection, StatementLog, watchConnection } from './connection.ts';
import { poolConfig } from './connection-settings.ts';
import type { DatabaseOptions } from './connection-settings.ts';
import { asOutcomeUnknown } from './database-error.ts';
import { DedicatedConnection } from './dedicated-connection.ts';
import type { Queryable, Transaction } from './queryable.ts';
import { defaultRetryPolicy, withRetries } from './retry.ts';
import { statement } from './statement.ts';
import type { Statement } from './statement.ts';
import { runTransaction } from './transaction.ts';

const healthStatement = statement(
  'database.health',
  'SELECT pg_is_in_recovery() AS "isInRecovery"',
);

const standbyLag = statement('database.standby_lag', 'SELECT cell.standby_lag_bytes() AS bytes');

/**
 * A pool of connections to one database. Every failure leaves here as one of three: an
 * OutcomeUnknownError (retry with the same idempotency key), the server's own certain refusal
 * (`isUniqueViolation` and its kin), or what the caller's own work threw.
 */
export abstract class Database implements Queryable {
  private readonly pool: pg.Pool;
  private readonly log = new StatementLog();
  private readonly dedicatedConnections = new Set<DedicatedConnection>();

  constructor(private readonly options: DatabaseOptions) {
    this.pool = new pg.Pool(poolConfig(options));
    this.pool.on('connect', watchConnection);
    // an idle connection that breaks is replaced at the next use; unheard, it would end the process
    this.pool.on('error', () => undefined);
  }

  /** Every statement and every BEGIN, COMMIT and ROLLBACK since the start. */
  get statementsSent(): number {
    return this.log.statementsSent;
  }

  get counters(): { readonly retries: number; readonly unknownOutcomes: number } {
    return { retries: this.log.retries, unknownOutcomes: this.log.unknownOutcomes };
  }

  get connections(): { readonly open: number; readonly idle: number; readonly waiting: number } {
    const { totalCount, idleCount, waitingCount } = this.pool;
    return { open: totalCount, idle: idleCount, waiting: waitingCount };
  }

  /** Calls back with the name of each statement sent from now on; the result ends it. */
  observe(observer: (statementName: string) => void): () => void {
    return this.log.observe(observer);
  }

  async query<Row>(sql: Statement, values?: readonly unknown[]): Promise<Row[]> {
    const result = await this.attempt((connection) => connection.run(sql, values));
    return result.rows as Row[];
  }

  async execute(sql: Statement, values?: readonly unknown[]): Promise<number> {
    const result = await this.attempt((connection) => connection.run(sql, values));
    return result.rowCount ?? 0;
  }

  /**
   * Runs work in one transaction and commits it. What work throws rolls back and is thrown on; on a
   * deadlock or serialization failure work runs again, so it must do nothing that outlives a rollback.
   */
  unitOfWork<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.attempt((connection) => runTransaction(connection, work));
  }

  /** A connection outside the pool, for a lane that runs one statement after the other. */
  dedicated(): DedicatedConnection {
    const connection = new DedicatedConnection(this.options, this.log);
    this.dedicatedConnections.add(connection);
    return connection;
  }

  /** Whether the database answers and accepts writes. */
  async isHealthy(): Promise<boolean> {
    try {
      const [row] = await this.query<{ isInRecovery: boolean }>(healthStatement);
      return row?.isInRecovery === false;
    } catch {
      return false;
    }
  }

  /**
   * Bytes of log that the synchronous standby has not made durable yet; undefined where none streams.
   * The catalog has no such standby and refuses the question.
   */
  async standbyLagBytes(): Promise<number | undefined> {
    const [row] = await this.query<{ bytes: bigint | null }>(standbyLag);
    const bytes = row?.bytes ?? undefined;
    return bytes === undefined ? undefined : Number(bytes);
  }

  async close(): Promise<void> {
    await Promise.all([...this.dedicatedConnections].map((connection) => connection.close()));
    await this.pool.end();
  }

  private attempt<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const once = () => this.withConnection(work);
    return withRetries(defaultRetryPolicy, once, () => (this.log.retries += 1));
  }

  private async withConnection<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const client = await this.connect();
    const connection = new Connection(client, this.log);
    try {
      return await work(connection);
    } finally {
      client.release(connection.isBroken);
    }
  }

  /**
   * No connection within the time limit is an unknown outcome too: a statement is rarely all of a request,
   * and what came before it may have acted. The caller's retry is the same.
   */
  private async connect(): Promise<pg.PoolClient> {
    try {
      return await this.pool.connect();
    } catch (error) {
      this.log.unknownOutcomes += 1;
      throw asOutcomeUnknown(error);
    }
  }
}

/** Products, prices, texts: what every cell may see. */
export class CatalogDatabase extends Database {}

/** Accounts, carts, stock, orders, payments of this cell. */
export class ShopDatabase extends Database {}

/** Wrapped keys, login index, fences of this cell. */
export class VaultDatabase extends Database {}
