import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newCellId, type CellId } from '@entrepot/kernel';
import { statement, type ShopDatabase } from '@entrepot/platform-database';
import { KafkaEventLog, KafkaTopicReader } from '@entrepot/platform-messaging';
import { testDatabase, testKafka, type TestDatabase } from '@entrepot/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileWitnessMark } from '../src/adapters/file-witness-mark.ts';
import { KafkaWitnessTopic, WitnessUnreadableError } from '../src/adapters/kafka-witness-topic.ts';
import { PgMovementJournal } from '../src/adapters/pg-movement-journal.ts';
import { PgStockLedger } from '../src/adapters/pg-stock-ledger.ts';
import { TellMovements } from '../src/application/recovery/tell-movements.ts';
import type { Command, DocumentId } from '../src/domain/commands.ts';
import { poolIdOf, type PoolId } from '../src/domain/pool.ts';
import type { Witnessed } from '../src/domain/witness.ts';
import { reservationIdOf } from '../src/application/reservation-ids.ts';
import { uuidOf } from '../src/testing/stock-commands.ts';

const cell = 'in-1' as CellId;
const name = 'local.stock-witness.v1';
const beginRecovery = statement(
  'inventory_test.begin_recovery',
  'SELECT inventory.begin_recovery($1)',
);

const endRecovery = statement('inventory_test.end_recovery', 'SELECT inventory.end_recovery($1)');

describe('movements told to the witness', () => {
  let database: TestDatabase<'shop'>;
  let worker: ShopDatabase;
  let ledger: PgStockLedger;
  let topic: KafkaWitnessTopic;
  let log: KafkaEventLog;
  let folder: string;
  let mark: FileWitnessMark;
  let tell: TellMovements;

  beforeAll(async () => {
    database = await testDatabase('shop', { cell, ownServer: 'witness' });
    worker = database.open('worker');
    const kafka = await testKafka();
    await kafka.createTopics([name], 2);
    const { brokers, username, password, topicPrefix } = kafka;
    const client = { brokers, username, password, topicPrefix, clientId: 'in-1 worker' };
    log = new KafkaEventLog(client);
    const groupPrefix = `worker.${topicPrefix}`;
    topic = new KafkaWitnessTopic(cell, log, new KafkaTopicReader({ ...client, groupPrefix }));
    folder = mkdtempSync(join(tmpdir(), 'entrepot-told-'));
    mark = new FileWitnessMark(join(folder, 'highest.json'));
    ledger = new PgStockLedger(worker, cell);
    tell = new TellMovements(new PgMovementJournal(worker), topic, mark);
  }, 180_000);
  afterAll(async () => {
    await log.close();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  const order = newCellId('order', cell);
  const pool = poolIdOf('blr', 'told');
  const mint = (of: PoolId, document: number): Command => ({
    ...{ kind: 'mint', pool: of, home: cell, quantity: 9, into: 'FREE' },
    document: uuidOf(1, document) as DocumentId,
  });
  const ask = (round: number) => ({
    ...{ pool, order, quantity: 2, reservation: reservationIdOf(order, pool, round) },
  });
  const reserve = (round: number): Command => ({
    ...{ ...ask(round), kind: 'reserve', group: order, holdSeconds: 60 },
  });

  async function told(): Promise<Witnessed[]> {
    const all: Witnessed[] = [];
    await topic.readAll((movement) => all.push(movement));
    return all.toSorted((left, right) => left.place - right.place);
  }

  const stateOf = (one: Witnessed) => ({
    place: one.place,
    epoch: one.epoch,
    state: 'state' in one ? one.state : undefined,
  });

  it('are those of reservations, with the place that the whole journal has reached', async () => {
    expect(await mark.read()).toBeUndefined();
    await ledger.apply([mint(pool, 1), reserve(1), reserve(2)]);
    await ledger.apply([{ ...ask(1), kind: 'confirm' }]);
    await ledger.apply([{ ...ask(2), kind: 'release' }, mint(pool, 2)]);
    expect(await tell.execute()).toBe(4);
    expect(await tell.execute()).toBe(0);
    const movements = await told();
    expect(movements.map(stateOf)).toEqual([
      { place: 2, epoch: 1, state: 'HELD' },
      { place: 3, epoch: 1, state: 'HELD' },
      { place: 4, epoch: 1, state: 'CONFIRMED' },
      { place: 5, epoch: 1, state: 'RELEASED' },
    ]);
    expect(movements[2]).toMatchObject(ask(1));
    expect(movements[0]?.incarnation).toMatch(/^\d+-\d+$/);
    expect(await mark.read()).toEqual({ epoch: 1, place: 6 });
    const tail = await topic.readTail(1);
    expect(tail.length).toBeGreaterThan(0);
    expect(tail.length).toBeLessThanOrEqual(2);
  });

  it('leave none out that a slower batch wrote below them', async () => {
    const other = poolIdOf('blr', 'other');
    await ledger.apply([mint(other, 3)]);
    const slow = Promise.withResolvers<undefined>();
    const begun = Promise.withResolvers<undefined>();
    const late = worker.unitOfWork(async (tx) => {
      await PgStockLedger.within(tx, cell).apply([reserve(3)]);
      begun.resolve(undefined);
      await slow.promise;
    });
    await begun.promise;
    await ledger.apply([mint(other, 4)]);
    const telling = tell.execute();
    setTimeout(() => slow.resolve(undefined), 300);
    expect(await telling).toBe(1);
    await late;
    expect((await told()).at(-1)).toMatchObject({ ...ask(3), state: 'HELD' });
  });

  it('are of the epoch that they were made in, whenever they are told', async () => {
    await ledger.apply([{ ...ask(3), kind: 'confirm' }]);
    await database.open('superuser').query(beginRecovery, [4]);
    await ledger.apply([{ ...ask(4), kind: 'readopt', home: cell, state: 'SHIPPED' }]);
    await tell.execute();
    const tail = (await told()).slice(-4).map(stateOf);
    expect(tail).toEqual([
      expect.objectContaining({ epoch: 1, state: 'CONFIRMED' }),
      expect.objectContaining({ epoch: 5, state: 'HELD' }),
      expect.objectContaining({ epoch: 5, state: 'CONFIRMED' }),
      expect.objectContaining({ epoch: 5, state: 'SHIPPED' }),
    ]);
    expect(await mark.read()).toMatchObject({ epoch: 5 });
  });

  it('are those of rights too, as the totals of their channel', async () => {
    await database.open('superuser').query(endRecovery, [5]);
    const given = poolIdOf('blr', 'given');
    const peer = 'eu-1' as CellId;
    const grant = (level: number): Command => ({
      ...{ kind: 'grant', pool: given, peer, level, ceiling: 9, acked: 0 },
    });
    await ledger.apply([mint(given, 5), grant(2)]);
    await tell.execute();
    await ledger.apply([grant(7)]);
    await tell.execute();
    const totals = (await told()).filter((one) => 'peer' in one);
    expect(totals).toEqual([
      expect.objectContaining({ pool: given, peer, epoch: 5, granted: 2, applied: 0 }),
      expect.objectContaining({ pool: given, peer, epoch: 5, granted: 7, applied: 0 }),
    ]);
  });

  it('are read whole or not at all', async () => {
    await log.append([{ topic: name, key: 'x', value: Buffer.from('none of ours') }]);
    await expect(told()).rejects.toThrow(WitnessUnreadableError);
  });
});
