import { defineEvent } from '@entrepot/contracts/events/define-event';
import { field } from '@entrepot/contracts/events/event-fields';

/** Stands for any event of a domain: it says which of its aggregate's changes it is. */
export const StockCounted = defineEvent({
  topic: 'local.inventory.v1',
  type: 'StockCounted',
  version: 1,
  key: ['pool'],
  fields: { pool: field.reference(), number: field.count() },
});

/** The same for an event that crosses to the other cell. */
export const ParcelMoved = defineEvent({
  topic: 'global.parcel.v1',
  type: 'ParcelMoved',
  version: 1,
  key: ['parcelToken'],
  fields: { parcelToken: field.randomReference(), number: field.count() },
});
