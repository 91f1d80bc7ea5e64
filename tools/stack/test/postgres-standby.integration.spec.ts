import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OutcomeUnknownError } from '@entrepot/kernel';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import { recordTestProcess, testFolder } from '@entrepot/testing';
import pg from 'pg';

import {
  createStandby,
  freePort,
  startPostgres,
  startStandby,
  synchronousTo,
} from '../src/index.ts';
import type { PostgresOptions, RunningPostgres, StandbyOptions } from '../src/index.ts';

const insert = statement('spec.insert', 'INSERT INTO written (id) VALUES ($1)');
const cancelWaiting = `
  SELECT pg_cancel_backend(pid) FROM pg_stat_activity
   WHERE wait_event = 'SyncRep' AND pid <> pg_backend_pid()`;

/** The function as every shop has it, owned as there, with one role that may call it. */
const lagFunction = /CREATE FUNCTION cell\.standby_lag_bytes[\s\S]*?\n\$\$;/.exec(
  readFileSync('libs/platform/database/src/adapters/sql/shop/00-cell.sql', 'utf8'),
)?.[0];
const lagFunctionSetUp = `
  CREATE ROLE spec_owner IN ROLE pg_read_all_stats;
  CREATE ROLE spec_api;
  CREATE SCHEMA cell AUTHORIZATION spec_owner;
  GRANT USAGE ON SCHEMA cell TO spec_api;
  SET ROLE spec_owner;
  ${lagFunction ?? ''}
  REVOKE EXECUTE ON FUNCTION cell.standby_lag_bytes FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cell.standby_lag_bytes TO spec_api`;
const writeMuch = `CREATE TABLE much AS SELECT repeat('x', 100) AS text FROM generate_series(1, 5000)`;

describe('a primary with its synchronous standby', () => {
  let primaryOptions: PostgresOptions & { readonly port: number };
  let standbyOptions: StandbyOptions;
  let primary: RunningPostgres;
  let standby: RunningPostgres;

  const startPrimary = async () => {
    primary = await startPostgres({ ...primaryOptions, settings: synchronousTo('spec_standby') });
    recordTestProcess(primary);
  };
  const startItsStandby = async () => {
    standby = await startStandby(standbyOptions);
    recordTestProcess(standby);
  };
  const ask = async <Row extends pg.QueryResultRow>(
    server: RunningPostgres,
    text: string,
    role = 'none',
  ) => {
    const connectionString = server.urlFor('postgres');
    const client = new pg.Client({ connectionString, options: `-c role=${role}` });
    await client.connect();
    try {
      return (await client.query<Row>(text)).rows;
    } finally {
      await client.end();
    }
  };
  const until = async (holds: () => Promise<boolean>) => {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const isWaiting = async () => {
    const rows = await ask(primary, `SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep'`);
    return rows.length > 0;
  };

  beforeAll(async () => {
    const folder = testFolder('standby');
    const login = { role: 'spec_replication', password: 'only-in-this-spec' };
    primaryOptions = {
      name: 'spec primary',
      folder: join(folder, 'primary'),
      superuser: 'spec_superuser',
      access: [{ role: login.role, database: 'replication' }],
      port: await freePort(),
    };
    standbyOptions = {
      ...primaryOptions,
      name: 'spec standby',
      folder: join(folder, 'standby'),
      port: await freePort(),
      standbyName: 'spec_standby',
      primaryPort: primaryOptions.port,
      login,
    };
    await createStandby(primaryOptions, standbyOptions);
    await startPrimary();
    await startItsStandby();
    await ask(primary, 'CREATE TABLE written (id int PRIMARY KEY)');
  });
  afterAll(async () => {
    await standby.stop();
    await primary.stop();
  });

  it('waits for that standby by name and for nobody else', async () => {
    expect(await ask(primary, 'SHOW synchronous_standby_names')).toEqual([
      { synchronous_standby_names: 'FIRST 1 (spec_standby)' },
    ]);
    expect(
      await ask(primary, 'SELECT application_name, sync_state FROM pg_stat_replication'),
    ).toEqual([{ application_name: 'spec_standby', sync_state: 'sync' }]);
    expect(() => synchronousTo('*')).toThrow(TypeError);
    expect(() => synchronousTo('')).toThrow(TypeError);
  });

  it('is known to a process by how far it is, and by nothing else', async () => {
    const lag = 'SELECT cell.standby_lag_bytes() AS bytes';
    await ask(primary, lagFunctionSetUp);
    const [near] = await ask<{ bytes: string | null }>(primary, lag, 'spec_api');
    expect(Number(near?.bytes ?? -1)).toBeGreaterThanOrEqual(0);
    const seen = 'SELECT sync_state FROM pg_stat_replication';
    expect(await ask(primary, seen, 'spec_api')).toEqual([{ sync_state: null }]);

    const [receiver] = await ask<{ pid: number }>(standby, 'SELECT pid FROM pg_stat_wal_receiver');
    if (receiver === undefined) throw new Error('the standby does not stream');
    process.kill(receiver.pid, 'SIGSTOP');
    try {
      // writes that are not waited for: how much of them the stopped standby lacks is what is told
      await ask(primary, `SET synchronous_commit = local; ${writeMuch}`);
      const [far] = await ask<{ bytes: string }>(primary, lag, 'spec_api');
      expect(Number(far?.bytes)).toBeGreaterThan(100_000);
    } finally {
      process.kill(receiver.pid, 'SIGCONT');
    }
    await until(async () => (await ask(primary, lag, 'spec_api'))[0]?.['bytes'] === '0');
  });

  it('has what was acknowledged on the standby', async () => {
    await ask(primary, 'INSERT INTO written (id) VALUES (1)');
    expect(await ask(standby, 'SELECT pg_is_in_recovery() AS standby')).toEqual([
      { standby: true },
    ]);
    await until(async () => (await ask(standby, 'SELECT id FROM written')).length === 1);
  });

  it('acknowledges nothing while the standby is dead, and goes on when it is back', async () => {
    process.kill(standby.pid, 'SIGKILL');
    await standby.exited;
    let isAcknowledged = false;
    const write = ask(primary, 'INSERT INTO written (id) VALUES (2)').then(() => {
      isAcknowledged = true;
    });
    await until(isWaiting);
    expect(isAcknowledged).toBe(false);
    await startItsStandby();
    await write;
    expect(isAcknowledged).toBe(true);
  });

  it('reports a cancelled wait as an unknown outcome, though the server answers success', async () => {
    const database = new ShopDatabase({
      url: primary.urlFor('postgres'),
      connectionsMax: 2,
      applicationName: 'spec',
    });
    const [receiver] = await ask<{ pid: number }>(standby, 'SELECT pid FROM pg_stat_wal_receiver');
    if (receiver === undefined) throw new Error('the standby does not stream');
    process.kill(receiver.pid, 'SIGSTOP');
    try {
      const alone = database.execute(insert, [3]);
      const inUnit = database.unitOfWork((tx) => tx.execute(insert, [4]));
      const outcomes = Promise.allSettled([alone, inUnit]);
      for (let cancelled = 0; cancelled < 2;) {
        cancelled += (await ask(primary, cancelWaiting)).length;
      }
      for (const outcome of await outcomes) {
        expect(outcome.status).toBe('rejected');
        expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(OutcomeUnknownError);
      }
      expect(await ask(primary, 'SELECT id FROM written WHERE id IN (3, 4)')).toHaveLength(2);
      expect(database.counters.unknownOutcomes).toBe(2);
    } finally {
      process.kill(receiver.pid, 'SIGCONT');
      await database.close();
    }
  });

  it('has every acknowledged row after the primary was killed and started again', async () => {
    await ask(primary, 'INSERT INTO written (id) VALUES (5)');
    process.kill(primary.pid, 'SIGKILL');
    await primary.exited;
    await startPrimary();
    await ask(primary, 'INSERT INTO written (id) VALUES (6)');
    expect(await ask(primary, 'SELECT id FROM written WHERE id IN (1, 2, 5, 6)')).toHaveLength(4);
  });

  it('admits nobody without a password', async () => {
    const url = new URL(primary.urlFor('postgres'));
    url.password = 'wrong';
    const client = new pg.Client({ connectionString: String(url) });
    await expect(client.connect()).rejects.toMatchObject({ code: '28P01' });
  });
});
