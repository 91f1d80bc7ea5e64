import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CellHeartbeatSent } from '@entrepot/contracts/events/cell';
import { SystemClock, type CellId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import { testDatabase, type TestDatabase } from '@entrepot/testing';
import { CellHeartbeat } from '../src/cell-heartbeat.ts';
import { Outbox } from '../src/outbox.ts';

const cell = 'in-1' as CellId;
const readVersions = statement(
  'spec.read_versions',
  `SELECT aggregate_version AS version, type FROM messaging.outbox ORDER BY id`,
);
const fallBack = statement('spec.fall_back', 'UPDATE messaging.heartbeat SET sequence = 0');
const forgetPeers = statement('spec.forget_peers', 'DELETE FROM messaging.peer_health');

describe('heartbeats of a cell that was restored', () => {
  let shop: TestDatabase<'shop'>;
  beforeAll(async () => {
    shop = await testDatabase('shop');
  });
  afterAll(() => shop.drop());

  it('and its answers come behind all that it said before', async () => {
    let epoch = 1;
    const database = shop.open('border');
    const heartbeat = new CellHeartbeat({
      ...{ cell, database, outbox: new Outbox(cell), clock: new SystemClock() },
      findEpoch: () => Promise.resolve(epoch),
    });
    const heard = { cell: 'eu-1', sequence: 1, sentAt: '2026-01-01T00:00:00.000Z' };
    const answer = () =>
      database.unitOfWork(async (tx) => {
        const [handler] = heartbeat.consumer.handlers;
        expect(handler?.definition).toBe(CellHeartbeatSent);
        const event = { id: 'e', cell: 'eu-1', key: 'eu-1', aggregateVersion: 1, body: heard };
        await handler?.handle(tx, event);
      });
    for (let round = 0; round < 3; round += 1) {
      await heartbeat.send();
      await answer();
    }
    const restored = shop.open('superuser');
    await restored.query(fallBack);
    await restored.query(forgetPeers);
    epoch = 2;
    expect(await heartbeat.send()).toBe(1);
    await answer();

    type Row = { readonly version: bigint; readonly type: string };
    const told = await restored.query<Row>(readVersions);
    for (const [type, ofType] of Map.groupBy(told, (row) => row.type)) {
      const versions = ofType.map(({ version }) => version);
      expect({ type, versions }).toEqual({
        type,
        versions: versions.toSorted((a, b) => Number(a - b)),
      });
      expect(new Set(versions).size).toBe(4);
    }
  });
});
