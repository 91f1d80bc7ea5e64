import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { statement, type ShopDatabase } from '@entrepot/platform-database';
import { testDatabase, type TestDatabase } from '@entrepot/testing';
import fc from 'fast-check';
import { PgStockLedger } from '../src/adapters/pg-stock-ledger.ts';
import type { Command, DocumentId } from '../src/domain/commands.ts';
import { emptyStock, positionOf, type CellStock } from '../src/domain/cell-stock.ts';
import { decideBatch } from '../src/domain/escrow.ts';
import { findBreaches } from '../src/domain/invariants.ts';
import { poolIdOf } from '../src/domain/pool.ts';
import type { ReservationId } from '../src/domain/reservation.ts';
import { homeCell, orderOf, stockBatches, uuidOf } from '../src/testing/stock-commands.ts';
import { findBreachesInSql, readAll, type BooksInSql } from './books-in-sql.ts';

const runs = 60;
const emptyAll = statement(
  'inventory_test.empty',
  `DO $$ BEGIN
     SET LOCAL session_replication_role = replica;
     TRUNCATE inventory.escrow, inventory.stock_pool, inventory.quota_channel,
       inventory.reservation, inventory.stock_document, messaging.outbox CASCADE;
     DELETE FROM inventory.escrow_journal;
   END $$`,
);

/** The reducer's state as the database would show it. */
function booksOf(stock: CellStock): BooksInSql {
  const filled = [...stock.pools].filter(([, { balances }]) => balances.SUPPLY + balances.APPLIED);
  return {
    pools: Object.fromEntries(
      filled.map(([pool, { home, credits, balances }]) => [pool, { home, credits, ...balances }]),
    ),
    reservations: Object.fromEntries(
      [...stock.reservations.values()].map(({ id, pool, order, quantity, state }) => [
        id,
        { pool, order, quantity, state },
      ]),
    ),
    channels: Object.fromEntries(
      filled.flatMap(([pool, { channels }]) =>
        [...channels.values()].map(({ peer, ...kept }) => [`${pool} ${peer}`, kept]),
      ),
    ),
    journal: stock.journal,
  };
}

/** What random commands seldom meet: a hold that is sold and reaches its end in one batch. */
const soldAndEndedAtOnce = (['cancel', 'ship'] as const).map((ending): [Command[][]] => {
  const of = {
    pool: poolIdOf('blr', 'mug'),
    reservation: uuidOf(2, 1) as ReservationId,
    order: orderOf(1),
    quantity: 2,
  };
  const document = uuidOf(1, 1) as DocumentId;
  const mint = {
    kind: 'mint',
    pool: of.pool,
    home: homeCell,
    document,
    quantity: 3,
    into: 'FREE',
  } as const;
  const reserve = { ...of, kind: 'reserve', group: 'group-1', holdSeconds: 1200 } as const;
  return [
    [
      [mint, reserve],
      [
        { ...of, kind: 'confirm' },
        { ...of, kind: ending },
      ],
    ],
  ];
});

describe('inventory.apply follows the rules of the domain', () => {
  let database: TestDatabase<'shop'>;
  let api: ShopDatabase;
  let superuser: ShopDatabase;

  beforeAll(async () => {
    database = await testDatabase('shop', { cell: homeCell });
    api = database.open('api', { connectionsMax: 1 });
    superuser = database.open('superuser', { connectionsMax: 1 });
  });
  afterAll(() => database.drop());

  it('gives the same verdicts and the same books for any batches', async () => {
    await fc.assert(
      fc.asyncProperty(stockBatches, async (batches) => {
        await superuser.execute(emptyAll);
        const ledger = new PgStockLedger(api, homeCell);
        let stock = emptyStock(homeCell);
        for (const commands of batches) {
          const expected = decideBatch(stock, commands, Date.now());
          const answer = await ledger.apply(commands);
          stock = expected.stock;
          expect(answer.verdicts).toEqual(expected.verdicts);
          for (const [pool, position] of answer.positions) {
            expect(position).toEqual(positionOf(stock, pool));
          }
        }
        expect(await readAll(superuser)).toEqual(booksOf(stock));
        expect(await findBreachesInSql(superuser)).toEqual([]);
        expect(findBreaches(stock)).toEqual([]);
      }),
      { numRuns: runs, examples: soldAndEndedAtOnce, verbose: fc.VerbosityLevel.Verbose },
    );
  }, 120_000);
});
