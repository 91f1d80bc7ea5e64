import { CrossingRefusedError } from '@entrepot/platform-egress';
import type { EventLog, LogRecord } from './event-log.ts';
import type { MessagingMetrics } from './messaging-metrics.ts';
import { PollingPace } from './polling-pace.ts';
import type { Lease, OutboxRow, OutboxScope, RelayStore } from './relay-store.ts';

const batchRowsMax = 500;
const leaseSeconds = 5;
const pauseAfterFailureMs = 500;
const withheldKey = 'withheld';

/** Throws for a row that must not be sent. */
export type RecordWriter = (row: OutboxRow) => LogRecord;

export interface OutboxRelayParts {
  readonly scope: OutboxScope;
  readonly store: RelayStore;
  readonly log: EventLog;
  readonly write: RecordWriter;
  readonly metrics: MessagingMetrics;
}

/**
 * Publishes one scope of the outbox in the order of its transactions. One relay per scope is active;
 * others wait for its lease to expire. A relay that dies between publishing and moving the cursor
 * leaves records that its successor publishes again: receivers know them by their ids.
 */
export class OutboxRelay {
  private readonly pace = new PollingPace();
  private lease: Lease | undefined;
  private isStopping = false;
  private running: Promise<void> | undefined;

  constructor(private readonly parts: OutboxRelayParts) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Something was just committed in this process: look now. */
  poke(): void {
    this.pace.poke();
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    this.pace.poke();
    await this.running;
  }

  private async run(): Promise<void> {
    const { scope, metrics } = this.parts;
    while (!this.isStopping) {
      try {
        const published = await this.publishBatch();
        this.pace.found(published);
        if (published < batchRowsMax) await this.pace.pause();
      } catch {
        // The store or the log is away; the lease is taken anew, so the cursor is read again.
        this.lease = undefined;
        metrics.relayFailures.inc({ component: `relay.${scope}` });
        await this.pace.pause(pauseAfterFailureMs);
      }
    }
    await this.releaseQuietly();
  }

  /** Resolves to the number of events published. */
  private async publishBatch(): Promise<number> {
    const { scope, store, log, metrics } = this.parts;
    this.lease ??= await store.take(leaseSeconds);
    const lease = this.lease;
    if (lease === undefined) return 0;
    const rows = await store.read(lease.cursor, batchRowsMax);
    if (!(await store.hold(lease, leaseSeconds))) {
      this.lease = undefined;
      return 0;
    }
    const last = rows.at(-1);
    if (last === undefined) return 0;
    const records = await this.recordsOf(rows);
    if (records.length > 0) await log.append(records);
    const cursor = { xid: last.xid, id: last.id };
    const isMoved = await store.advance(lease, cursor);
    this.lease = isMoved ? { ...lease, cursor } : undefined;
    metrics.eventsPublished.inc({ component: `relay.${scope}` }, rows.length);
    return rows.length;
  }

  /** One row that may not be sent must not stop the others: it is parked and passed over. */
  private async recordsOf(rows: readonly OutboxRow[]): Promise<LogRecord[]> {
    const { scope, store, write, metrics } = this.parts;
    const records: LogRecord[] = [];
    for (const row of rows) {
      try {
        records.push(write(row));
      } catch (error) {
        const isPersonal = error instanceof CrossingRefusedError;
        const code = isPersonal ? error.code : 'NOT_PUBLISHABLE';
        // the letter names the event; what may be somebody's is not copied a second time
        await store.park(isPersonal ? { ...row, recordKey: withheldKey } : row, code);
        metrics.deadLetters.inc({ consumer: `relay.${scope}`, code });
      }
    }
    return records;
  }

  private async releaseQuietly(): Promise<void> {
    if (this.lease === undefined) return;
    try {
      await this.parts.store.release(this.lease);
    } catch {
      // It expires by itself.
      this.lease = undefined;
    }
  }
}
