import { fork } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { OrderId } from '@entrepot/kernel';
import { isCheckViolation, statement } from '@entrepot/platform-database';
import type { ShopDatabase } from '@entrepot/platform-database';
import { testDatabase, type TestDatabase } from '@entrepot/testing';
import { v5 } from 'uuid';
import { PgStockLedger } from '../src/adapters/pg-stock-ledger.ts';
import { AvailabilityBoard } from '../src/application/availability-board.ts';
import { StockLanes } from '../src/application/stock-lanes.ts';
import { reservationIdOf } from '../src/application/reservation-ids.ts';
import type { Command, Mint, Reserve, Transition } from '../src/domain/commands.ts';
import { poolIdOf, type PoolId } from '../src/domain/pool.ts';
import { findBreachesInSql } from './books-in-sql.ts';
import { india, newOrder } from './cells-under-test.ts';

const readStates = statement(
  'inventory_test.states',
  `SELECT state, count(*)::int AS count, sum(quantity)::int AS units
   FROM inventory.reservation WHERE pool_id = $1 GROUP BY state ORDER BY state`,
);
const readFree = statement(
  'inventory_test.free',
  'SELECT free::int AS free FROM inventory.escrow WHERE pool_id = $1',
);

describe('stock in one cell', () => {
  let database: TestDatabase<'shop'>;
  let auditor: ShopDatabase;
  let shop: ShopDatabase;
  let number = 0;

  const openLanes = () =>
    new StockLanes([new PgStockLedger(shop.dedicated(), india)], new AvailabilityBoard());

  beforeAll(async () => {
    database = await testDatabase('shop', { cell: india });
    auditor = database.open('audit');
    shop = database.open('api');
  }, 120_000);
  afterAll(() => database.drop());
  afterEach(async () => expect(await findBreachesInSql(auditor)).toEqual([]));

  async function mint(quantity: number): Promise<PoolId> {
    number += 1;
    const pool = poolIdOf('blr', `one-${number}`);
    const document = v5(pool, v5.URL) as Mint['document'];
    await openLanes().submit([
      { kind: 'mint', pool, home: india, document, quantity, into: 'FREE' },
    ]);
    return pool;
  }

  const reserve = (
    pool: PoolId,
    { order = newOrder(india), quantity = 1 }: { order?: OrderId; quantity?: number } = {},
  ): Reserve => ({
    kind: 'reserve',
    pool,
    reservation: reservationIdOf(order, pool, 1),
    order,
    group: order,
    quantity,
    holdSeconds: 600,
  });

  const then = (kind: Transition['kind'], { pool, reservation, order, quantity }: Reserve) =>
    ({ kind, pool, reservation, order, quantity }) satisfies Transition;

  async function freeOf(pool: PoolId): Promise<number | undefined> {
    return (await auditor.query<{ free: number }>(readFree, [pool]))[0]?.free;
  }

  it.each([0, 1, 2, 39, 40])(
    'lets exactly %i of 40 callers on two lanes have a unit',
    async (k) => {
      const pool = k === 0 ? poolIdOf('blr', 'never-minted') : await mint(k);
      const owners = [openLanes(), openLanes()];
      const answers = await Promise.all(
        Array.from({ length: 40 }, async (_, at) => owners[at % 2]?.submit([reserve(pool)])),
      );
      const outcomes = answers.map((answer) => answer?.verdicts[0]?.outcome);
      expect(outcomes.filter((outcome) => outcome === 'HELD')).toHaveLength(k);
      expect(outcomes.filter((outcome) => outcome === 'SHORT')).toHaveLength(40 - k);
    },
  );

  it('gives one ask one effect, however often and wherever it is made', async () => {
    const pool = await mint(10);
    const command = reserve(pool, { quantity: 3 });
    const owners = [openLanes(), openLanes(), openLanes()];
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, at) => owners[at % 3]?.submit([command])),
    );
    expect(answers.every((answer) => answer?.verdicts[0]?.outcome === 'HELD')).toBe(true);
    expect(answers.filter((answer) => answer?.verdicts[0]?.changed)).toHaveLength(1);
    expect(await freeOf(pool)).toBe(7);
  });

  it('lets one of confirm, release and expire win, for every one of 60 holds', async () => {
    const pool = await mint(60);
    const holds = Array.from({ length: 60 }, () => ({ ...reserve(pool), holdSeconds: 0 }));
    await openLanes().submit(holds);
    const rivals = (['confirm', 'release', 'expire'] as const).map((kind) => ({
      kind,
      lanes: openLanes(),
    }));
    const answers = await Promise.all(
      holds.flatMap((hold) => rivals.map(({ kind, lanes }) => lanes.submit([then(kind, hold)]))),
    );
    expect(answers.filter(({ verdicts }) => verdicts[0]?.changed)).toHaveLength(60);
  });

  it('locks pools in one order, whatever order the commands have', async () => {
    const pools = await Promise.all([mint(50), mint(50), mint(50)]);
    const owners = [openLanes(), openLanes(), openLanes(), openLanes()];
    await Promise.all(
      Array.from({ length: 40 }, async (_, at) => {
        const order = newOrder(india);
        const turned = at % 2 === 0 ? pools : pools.toReversed();
        return owners[at % 4]?.submit(turned.map((pool) => reserve(pool, { order })));
      }),
    );
    expect(await Promise.all(pools.map(freeOf))).toEqual([10, 10, 10]);
  });

  it.each<[string, (pool: PoolId) => Command]>([
    ['a malformed', (pool) => ({ ...reserve(pool), order: 'not an order' as OrderId })],
    ['an unheard-of', (pool) => ({ ...reserve(pool), kind: 'unheard of' as 'reserve' })],
  ])('fails %s command alone', async (_, poisonOf) => {
    const pool = await mint(20);
    const lanes = openLanes();
    const poison = poisonOf(pool);
    const answers = await Promise.allSettled([
      ...Array.from({ length: 10 }, () => lanes.submit([reserve(pool)])),
      lanes.submit([poison]),
      ...Array.from({ length: 5 }, () => lanes.submit([reserve(pool)])),
    ]);
    expect(answers.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(answers[10]?.status).toBe('rejected');
    expect(await freeOf(pool)).toBe(5);
  });

  it('skips over a line that is too large for what is left, and serves those behind it', async () => {
    const pool = await mint(5);
    const asks = [3, 4, 1, 9, 1].map((quantity) => reserve(pool, { quantity }));
    const { verdicts } = await openLanes().submit(asks);
    const outcomes = verdicts.map(({ outcome, free }) => `${outcome} ${free}`);
    expect(outcomes).toEqual(['HELD 2', 'SHORT 2', 'HELD 1', 'SHORT 1', 'HELD 0']);
    expect(await freeOf(pool)).toBe(0);
  });

  it('closes the door to a reserve that arrives after its release', async () => {
    const pool = await mint(5);
    const late = reserve(pool);
    await openLanes().submit([then('release', late)]);
    const { verdicts } = await openLanes().submit([late]);
    expect(verdicts[0]).toMatchObject({ outcome: 'RELEASED', changed: false });
    expect(await freeOf(pool)).toBe(5);
  });

  it('loses no unit and sells none twice when processes are killed in the middle of calls', async () => {
    // more than any process reserves before the signal comes, however late that is
    const units = 100_000;
    const pool = await mint(units);
    const asks: Reserve[] = [];
    for (let round = 0; round < 4; round += 1) {
      const child = fork(new URL('./reserve-until-killed.ts', import.meta.url), {
        execArgv: ['--import', './tools/loader.mjs'],
        env: { ...process.env, SPEC_DATABASE_URL: database.urlFor('api'), SPEC_POOL: pool },
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      child.on('message', (order: OrderId) => asks.push(reserve(pool, { order })));
      // the second call is under way, so the first has ended
      for (let call = 0; call < 2; call += 1) await once(child, 'message');
      await new Promise((resolve) => setTimeout(resolve, 30 * (round + 1)));
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    // whoever asks again learns what became of the first call, and the books agree
    const { verdicts } = await openLanes().submit(asks);
    expect(new Set(verdicts.map(({ outcome }) => outcome))).toEqual(new Set(['HELD']));
    const states = await auditor.query<{ state: string; units: number }>(readStates, [pool]);
    expect(states).toMatchObject([{ state: 'HELD', units: units - ((await freeOf(pool)) ?? 0) }]);
  }, 60_000);

  it.each([
    ['free units out of nothing', 'UPDATE inventory.escrow SET free = free + 1'],
    ['negative units', 'UPDATE inventory.escrow SET free = -1, held = held + free + 1'],
    ['a total that falls', 'UPDATE inventory.quota_channel SET granted_total = granted_total - 1'],
    ['a second ending', `UPDATE inventory.reservation SET state = 'HELD' WHERE state = 'RELEASED'`],
    ['another quantity', 'UPDATE inventory.reservation SET quantity = quantity + 1'],
    ['a deleted reservation', 'DELETE FROM inventory.reservation'],
    ['rewritten history', 'UPDATE inventory.escrow_journal SET quantity = quantity + 1'],
    ['deleted history', 'DELETE FROM inventory.escrow_journal'],
    ['emptied history', 'TRUNCATE inventory.escrow_journal'],
    ['a credit count that falls', 'UPDATE inventory.escrow SET credits = credits - 1'],
    ['a sale while it owes', 'UPDATE inventory.escrow SET deficit = deficit + 1, free = free + 1'],
    ['a position that falls', 'UPDATE inventory.escrow SET documents = documents - 1'],
    ['a buffer out of nothing', 'UPDATE inventory.escrow SET safety = safety + 1'],
    ['another document', 'UPDATE inventory.stock_document SET quantity = quantity + 1'],
    ['a deleted document', 'DELETE FROM inventory.stock_document'],
  ])('refuses, even to the owner of the tables: %s', async (name, sql) => {
    const pool = await mint(5);
    const held = reserve(pool);
    await openLanes().submit([
      held,
      then('release', held),
      { kind: 'grant', pool, peer: 'eu-1' as never, level: 2, ceiling: 2, acked: 0 },
    ]);
    const owner = database.open('owner');
    const corrupt = statement(`inventory_test.corrupt_${name.replaceAll(/\W/g, '_')}`, sql);
    const refused = await owner.execute(corrupt).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(isCheckViolation(refused) || /would undo/.test(String(refused))).toBe(true);
  });

  it.each(['api', 'worker', 'border'] as const)(
    'gives the role of the %s process no other way to write stock',
    async (role) => {
      const write = statement(
        'inventory_test.write_by_hand',
        'UPDATE inventory.escrow SET free = free, held = held',
      );
      await expect(database.open(role).execute(write)).rejects.toThrow(/permission denied/);
    },
  );
});
