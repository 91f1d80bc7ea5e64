import { statement, type ShopDatabase } from '@entrepot/platform-database';
import { KafkaEventLog, KafkaTopicReader } from '@entrepot/platform-messaging';
import { withClient, type TestKafka } from '@entrepot/testing';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { BorderRecoveryPeers } from '../src/adapters/http-recovery-peers.ts';
import { KafkaWitnessTopic } from '../src/adapters/kafka-witness-topic.ts';
import { PgRecoveryBooks } from '../src/adapters/pg-recovery-books.ts';
import { PgStockLedger } from '../src/adapters/pg-stock-ledger.ts';
import { RecoverCell } from '../src/application/recovery/recover-cell.ts';
import { poolIdOf } from '../src/domain/pool.ts';
import { openRecovery, openWitnessedRecovery } from '../src/open-recovery.ts';
import { directory, type CellUnderTest } from './cells-under-test.ts';

const standing = statement(
  'inventory_test.standing_of',
  `SELECT coalesce(e.state, 'ACTIVE') AS state, coalesce(e.epoch, 1) AS epoch
   FROM cell.identity i LEFT JOIN inventory.cell_epoch e USING (cell)`,
);
const accounts = statement(
  'inventory_test.accounts',
  `SELECT minted::int, applied::int, free::int, held::int, sold::int, shipped::int, granted::int,
     deficit::int, suspense::int FROM inventory.escrow WHERE pool_id = $1`,
);

export type Accounts = Readonly<
  Record<
    | 'minted'
    | 'applied'
    | 'free'
    | 'held'
    | 'sold'
    | 'shipped'
    | 'granted'
    | 'deficit'
    | 'suspense',
    number
  >
>;

/** A cell with its witness, whose database can be copied and put back as it was. */
export class RestorableCell {
  readonly worker;
  /** An API or border process at its start: it may read the file and not the topic. */
  readonly starting;
  readonly log: KafkaEventLog;
  private readonly shop: ShopDatabase;
  private readonly topic: KafkaWitnessTopic;
  private readonly peers: BorderRecoveryPeers;

  constructor(
    readonly under: CellUnderTest,
    kafka: TestKafka,
  ) {
    const { cell, database } = under;
    const login = { brokers: kafka.brokers, username: kafka.username, password: kafka.password };
    const prefix = `${kafka.topicPrefix}${cell}.`;
    const client = { ...login, clientId: `${cell} worker`, topicPrefix: prefix };
    this.log = new KafkaEventLog(client);
    const reader = new KafkaTopicReader({ ...client, groupPrefix: `worker.${prefix}` });
    this.shop = database.open('worker');
    this.topic = new KafkaWitnessTopic(cell, this.log, reader);
    this.peers = new BorderRecoveryPeers(under.client);
    const markFile = join(tmpdir(), `entrepot-${database.name}`, 'highest.json');
    this.worker = openWitnessedRecovery({
      ...{ cell, directory, shop: this.shop, markFile },
      ...{ topic: this.topic, peers: this.peers },
    });
    const api = database.open('api', { connectionsMax: 1 });
    this.starting = openRecovery({ cell, directory, shop: api, markFile });
  }

  async standing(): Promise<{ state: string; epoch: number } | undefined> {
    return (await this.under.auditor.query<{ state: string; epoch: number }>(standing))[0];
  }

  async accounts(pool: string): Promise<Accounts | undefined> {
    return (await this.under.auditor.query<Accounts>(accounts, [pool]))[0];
  }

  /** The database as it is now, under another name. */
  async backUp(): Promise<void> {
    const { name } = this.under.database;
    const copy = `${name}_copy`;
    await this.asAdmin(async (run) => {
      await run(`DROP DATABASE IF EXISTS ${copy}`);
      await this.endConnections(run);
      await run(`CREATE DATABASE ${copy} TEMPLATE ${name}`);
      await run(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    });
    await this.reconnect();
  }

  /** Puts that copy in the place of the database, beneath processes that go on. */
  async restore(): Promise<void> {
    const { name } = this.under.database;
    await this.asAdmin(async (run) => {
      await this.endConnections(run);
      await run(`ALTER DATABASE ${name} RENAME TO ${name}_lost`);
      await run(`CREATE DATABASE ${name} TEMPLATE ${name}_copy`);
      await run(`DROP DATABASE ${name}_lost WITH (FORCE)`);
    });
    await this.reconnect();
  }

  /** A worker that dies once so many of its calls have been answered: what they did is done. */
  dyingAfter(calls: number): RecoverCell {
    let left = calls;
    const mortal = <Part extends object>(part: Part): Part =>
      new Proxy(part, {
        get: (target, name) => {
          const method: unknown = Reflect.get(target, name);
          if (typeof method !== 'function') return method;
          return async (...given: unknown[]) => {
            const answer: unknown = await Reflect.apply(method, target, given);
            if (left === 0) throw new Error('the process died');
            left -= 1;
            return answer;
          };
        },
      });
    const { cell } = this.under;
    return new RecoverCell(
      this.worker.map,
      mortal(new PgRecoveryBooks(this.shop)),
      mortal(this.peers),
      { topic: mortal(this.topic), mark: mortal(this.worker.mark) },
      mortal(new PgStockLedger(this.shop, cell)),
    );
  }

  async close(): Promise<void> {
    await this.log.close();
    await this.asAdmin((run) => run(`DROP DATABASE IF EXISTS ${this.under.database.name}_copy`));
  }

  private asAdmin<T>(work: (run: (sql: string) => Promise<unknown>) => Promise<T>): Promise<T> {
    const url = new URL(this.under.database.urlFor('superuser'));
    url.pathname = '/postgres';
    return withClient(String(url), (client) => work((sql) => client.query(sql)));
  }

  private async endConnections(run: (sql: string) => Promise<unknown>): Promise<void> {
    const { name } = this.under.database;
    await run(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await run(
      `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '${name}'`,
    );
  }

  /** Until every connection has found out that it is broken, and another is open. */
  private async reconnect(): Promise<void> {
    const { border, apis, auditor } = this.under;
    const peer = border.map.peers[0] ?? border.map.cell;
    const nothing = { kind: 'ack', pool: poolIdOf('blr', 'none'), peer, total: 0 } as const;
    for (const { lanes, store } of [border, ...apis]) {
      await untilDone(() => lanes.submit([nothing]));
      await untilDone(() => store.findEpoch());
    }
    for (const { store } of [this.worker, this.starting]) await untilDone(() => store.findEpoch());
    await untilDone(() => auditor.query(standing));
  }
}

const attemptsMax = 20;
const pauseMs = 50;

async function untilDone(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    // the end of an idle connection is heard between two turns of the event loop
    await wait(pauseMs);
    try {
      await work();
      return;
    } catch (error) {
      if (attempt === attemptsMax) throw error;
    }
  }
}
