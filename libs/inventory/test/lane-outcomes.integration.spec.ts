import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { OutcomeUnknownError } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { ShopDatabase } from '@entrepot/platform-database';
import { testDatabase, type TestDatabase } from '@entrepot/testing';
import { v5 } from 'uuid';
import { PgStockLedger } from '../src/adapters/pg-stock-ledger.ts';
import { AvailabilityBoard } from '../src/application/availability-board.ts';
import { reservationIdOf } from '../src/application/reservation-ids.ts';
import { StockLanes } from '../src/application/stock-lanes.ts';
import type { Mint, Reserve } from '../src/domain/commands.ts';
import { poolIdOf, type PoolId } from '../src/domain/pool.ts';
import { findBreachesInSql } from './books-in-sql.ts';
import { india, newOrder } from './cells-under-test.ts';

const findStandby = statement(
  'inventory_test.standby',
  `SELECT sync_priority AS priority FROM pg_stat_replication
   WHERE state = 'streaming'`,
);
const reload = statement('inventory_test.reload', 'SELECT pg_reload_conf()');
const waitForNobody = statement(
  'inventory_test.wait_for_nobody',
  `ALTER SYSTEM SET synchronous_standby_names = 'a_standby_that_never_comes'`,
);
const waitAsBefore = statement(
  'inventory_test.wait_as_before',
  'ALTER SYSTEM RESET synchronous_standby_names',
);
const findWaiting = `FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND backend_type = 'client backend'`;
const cancelWaiting = statement(
  'inventory_test.cancel_waiting',
  `SELECT pg_cancel_backend(pid) ${findWaiting}`,
);
const terminateWaiting = statement(
  'inventory_test.terminate_waiting',
  `SELECT pg_terminate_backend(pid) ${findWaiting}`,
);
const countHeld = statement(
  'inventory_test.count_held',
  `SELECT count(*)::int AS held FROM inventory.reservation WHERE pool_id = $1 AND state = 'HELD'`,
);

/** Beyond any pause of a busy machine: callers who give up leave nobody waiting whose wait could be ended. */
const patienceMs = 100_000;

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('a lane whose commit waits for the standby', () => {
  let database: TestDatabase<'shop'>;
  let superuser: ShopDatabase;
  let auditor: ShopDatabase;
  let lanes: StockLanes;
  let number = 0;

  beforeAll(async () => {
    database = await testDatabase('shop', { ownServer: 'stock-lanes', hasStandby: true });
    superuser = database.open('superuser');
    auditor = database.open('audit');
    const ledger = new PgStockLedger(database.open('api').dedicated(), india);
    lanes = new StockLanes([ledger], new AvailabilityBoard());
    await untilStandby((priority) => priority > 0);
  }, 120_000);
  afterAll(() => database.drop());
  afterEach(async () => expect(await findBreachesInSql(auditor)).toEqual([]));

  async function mint(quantity: number): Promise<PoolId> {
    number += 1;
    const pool = poolIdOf('blr', `waits-${number}`);
    const document = v5(pool, v5.URL) as Mint['document'];
    await lanes.submit([{ kind: 'mint', pool, home: india, document, quantity, into: 'FREE' }]);
    return pool;
  }

  function reserve(pool: PoolId): Reserve {
    const order = newOrder(india);
    const reservation = reservationIdOf(order, pool, 1);
    const named = { pool, reservation, order, group: order } as const;
    return { kind: 'reserve', ...named, quantity: 1, holdSeconds: 600 };
  }

  const heldOf = async (pool: PoolId): Promise<number | undefined> =>
    (await auditor.query<{ held: number }>(countHeld, [pool]))[0]?.held;

  async function untilStandby(isSo: (priority: number) => boolean): Promise<void> {
    await until(async () => {
      const [standby] = await superuser.query<{ priority: number }>(findStandby);
      return standby !== undefined && isSo(standby.priority);
    });
  }

  /** Every commit waits meanwhile: the standby that there is does not count. */
  async function withoutStandby(work: () => Promise<void>): Promise<void> {
    await superuser.execute(waitForNobody);
    await superuser.execute(reload);
    await untilStandby((priority) => priority === 0);
    try {
      await work();
    } finally {
      await superuser.execute(waitAsBefore);
      await superuser.execute(reload);
    }
  }

  const end = (waiting: typeof cancelWaiting): Promise<void> =>
    until(async () => (await superuser.query(waiting)).length > 0);

  it.each([
    ['cancelled', cancelWaiting],
    ['cut off with its connection', terminateWaiting],
  ])('tells no caller of a wait that was %s, and asks again by the same ids', async (_, ending) => {
    const pool = await mint(5);
    let isTold = false;
    let answers: Promise<Awaited<ReturnType<StockLanes['submit']>>[]> | undefined;
    await withoutStandby(async () => {
      const deadline = performance.now() + patienceMs;
      const asks = Array.from({ length: 3 }, () => lanes.submit([reserve(pool)], deadline));
      answers = Promise.all(asks);
      void answers.then(() => (isTold = true));
      await end(ending);
      // the first call has ended, and the second waits for the standby as well
      await end(ending);
      expect(isTold).toBe(false);
    });
    for (const { verdicts, isRepeated } of (await answers) ?? []) {
      expect(verdicts[0]).toMatchObject({ outcome: 'HELD', changed: false });
      expect(isRepeated).toBe(true);
    }
    expect(await heldOf(pool)).toBe(3);
  });

  it('says by the deadline that nobody knows, and later what became of it', async () => {
    const pool = await mint(1);
    const asked = reserve(pool);
    await withoutStandby(async () => {
      const answer = lanes.submit([asked], performance.now() + 50);
      const told = expect(answer).rejects.toBeInstanceOf(OutcomeUnknownError);
      await end(cancelWaiting);
      await told;
    });
    const { verdicts } = await lanes.submit([asked]);
    expect(verdicts[0]).toMatchObject({ outcome: 'HELD', changed: false });
    expect(await heldOf(pool)).toBe(1);
  });
});
