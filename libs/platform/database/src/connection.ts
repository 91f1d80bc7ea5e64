import type pg from 'pg';

import { asOutcomeUnknown, classifyDatabaseError } from './database-error.ts';
import type { Statement } from './statement.ts';

/** What one `Database` has done; read by metrics and by specs that count statements. */
export class StatementLog {
  private readonly observers = new Set<(name: string) => void>();
  statementsSent = 0;
  retries = 0;
  unknownOutcomes = 0;

  sent(name: string): void {
    this.statementsSent += 1;
    for (const observer of this.observers) observer(name);
  }

  observe(observer: (name: string) => void): () => void {
    this.observers.add(observer);
    return () => this.observers.delete(observer);
  }
}

const syncWaitRoutine = 'SyncRepWaitForLSN';

const cancelledWaits = new WeakSet<pg.ClientBase>();
const lostConnections = new WeakSet<pg.ClientBase>();

/**
 * Every connection listens from its first moment on. A cancelled wait for the standby is answered as
 * success: the row is visible here and may be lost with this node; only a notice tells. And a
 * connection that breaks between two statements reports it as an event, which unheard would end the
 * process.
 * https://www.postgresql.org/docs/18/warm-standby.html#SYNCHRONOUS-REPLICATION-HA
 */
export function watchConnection(client: pg.ClientBase): void {
  client.on('error', () => lostConnections.add(client));
  client.on('notice', (notice) => {
    const isCancelledWait =
      notice.routine === syncWaitRoutine ||
      /cancel\w* (the )?wait for synchronous replication/.test(notice.message ?? '');
    if (isCancelledWait) cancelledWaits.add(client);
  });
}

/** Statements on one connection: each counted, each error turned into what the caller may conclude. */
export class Connection {
  private isAbandoned = false;

  constructor(
    private readonly client: pg.ClientBase,
    private readonly log: StatementLog,
  ) {}

  /** Not to be used again: it was lost, or an answer on it is still outstanding. */
  get isBroken(): boolean {
    return this.isAbandoned || lostConnections.has(this.client);
  }

  abandon(): void {
    this.isAbandoned = true;
  }

  run<Row extends pg.QueryResultRow>(
    { name, text }: Statement,
    values: readonly unknown[] = [],
  ): Promise<pg.QueryResult<Row>> {
    this.log.sent(name);
    return this.settled(this.client.query<Row>({ name, text, values: [...values] }));
  }

  /** BEGIN and COMMIT cannot be prepared. Resolves to what the server says it did. */
  async control(command: 'BEGIN' | 'COMMIT' | 'ROLLBACK'): Promise<string> {
    this.log.sent(command);
    return (await this.settled(this.client.query(command))).command;
  }

  private async settled<T>(answer: Promise<T>): Promise<T> {
    try {
      const result = await answer;
      if (cancelledWaits.delete(this.client)) throw new CancelledWaitError();
      return result;
    } catch (error) {
      if (classifyDatabaseError(error) !== 'unknown') throw error;
      this.abandon();
      this.log.unknownOutcomes += 1;
      throw asOutcomeUnknown(error);
    }
  }
}

class CancelledWaitError extends Error {
  override readonly name = 'CancelledWaitError';

  constructor() {
    super('the commit stopped waiting for its synchronous standby');
  }
}
