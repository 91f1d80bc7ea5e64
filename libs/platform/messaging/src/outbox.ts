import { isGlobalTopic } from '@entrepot/contracts/events/define-event';
import type { OutboxEvent } from '@entrepot/contracts/events/define-event';
import { newCellId } from '@entrepot/kernel';
import type { CellId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { Transaction } from '@entrepot/platform-database';

const appendEvents = statement(
  'messaging.append_events',
  `INSERT INTO messaging.outbox
     (scope, event_id, topic, record_key, aggregate_version, type, version, payload)
   SELECT scope, event_id, topic, record_key, aggregate_version, type, version, payload
   FROM jsonb_to_recordset($1::jsonb) AS event (scope text, event_id text, topic text,
     record_key text, aggregate_version bigint, type text, version int, payload jsonb)`,
);

/**
 * Events that are told if, and only if, the transaction commits. A use case on an aggregate that exists
 * must have locked it in an earlier statement: an event takes its place behind every transaction that
 * had ended when the statement that tells it began, and so behind the lock's last holder.
 */
export class Outbox {
  constructor(private readonly cell: CellId) {}

  async append(tx: Transaction, events: readonly OutboxEvent[]): Promise<void> {
    if (events.length === 0) return;
    const rows = events.map((event) => ({
      scope: isGlobalTopic(event.topic) ? 'global' : 'local',
      event_id: newCellId('event', this.cell),
      topic: event.topic,
      record_key: event.key,
      aggregate_version: event.aggregateVersion,
      type: event.type,
      version: event.version,
      payload: event.payload,
    }));
    await tx.execute(appendEvents, [JSON.stringify(rows)]);
  }
}
