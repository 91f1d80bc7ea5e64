import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DomainError, OutcomeUnknownError } from '@entrepot/kernel';
import { testDatabase } from '@entrepot/testing';
import type { TestDatabase } from '@entrepot/testing';

import {
  isCheckViolation,
  isUniqueViolation,
  ShopDatabase,
  statement,
  TransactionAbortedError,
} from '../src/index.ts';
import type { Queryable } from '../src/index.ts';

const insert = statement('spec.insert', 'INSERT INTO spec.item (id, amount) VALUES ($1, $2)');
const addTo = statement('spec.add', 'UPDATE spec.item SET amount = amount + $2 WHERE id = $1');
const read = statement('spec.read', 'SELECT id, amount FROM spec.item ORDER BY id');
const sleep = statement('spec.sleep', 'SELECT pg_sleep($1)');
const ownPid = statement('spec.own_pid', 'SELECT pg_backend_pid() AS pid');
const endBackend = statement('spec.end_backend', 'SELECT pg_terminate_backend($1)');

interface Item {
  readonly id: string;
  readonly amount: bigint;
}

describe('a database', () => {
  let shop: TestDatabase<'shop'>;
  let database: ShopDatabase;
  let owner: ShopDatabase;
  let superuser: ShopDatabase;

  const run = (text: string) =>
    owner.execute(statement(`spec.set_up_${text.length}_${text.charCodeAt(7)}`, text));

  beforeAll(async () => {
    shop = await testDatabase('shop', { cell: 'eu-1', ownServer: 'platform-database' });
    database = shop.open('api');
    owner = shop.open('owner');
    superuser = shop.open('superuser');
    await run('CREATE SCHEMA spec');
    await run('CREATE TABLE spec.item (id text PRIMARY KEY, amount bigint CHECK (amount >= 0))');
    await run('GRANT USAGE ON SCHEMA spec TO shop_api');
    await run('GRANT SELECT, INSERT, UPDATE, DELETE ON spec.item TO shop_api');
  });
  beforeEach(() => run('TRUNCATE spec.item'));
  afterAll(() => shop.drop());

  const pidOf = async (queryable: Queryable): Promise<number> => {
    const [row] = await queryable.query<{ pid: number }>(ownPid);
    return row?.pid ?? 0;
  };
  const kill = (pid: number) => superuser.query(endBackend, [pid]);

  it('knows no lag where no standby streams, and may read no other statistics', async () => {
    expect(await database.standbyLagBytes()).toBeUndefined();
    const member = statement(
      'spec.member',
      `SELECT pg_has_role('pg_read_all_stats', 'USAGE') AS "mayReadAll"`,
    );
    expect(await database.query(member)).toEqual([{ mayReadAll: false }]);
  });

  it('tells which cell it belongs to and refuses another', async () => {
    const identity = statement('spec.identity', 'SELECT cell, region FROM cell.identity');
    expect(await database.query(identity)).toEqual([{ cell: 'eu-1', region: 'eu' }]);
    const forge = statement('spec.forge', `UPDATE cell.identity SET cell = 'in-1', region = 'in'`);
    await expect(database.execute(forge)).rejects.toMatchObject({ code: '42501' });
  });

  it('delivers bigint as bigint, instants as Date, dates and decimals as text', async () => {
    const all = statement(
      'spec.types',
      `SELECT 9007199254740993::bigint AS big, ARRAY[1, NULL]::bigint[] AS bigs,
              '2026-11-21T00:00:00Z'::timestamptz AS instant, '2026-11-21'::date AS day,
              1.10::numeric AS decimal`,
    );
    expect(await database.query(all)).toEqual([
      {
        big: 9007199254740993n,
        bigs: [1n, null],
        instant: new Date('2026-11-21T00:00:00Z'),
        day: '2026-11-21',
        decimal: '1.10',
      },
    ]);
  });

  it('keeps a unit of work whole and rolls back what throws', async () => {
    await database.unitOfWork(async (tx) => {
      await tx.execute(insert, ['a', 1n]);
      await tx.execute(insert, ['b', 2n]);
    });
    const refused = database.unitOfWork(async (tx) => {
      await tx.execute(insert, ['c', 3n]);
      throw new DomainError('STOCK_INSUFFICIENT', 'nothing left');
    });
    await expect(refused).rejects.toMatchObject({ code: 'STOCK_INSUFFICIENT' });
    expect(await database.query<Item>(read)).toEqual([
      { id: 'a', amount: 1n },
      { id: 'b', amount: 2n },
    ]);
  });

  it('passes on what a constraint refuses, by name', async () => {
    await database.execute(insert, ['a', 1n]);
    const again = await database.execute(insert, ['a', 1n]).catch((error: unknown) => error);
    expect(isUniqueViolation(again, 'item_pkey')).toBe(true);
    expect(isUniqueViolation(again, 'other')).toBe(false);
    const negative = await database.execute(insert, ['b', -1n]).catch((error: unknown) => error);
    expect(isCheckViolation(negative, 'item_amount_check')).toBe(true);
    expect(database.counters.unknownOutcomes).toBe(0);
  });

  it('does not report as committed what the server had rolled back', async () => {
    await database.execute(insert, ['a', 1n]);
    const swallowed = database.unitOfWork(async (tx) => {
      await tx.execute(insert, ['b', 1n]);
      await tx.execute(insert, ['a', 1n]).catch(() => 0);
    });
    await expect(swallowed).rejects.toBeInstanceOf(TransactionAbortedError);
    expect(await database.query<Item>(read)).toHaveLength(1);
  });

  it('runs a deadlocked unit of work again', async () => {
    await database.execute(insert, ['a', 0n]);
    await database.execute(insert, ['b', 0n]);
    const before = database.counters.retries;
    let waiting = 0;
    let bothHold: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (bothHold = resolve));
    const add = (first: string, second: string) =>
      database.unitOfWork(async (tx) => {
        await tx.execute(addTo, [first, 1n]);
        waiting += 1;
        if (waiting === 2) bothHold();
        await held;
        await tx.execute(addTo, [second, 1n]);
      });
    await Promise.all([add('a', 'b'), add('b', 'a')]);
    expect(await database.query<Item>(read)).toEqual([
      { id: 'a', amount: 2n },
      { id: 'b', amount: 2n },
    ]);
    expect(database.counters.retries).toBeGreaterThan(before);
  });

  it('ends a transaction that stays open, which leaves its outcome unknown', async () => {
    const slow = database.unitOfWork(async (tx) => {
      await tx.execute(insert, ['a', 1n]);
      await tx.query(sleep, [10]);
    });
    await expect(slow).rejects.toBeInstanceOf(OutcomeUnknownError);
    const idle = database.unitOfWork(async (tx) => {
      await tx.execute(insert, ['a', 1n]);
      await new Promise((resolve) => setTimeout(resolve, 2_500));
    });
    await expect(idle).rejects.toBeInstanceOf(OutcomeUnknownError);
    expect(await database.query<Item>(read)).toEqual([]);
  });

  it('reports a connection that broke inside a unit of work, and goes on with another', async () => {
    const broken = database.unitOfWork(async (tx) => {
      await tx.execute(insert, ['a', 1n]);
      await kill(await pidOf(tx));
      await tx.execute(insert, ['b', 1n]);
    });
    await expect(broken).rejects.toBeInstanceOf(OutcomeUnknownError);
    expect(await database.query<Item>(read)).toEqual([]);
  });

  it('survives the end of an idle connection', async () => {
    const pid = await pidOf(database);
    await kill(pid);
    while (database.connections.idle > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await database.isHealthy()).toBe(true);
  });

  it('refuses a transaction after its unit of work', async () => {
    let escaped: Queryable | undefined;
    await database.unitOfWork(async (tx) => {
      escaped = tx;
      await tx.query(read);
    });
    await expect(escaped?.query(read)).rejects.toBeInstanceOf(TypeError);
  });

  it('counts and names the statements it sends', async () => {
    const seen: string[] = [];
    const end = database.observe((name) => seen.push(name));
    const before = database.statementsSent;
    await database.query(read);
    await database.unitOfWork((tx) => tx.query(read));
    end();
    await database.query(read);
    expect(seen).toEqual(['spec.read', 'BEGIN', 'spec.read', 'COMMIT']);
    expect(database.statementsSent - before).toBe(5);
  });

  it('prepares a statement once per connection, under its name', async () => {
    await database.unitOfWork(async (tx) => {
      await tx.query(read);
      await tx.query(read);
      const prepared = statement(
        'spec.prepared',
        `SELECT count(*)::int AS count FROM pg_prepared_statements WHERE name = 'spec.read'`,
      );
      expect(await tx.query(prepared)).toEqual([{ count: 1 }]);
    });
  });

  it('gives a lane a connection of its own, which comes back after it broke', async () => {
    const lane = database.dedicated();
    const first = await pidOf(lane);
    expect(await pidOf(lane)).toBe(first);
    await kill(first);
    const outcomes = [await pidOf(lane).catch((error: unknown) => error), await pidOf(lane)];
    const second = outcomes.at(-1);
    expect(second).not.toBe(first);
    for (const outcome of outcomes) {
      if (typeof outcome !== 'number') expect(outcome).toBeInstanceOf(OutcomeUnknownError);
    }
    await lane.close();
    await expect(lane.query(read)).rejects.toBeInstanceOf(TypeError);
  });

  it('reports a database that cannot be reached', async () => {
    const url = new URL(shop.urlFor('api'));
    url.port = '1';
    const away = new ShopDatabase({ url: String(url), connectionsMax: 1, applicationName: 'spec' });
    await expect(away.query(read)).rejects.toBeInstanceOf(OutcomeUnknownError);
    expect(await away.isHealthy()).toBe(false);
    await away.close();
  });
});
