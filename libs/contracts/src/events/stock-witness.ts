import { defineEvent, type EventBody } from './define-event.ts';
import { field } from './event-fields.ts';

/**
 * A reservation came into a state, told to the witness that outlives the database. Whoever reads the topic takes
 * of each reservation the record of the highest epoch, and within it of the highest place. Stays in its cell and is
 * kept longer than any backup; says nothing about a person.
 */
export const ReservationMoved = defineEvent({
  topic: 'local.stock-witness.v1',
  type: 'ReservationMoved',
  version: 1,
  key: ['reservation'],
  fields: {
    /** The database server, and how often it was restored or promoted. */
    incarnation: field.reference(),
    epoch: field.count(),
    /** Of the movement in the journal, within the epoch. */
    place: field.count(),
    reservation: field.reference(),
    warehouse: field.warehouse(),
    sku: field.sku(),
    order: field.reference(),
    quantity: field.count(),
    state: field.code('HELD', 'CONFIRMED', 'RELEASED', 'EXPIRED', 'CANCELLED', 'SHIPPED'),
  },
});
export type ReservationMoved = EventBody<typeof ReservationMoved>;

/**
 * Rights moved between this cell and a peer, told to the same witness: the totals of their channel at that place of the
 * journal or a later one. Whoever reads the topic takes the highest of each.
 */
export const RightsMoved = defineEvent({
  topic: 'local.stock-witness.v1',
  type: 'RightsMoved',
  version: 1,
  key: ['peer', 'warehouse', 'sku'],
  fields: {
    incarnation: field.reference(),
    epoch: field.count(),
    place: field.count(),
    peer: field.cell(),
    warehouse: field.warehouse(),
    sku: field.sku(),
    granted: field.count(),
    applied: field.count(),
  },
});
export type RightsMoved = EventBody<typeof RightsMoved>;
