import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { paymentNoticed } from '@entrepot/contracts/events/payments';
import type { CellId } from '@entrepot/kernel';
import { Metrics } from '@entrepot/platform-telemetry';
import { statement } from '@entrepot/platform-database';
import type { Database } from '@entrepot/platform-database';
import {
  afterEvent,
  EnvelopeVerifier,
  MessagingMetrics,
  RecordReader,
} from '@entrepot/platform-messaging';
import type { ReceivedRecord } from '@entrepot/platform-messaging';
import { testDatabase } from '@entrepot/testing';
import type { TestDatabase } from '@entrepot/testing';
import { RecordConsumption } from '../src/consume-record.ts';
import { writeLocalEnvelope } from '../src/envelope.ts';

const cell = 'in-1' as CellId;
const readInbox = statement('spec.read_inbox', 'SELECT event_id AS id FROM messaging.inbox');
const readOpen = statement(
  'spec.read_open_transactions',
  `SELECT count(*)::int AS open FROM pg_stat_activity
   WHERE usename = current_user AND datname = current_database() AND pid <> pg_backend_pid()
     AND xact_start IS NOT NULL`,
);
const readLetters = statement('spec.read_letters', 'SELECT code FROM messaging.dead_letter');

const recordOf = (offset: bigint, seq: number): ReceivedRecord => ({
  topic: 'local.payments.v1',
  partition: 0,
  offset,
  key: 'pay_in-1_1',
  headerCount: 0,
  value: writeLocalEnvelope({
    id: `evt_${String(seq).padStart(26, '0')}`,
    type: 'PaymentNoticed',
    v: 1,
    cell,
    seq,
    body: { paymentId: 'pay_in-1_1', orderId: 'ord_in-1_1' },
  }),
});

describe('Work after an event', () => {
  let shop: TestDatabase<'shop'>;
  let database: Database;
  beforeAll(async () => {
    shop = await testDatabase('shop');
    database = shop.open('worker');
  });
  afterAll(() => shop.drop());

  it('begins when the event has been taken in, with no transaction open', async () => {
    const seen: unknown[] = [];
    const metrics = new MessagingMetrics(new Metrics({ cell, process: 'worker' }));
    const reader = new RecordReader(cell, new EnvelopeVerifier({ cells: [] }));
    let failures = 1;
    const consumer = {
      name: 'spec.after',
      versions: 'rising' as const,
      handlers: [
        afterEvent(paymentNoticed, async ({ body }) => {
          const inbox = await database.query<{ id: string }>(readInbox);
          const [row] = await database.query<{ open: number }>(readOpen);
          seen.push({ orderId: body.orderId, taken: inbox.length, open: row?.open });
          failures -= 1;
          if (failures >= 0) throw new Error('the process was killed');
        }),
      ],
    };
    const consumption = new RecordConsumption({ consumer, database, reader, metrics });
    await consumption.consume(recordOf(0n, 3));
    // the first time it failed; the event was in the inbox by then and the work was done again
    expect(seen).toEqual([
      { orderId: 'ord_in-1_1', taken: 1, open: 0 },
      { orderId: 'ord_in-1_1', taken: 1, open: 0 },
    ]);

    // delivered again, as after a crash before the position was noted
    await consumption.consume(recordOf(0n, 3));
    expect(seen).toHaveLength(3);

    // what the inbox refuses is parked, and nothing is done for it
    await consumption.consume(recordOf(1n, 2));
    expect(seen).toHaveLength(3);
    expect(await database.query(readLetters)).toEqual([{ code: 'VERSION_INVERTED' }]);
  });
});
