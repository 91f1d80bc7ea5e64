import { defineEvent, type EventBody } from './define-event.ts';
import { field } from './event-fields.ts';

/**
 * How many units of a pool one cell has given another, ever. A state, not a change: hearing it
 * twice, late or out of order alters nothing, and hearing a later one makes up for a lost one.
 */
export const QuotaGranted = defineEvent({
  topic: 'global.inventory.v1',
  type: 'QuotaGranted',
  version: 1,
  key: ['donor', 'receiver', 'warehouse', 'sku'],
  fields: {
    donor: field.cell(),
    receiver: field.cell(),
    warehouse: field.warehouse(),
    sku: field.sku(),
    epoch: field.count(),
    grantedTotal: field.count(),
    /** What the donor had left after giving. */
    donorFree: field.count(),
    /** Rises with every grant of the channel within an epoch; the event's version is both. */
    grantNumber: field.count(),
  },
});
export type QuotaGranted = EventBody<typeof QuotaGranted>;
