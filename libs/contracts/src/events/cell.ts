import { defineEvent, type EventBody } from './define-event.ts';
import { field } from './event-fields.ts';

/** Told by every cell's border process; the others read the age of the newest one as its health. */
export const CellHeartbeatSent = defineEvent({
  topic: 'global.cell.v1',
  type: 'CellHeartbeatSent',
  version: 1,
  key: ['cell'],
  fields: { cell: field.cell(), sequence: field.count(), sentAt: field.instant() },
});
export type CellHeartbeatSent = EventBody<typeof CellHeartbeatSent>;

/**
 * The answer to a heartbeat: proof to its sender that the whole way there and back works. Keyed by
 * both cells, so each pair has its own order.
 */
export const CellHeartbeatHeard = defineEvent({
  topic: 'global.cell.v1',
  type: 'CellHeartbeatHeard',
  version: 1,
  key: ['cell', 'heardFrom'],
  fields: {
    cell: field.cell(),
    heardFrom: field.cell(),
    sequence: field.count(),
    sentAt: field.instant(),
    heardAt: field.instant(),
  },
});
export type CellHeartbeatHeard = EventBody<typeof CellHeartbeatHeard>;
