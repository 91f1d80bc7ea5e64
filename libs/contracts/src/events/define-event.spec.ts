import { describe, expect, it } from '@jest/globals';
import { Personal } from '@entrepot/kernel';
import { CellHeartbeatHeard } from './cell.ts';
import { defineEvent } from './define-event.ts';
import { field } from './event-fields.ts';

const OrderPlaced = defineEvent({
  topic: 'local.orders.v1',
  type: 'OrderPlaced',
  version: 1,
  key: ['orderId'],
  fields: { orderId: field.reference(), totalMinor: field.amount() },
});

describe('An event definition', () => {
  it('makes an outbox event whose key comes from the body', () => {
    const event = CellHeartbeatHeard.of(
      {
        cell: 'in-1',
        heardFrom: 'eu-1',
        sequence: 7,
        sentAt: '2026-01-01T00:00:00.000Z',
        heardAt: '2026-01-01T00:00:00.100Z',
      },
      { aggregateVersion: 3 },
    );
    expect(event).toMatchObject({ topic: 'global.cell.v1', key: 'in-1/eu-1', aggregateVersion: 3 });
  });

  it('refuses an unknown field and a malformed one', () => {
    const body = { orderId: 'ord_in-1_1', totalMinor: 100 };
    expect(() =>
      OrderPlaced.of({ ...body, email: 'a' } as never, { aggregateVersion: 1 }),
    ).toThrow();
    expect(() => OrderPlaced.of({ ...body, totalMinor: 0.5 }, { aggregateVersion: 1 })).toThrow();
    expect(() => OrderPlaced.of({ ...body, orderId: 'Anna Å' }, { aggregateVersion: 1 })).toThrow();
  });

  it('takes no personal value into a body, in types and when it is told', () => {
    const body = { orderId: new Personal('ord_in-1_1'), totalMinor: 100 };
    // @ts-expect-error a personal value is no reference
    expect(() => OrderPlaced.of(body, { aggregateVersion: 1 })).toThrow('expected string');
  });

  it('keeps a field that stays out of a global topic, in types and at start-up', () => {
    const declare = () =>
      defineEvent({
        topic: 'global.orders.v1',
        type: 'OrderPlaced',
        version: 1,
        key: ['orderId'],
        // @ts-expect-error a reference may not cross
        fields: { orderId: field.reference() },
      });
    expect(declare).toThrow('field orderId (reference) may not cross a border');
  });

  it('keeps a list with a field that stays out of a crossing list', () => {
    // @ts-expect-error an amount may not cross
    const declare = () => field.crossingList({ amountMinor: field.amount() });
    expect(declare).toThrow('amountMinor (amount) may not be in a list that crosses');
  });

  it('refuses a field without a class', () => {
    const planted = { class: 'x1', schema: field.count().schema } as unknown as ReturnType<
      typeof field.count
    >;
    expect(() =>
      defineEvent({
        topic: 'local.orders.v1',
        type: 'OrderPlaced',
        version: 1,
        key: ['x1'],
        fields: { x1: planted },
      }),
    ).toThrow('field x1 has no class');
  });
});
