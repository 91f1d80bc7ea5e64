import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, withClient, type TestDatabase } from '@entrepot/testing';
import pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkBank } from '../src/histories/check-bank.ts';
import { checkCounter } from '../src/histories/check-counter.ts';
import { checkSet } from '../src/histories/check-set.ts';
import { checkUniqueIds } from '../src/histories/check-unique-ids.ts';
import { HistoryRecorder } from '../src/histories/history.ts';

const cell = 'in-1';
const pool = 'blr/race';
const supply = 60;
const clients = 12;
const asksEach = 12;

const uuidOf = (kind: number, number: number) =>
  `${`${kind}`.padStart(8, '0')}-0000-5000-8000-${`${number}`.padStart(12, '0')}`;
const orderOf = (number: number) => `ord_${cell}_${`${number}`.padStart(26, '0')}`;

const balancesSql = `
SELECT free::int, held::int, sold::int FROM inventory.escrow WHERE pool_id = '${pool}'`;
const heldSql = `
SELECT reservation_id::text AS id FROM inventory.reservation
WHERE pool_id = '${pool}' AND state IN ('HELD', 'CONFIRMED')`;

class RefusedError extends Error {}
/** The server says that it did nothing only by the outcome of a command: any other failure leaves it open. */
const outcomeOf = (error: unknown) => (error instanceof RefusedError ? 'refused' : 'unknown');

/** Buyers, of whom some lose their connection at any step, as clients see it; the books are not asked what happened. */
describe('what clients were told in a race for the last units', () => {
  let database: TestDatabase<'shop'>;
  const holds = new HistoryRecorder<string, string>();
  const sales = new HistoryRecorder<number, undefined>();
  const balances = new HistoryRecorder<undefined, Record<string, number>>();
  const counts = new HistoryRecorder<undefined, number>();
  const sets = new HistoryRecorder<undefined, string[]>();

  const connect = async (role: 'worker' | 'audit') => {
    const client = new pg.Client({ connectionString: database.urlFor(role) });
    // a connection that is cut is what this is about
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };

  async function apply(client: pg.Client, command: object): Promise<string> {
    const { rows } = await client.query<{ answer: { outcomes: string[] } }>(
      'SELECT inventory.apply($1::jsonb) AS answer',
      [JSON.stringify([command])],
    );
    return rows[0]?.answer.outcomes[0] ?? '';
  }

  /** Holds one unit and sells it; every id is asked twice, as a client that is unsure does. */
  async function buy(client: pg.Client, number: number): Promise<void> {
    const sale = { pool, reservation: uuidOf(2, number), order: orderOf(number), quantity: 1 };
    const hold = async () => {
      const reserve = { ...sale, kind: 'reserve', group: sale.order, holdSeconds: 600 };
      const outcome = await apply(client, reserve);
      if (outcome === 'SHORT') throw new RefusedError(outcome);
      return sale.reservation;
    };
    await holds.record(sale.reservation, hold, outcomeOf);
    const isHeld = holds.operations.some(
      ({ ask, outcome }) => ask === sale.reservation && outcome === 'done',
    );
    if (!isHeld) return;
    const sell = async () => {
      const outcome = await apply(client, { ...sale, kind: 'confirm' });
      if (outcome !== 'CONFIRMED') throw new RefusedError(outcome);
    };
    await sales.record(1, async () => sell().then(() => undefined), outcomeOf);
  }

  /** Loses its connection while it waits for the pool, or wherever it has got to by then. */
  async function dieBuying(client: pg.Client, number: number): Promise<void> {
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await withClient(database.urlFor('superuser'), async (admin) => {
      await admin.query('BEGIN');
      if (number % 2 === 0) await admin.query(`${balancesSql} FOR UPDATE`);
      const dying = buy(client, number);
      await sleep(number % 7);
      await admin.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
      await admin.query('COMMIT');
      await dying;
    });
  }

  async function buyer(index: number): Promise<void> {
    let client = await connect('worker');
    for (let ask = 0; ask < asksEach; ask += 1) {
      await buy(client, index * asksEach + ask);
      if ((index + ask) % 5 !== 0) continue;
      await dieBuying(client, 10_000 + index * asksEach + ask);
      client = await connect('worker');
    }
    await client.end();
  }

  async function readOnce(auditor: pg.Client): Promise<void> {
    await balances.record(
      undefined,
      async () => (await auditor.query<Record<string, number>>(balancesSql)).rows[0] ?? {},
      outcomeOf,
    );
    const sold = async () =>
      (await auditor.query<{ sold: number }>(balancesSql)).rows[0]?.sold ?? 0;
    await counts.record(undefined, sold, outcomeOf);
    const ids = async () => (await auditor.query<{ id: string }>(heldSql)).rows.map(({ id }) => id);
    await sets.record(undefined, ids, outcomeOf);
  }

  beforeAll(async () => {
    database = await testDatabase('shop', { cell });
    const home = await connect('worker');
    const mint = { kind: 'mint', pool, home: cell, document: uuidOf(1, 1), quantity: supply };
    await apply(home, { ...mint, into: 'FREE' });
    await home.end();
    const auditor = await connect('audit');
    const over = new AbortController();
    const reading = (async () => {
      while (!over.signal.aborted) await readOnce(auditor);
    })();
    await Promise.all(Array.from({ length: clients }, (_, index) => buyer(index)));
    over.abort();
    await reading;
    await readOnce(auditor);
    await auditor.end();
  });
  afterAll(() => database.drop());

  it('has acknowledged, refused and unknown outcomes, or it would say nothing', () => {
    const met = new Set(holds.operations.map(({ outcome }) => outcome));
    expect([...met].toSorted()).toEqual(['done', 'refused', 'unknown']);
  });

  it('units only moved, in every read', () => {
    expect(checkBank(balances.operations, supply)).toEqual([]);
  });

  it('no hold that was acknowledged was lost, and none that was refused appeared', () => {
    expect(checkSet(holds.operations, sets.operations)).toEqual([]);
    expect(checkUniqueIds(holds.operations)).toEqual([]);
  });

  it('what was sold lies between what was acknowledged and what was asked', () => {
    expect(checkCounter(sales.operations, counts.operations)).toEqual([]);
  });
});
