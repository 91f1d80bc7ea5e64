import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { OrderId } from '@entrepot/kernel';
import { isCheckViolation, statement } from '@entrepot/platform-database';
import type { ShopDatabase } from '@entrepot/platform-database';
import type { StockLanes } from '../src/application/stock-lanes.ts';
import type { Command, Reserve } from '../src/domain/commands.ts';
import type { PoolId } from '../src/domain/pool.ts';
import { india, newOrder } from './cells-under-test.ts';
import { OneCell, reserve, then } from './one-cell-under-test.ts';

/** What `npm test` runs, and the whole of it: `ENTREPOT_RACES=full`. */
const sizes = { short: { runs: 1, kills: 4 }, full: { runs: 1_000, kills: 40 } };
const size = process.env.ENTREPOT_RACES === 'full' ? sizes.full : sizes.short;
const longRunMs = 20 * 60_000;
const callers = 40;

const buildGate = [
  statement(
    'inventory_test.gate',
    `CREATE FUNCTION public.spec_gate() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       PERFORM pg_catalog.pg_advisory_xact_lock_shared(1, pg_catalog.hashtext(NEW.pool_id));
       RETURN NEW;
     END $$`,
  ),
  ...['INSERT', 'UPDATE'].map((on) =>
    statement(
      `inventory_test.gate_${on.toLowerCase()}`,
      `CREATE TRIGGER spec_gate_${on.toLowerCase()} BEFORE ${on} ON inventory.reservation
       FOR EACH ROW EXECUTE FUNCTION public.spec_gate()`,
    ),
  ),
];
const shutGate = statement(
  'inventory_test.shut_gate',
  'SELECT pg_advisory_xact_lock(1, hashtext($1))',
);
const findWaiting = statement(
  'inventory_test.at_gate',
  `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND classid = 1
     AND objid = (hashtext($1)::bigint & 4294967295)::oid`,
);
const turnAway = statement('inventory_test.turn_away', 'SELECT pg_terminate_backend($1)');
const endBackends = statement(
  'inventory_test.end_backends',
  `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
   WHERE datname = current_database() AND usename = 'shop_api' AND state = 'active'`,
);

const sumJournal = statement(
  'inventory_test.sum_journal',
  `SELECT movement, sum(quantity)::int AS units
   FROM inventory.escrow_journal WHERE pool_id = $1 GROUP BY movement`,
);

describe('races for the stock of one cell', () => {
  let cell: OneCell;
  let superuser: ShopDatabase;
  beforeAll(async () => {
    cell = await OneCell.open();
    superuser = cell.database.open('superuser');
    for (const sql of buildGate) await superuser.execute(sql);
  }, 120_000);
  afterAll(() => cell.close());
  // D9: whatever a spec did, the journal adds up to the balances, and both to the reservations
  afterEach(async () => expect(await cell.breaches()).toEqual([]));

  const owners = (count: number): readonly StockLanes[] =>
    Array.from({ length: count }, () => cell.openLanes());

  /** One after another of the owners is asked. */
  const askAll = (of: readonly StockLanes[], asks: readonly (readonly Command[])[]) =>
    Promise.all(asks.map(async (commands, at) => of[at % of.length]?.submit(commands)));

  it.each([0, 1, 2, callers - 1, callers])(
    `D1 %i units and ${callers} callers, ${size.runs} times: no more and no fewer have one`,
    async (units) => {
      const two = owners(2);
      for (let run = 0; run < size.runs; run += 1) {
        const pool = await cell.mint(units);
        const asks = Array.from({ length: callers }, () => [reserve(pool)]);
        const answers = await askAll(two, asks);
        const outcomes = answers.map((answer) => answer?.verdicts[0]?.outcome);
        expect(outcomes.filter((outcome) => outcome === 'HELD')).toHaveLength(units);
        expect(outcomes.filter((outcome) => outcome === 'SHORT')).toHaveLength(callers - units);
      }
    },
    longRunMs,
  );

  it('D2 one ask made a hundred times at once, in three processes, has one effect', async () => {
    const pool = await cell.mint(10);
    const command = reserve(pool, { quantity: 3 });
    const answers = await askAll(
      owners(3),
      Array.from({ length: 100 }, () => [command]),
    );
    expect(answers.every((answer) => answer?.verdicts[0]?.outcome === 'HELD')).toBe(true);
    expect(answers.filter((answer) => answer?.verdicts[0]?.changed)).toHaveLength(1);
    expect(await cell.freeOf(pool)).toBe(7);
  });

  it('D3 carts of several lines and quantities, in either order, do not block one another', async () => {
    const pools = await Promise.all([cell.mint(100), cell.mint(100), cell.mint(100)]);
    const carts = Array.from({ length: 40 }, (_, at) => {
      const order = newOrder(india);
      const lines = pools.map((pool, line) =>
        reserve(pool, { order, quantity: 1 + ((at + line) % 3) }),
      );
      return at % 2 === 0 ? lines : lines.toReversed();
    });
    const answers = await askAll(owners(4), carts);
    const outcomes = answers.flatMap((answer) => answer?.verdicts ?? []);
    expect(outcomes).toHaveLength(120);
    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['HELD']));
    const taken = pools.map((pool) =>
      carts.flat().reduce((sum, line) => (line.pool === pool ? sum + line.quantity : sum), 0),
    );
    expect(await Promise.all(pools.map((pool) => cell.freeOf(pool)))).toEqual(
      taken.map((units) => 100 - units),
    );
  });

  it('D4 of confirm, release and expire one wins, for every one of 60 holds', async () => {
    const pool = await cell.mint(60);
    const holds = Array.from({ length: 60 }, () => ({ ...reserve(pool), holdSeconds: 0 }));
    await cell.openLanes().submit(holds);
    const rivals = (['confirm', 'release', 'expire'] as const).map((kind) => ({
      kind,
      lanes: cell.openLanes(),
    }));
    const answers = await Promise.all(
      holds.flatMap((hold) => rivals.map(({ kind, lanes }) => lanes.submit([then(kind, hold)]))),
    );
    expect(answers.filter(({ verdicts }) => verdicts[0]?.changed)).toHaveLength(60);
  });

  it('D5 two processes that both take an article for theirs sell what one of them would', async () => {
    const pool = await cell.mint(30);
    const [first, second] = [cell.openLanes(), cell.openLanes()];
    const lives = Array.from({ length: 60 }, async (_, at) => {
      const [mine, other] = at % 2 === 0 ? [first, second] : [second, first];
      const hold = reserve(pool);
      const { verdicts } = await mine.submit([hold]);
      if (verdicts[0]?.outcome !== 'HELD') return 'none';
      // a third changes their mind, at the other process
      const { verdicts: ended } = await other.submit([
        then(at % 3 === 0 ? 'release' : 'confirm', hold),
      ]);
      return ended[0]?.outcome;
    });
    const sold = (await Promise.all(lives)).filter((end) => end === 'CONFIRMED').length;
    const free = 30 - sold;
    expect(await cell.freeOf(pool)).toBe(free);
    const rest = await askAll(
      [first, second],
      Array.from({ length: free + 5 }, () => [reserve(pool)]),
    );
    const held = rest.filter((answer) => answer?.verdicts[0]?.outcome === 'HELD');
    expect(held).toHaveLength(free);
  });

  it('D6 owners that come and go under load change nothing of what is sold', async () => {
    const units = 300;
    const pool = await cell.mint(units);
    const asks: Reserve[] = [];
    const answers: string[] = [];
    for (const count of [1, 4, 2, 6, 1]) {
      const now = owners(count);
      // those of the last round still answer while these begin
      const round = Array.from({ length: 80 }, () => reserve(pool));
      asks.push(...round);
      void Promise.all(
        round.map(async (ask, at) => {
          const answer = await now[at % count]?.submit([ask]);
          answers.push(answer?.verdicts[0]?.outcome ?? 'none');
        }),
      );
      await sleep(5);
    }
    while (answers.length < asks.length) await sleep(5);
    expect(answers.filter((outcome) => outcome === 'HELD')).toHaveLength(units);
    const { verdicts } = await cell.openLanes().submit(asks);
    expect(verdicts.filter(({ outcome }) => outcome === 'HELD')).toHaveLength(units);
  });

  function startReserving(pool: PoolId): ChildProcess {
    return fork(new URL('./reserve-until-killed.ts', import.meta.url), {
      execArgv: ['--import', './tools/loader.mjs'],
      env: { ...process.env, SPEC_DATABASE_URL: cell.database.urlFor('api'), SPEC_POOL: pool },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }

  it(
    `D7 loses no unit and sells none twice when ${size.kills} processes are killed in the middle of calls`,
    async () => {
      // more than any process reserves before the signal comes, however late that is
      const units = 1_000_000;
      const pool = await cell.mint(units);
      const asks: Reserve[] = [];
      for (let round = 0; round < size.kills; round += 1) {
        const child = startReserving(pool);
        child.on('message', (order: OrderId) => asks.push(reserve(pool, { order })));
        // the second call is under way, so the first has ended
        for (let call = 0; call < 2; call += 1) await once(child, 'message');
        await sleep(30 * ((round % 4) + 1));
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      // whoever asks again learns what became of the first call, and the books agree
      const lanes = cell.openLanes();
      for (let at = 0; at < asks.length; at += 500) {
        const { verdicts } = await lanes.submit(asks.slice(at, at + 500));
        expect(new Set(verdicts.map(({ outcome }) => outcome))).toEqual(new Set(['HELD']));
      }
      const left = (await cell.freeOf(pool)) ?? 0;
      expect(await cell.unitsByState(pool)).toEqual({ HELD: units - left });
    },
    longRunMs,
  );

  /** Shuts the way to the commit about a pool, asks, works once somebody waits there, and opens the way. */
  async function atGate(
    pool: PoolId,
    ask: () => void,
    work: (pid: number) => Promise<void>,
  ): Promise<void> {
    await superuser.unitOfWork(async (holder) => {
      await holder.query(shutGate, [pool]);
      ask();
      let waiting: { readonly pid: number } | undefined;
      while (waiting === undefined) {
        [waiting] = await superuser.query<{ pid: number }>(findWaiting, [pool]);
      }
      await work(waiting.pid);
    });
  }

  it('D7 a process that dies once its ask was taken up leaves a hold that its order finds', async () => {
    const pool = await cell.mint(1_000_000);
    const child = startReserving(pool);
    const exit = once(child, 'exit');
    const asks: Reserve[] = [];
    child.on('message', (order: OrderId) => asks.push(reserve(pool, { order })));
    await once(child, 'message');
    await atGate(
      pool,
      () => undefined,
      async () => {
        child.kill('SIGKILL');
        await exit;
      },
    );
    const { verdicts } = await cell.openLanes().submit(asks.slice(-1));
    expect(verdicts[0]).toMatchObject({ outcome: 'HELD', changed: false });
  });

  it.each([
    ['hold', (held: Reserve) => held, 'HELD'],
    ['sale', (held: Reserve) => then('confirm', held), 'CONFIRMED'],
    ['release', (held: Reserve) => then('release', held), 'RELEASED'],
  ] as const)(
    'D7 a backend that dies before the commit of a %s is asked again, with one effect',
    async (step, commandOf, outcome) => {
      const pool = await cell.mint(5);
      const held = reserve(pool);
      const lanes = cell.openLanes();
      if (step !== 'hold') await lanes.submit([held]);
      const command = commandOf(held);
      let answer: Promise<unknown> = Promise.resolve();
      await atGate(
        pool,
        () => {
          answer = lanes.submit([command]);
        },
        async (pid) => {
          await superuser.query(turnAway, [pid]);
        },
      );
      expect(await answer).toMatchObject({ verdicts: [{ outcome }] });
      const again = await lanes.submit([command]);
      expect(again.verdicts[0]).toMatchObject({ outcome, changed: false });
      expect(await cell.freeOf(pool)).toBe(step === 'release' ? 5 : 4);
    },
  );

  it('D7 backends that end in the middle of calls leave every ask with an end', async () => {
    const units = 200;
    const pool = await cell.mint(units);
    const asks = Array.from({ length: 300 }, () => reserve(pool));
    const two = owners(2);
    let open = asks.length;
    const answered = Promise.allSettled(
      asks.map(async (ask, at) => {
        await sleep(at);
        return two[at % 2]?.submit([ask]).finally(() => (open -= 1));
      }),
    );
    while (open > 0) {
      await superuser.query(endBackends);
      await sleep(20);
    }
    await answered;
    const { verdicts } = await cell.openLanes().submit(asks);
    expect(verdicts.filter(({ outcome }) => outcome === 'HELD')).toHaveLength(units);
    expect(verdicts.filter(({ outcome }) => outcome === 'SHORT')).toHaveLength(100);
  });

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
  ])('D8 refuses, even to the owner of the tables: %s', async (name, sql) => {
    const pool = await cell.mint(5);
    const held = reserve(pool);
    await cell
      .openLanes()
      .submit([
        held,
        then('release', held),
        { kind: 'grant', pool, peer: 'eu-1' as never, level: 2, ceiling: 2, acked: 0 },
      ]);
    const owner = cell.database.open('owner');
    const corrupt = statement(`inventory_test.corrupt_${name.replaceAll(/\W/g, '_')}`, sql);
    const refused = await owner.execute(corrupt).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(isCheckViolation(refused) || /would undo/.test(String(refused))).toBe(true);
  });

  it('D9 the journal of many lives at once adds up to the balances', async () => {
    const units = 100;
    const pool = await cell.mint(units);
    const two = owners(2);
    const holds = Array.from({ length: 60 }, (_, at) => reserve(pool, { quantity: 1 + (at % 2) }));
    const fates = ['confirm', 'release', undefined] as const;
    await Promise.all(
      holds.map(async (hold, at) => {
        const fate = fates[at % fates.length];
        await two[at % 2]?.submit([hold]);
        if (fate !== undefined) await two[(at + 1) % 2]?.submit([then(fate, hold)]);
      }),
    );
    const written = Object.fromEntries(
      (await cell.auditor.query<{ movement: string; units: number }>(sumJournal, [pool])).map(
        ({ movement, units: moved }) => [movement, moved],
      ),
    );
    expect(written).toEqual({ MINT: units, RESERVE: 90, CONFIRM: 30, RELEASE: 30 });
    expect(await cell.unitsByState(pool)).toEqual({ HELD: 30, CONFIRMED: 30, RELEASED: 30 });
    expect(await cell.freeOf(pool)).toBe(units - 60);
  });
});
