import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { statement, type ShopDatabase } from '@entrepot/platform-database';
import { testDatabase, type TestDatabase } from '@entrepot/testing';
import fc from 'fast-check';
import { PgStockLedger } from '../src/adapters/pg-stock-ledger.ts';
import type { DocumentId, Verdict } from '../src/domain/commands.ts';
import { emptyStock, positionOf, type CellStock } from '../src/domain/cell-stock.ts';
import { decideBatch } from '../src/domain/escrow.ts';
import { findBreaches } from '../src/domain/invariants.ts';
import { poolIdOf } from '../src/domain/pool.ts';
import { reservationStates, type ReservationId } from '../src/domain/reservation.ts';
import {
  enter,
  homeCell,
  orderOf,
  peerCells,
  spells,
  uuidOf,
  type Spell,
} from '../src/testing/stock-commands.ts';
import { findBreachesInSql, readAll, type BooksInSql } from './books-in-sql.ts';

const runs = 120;
const emptyAll = statement(
  'inventory_test.empty',
  `DO $$ BEGIN
     SET LOCAL session_replication_role = replica;
     TRUNCATE inventory.escrow, inventory.stock_pool, inventory.quota_channel,
       inventory.reservation, inventory.stock_document, inventory.cell_epoch, inventory.peer_epoch,
       inventory.recovery, messaging.outbox CASCADE;
     DELETE FROM inventory.escrow_journal;
   END $$`,
);

const setState = statement(
  'inventory_test.set_state',
  `INSERT INTO inventory.cell_epoch (cell, state) VALUES ($1, $2)
   ON CONFLICT (cell) DO UPDATE SET state = excluded.state`,
);

const findStanding = statement(
  'inventory_test.find_standing',
  'SELECT state, epoch FROM inventory.cell_epoch',
);
const beginRecovery = statement(
  'inventory_test.begin_recovery',
  'SELECT inventory.begin_recovery($1) AS epoch',
);
const endRecovery = statement(
  'inventory_test.end_recovery',
  'SELECT inventory.end_recovery($1) AS ended',
);
const hearEpoch = statement(
  'inventory_test.hear_epoch',
  'SELECT inventory.hear_epoch($1, $2) AS epoch',
);

/** The reducer's state as the database would show it. */
function booksOf(stock: CellStock): BooksInSql {
  const filled = [...stock.pools].filter(
    ([, { balances, credits, documents }]) =>
      balances.SUPPLY + balances.APPLIED + balances.DEFICIT + credits + documents > 0,
  );
  return {
    standing: {
      state: stock.state,
      epoch: stock.epoch,
      peers: Object.fromEntries(stock.peerEpochs),
    },
    pools: Object.fromEntries(
      filled.map(([pool, { home, credits, documents, dispatched, balances }]) => [
        pool,
        { home, credits, documents, dispatched, ...balances },
      ]),
    ),
    documents: Object.fromEntries(
      [...stock.documents].map(([id, document]) => [id, withoutUndefined(document)]),
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

const withoutUndefined = (of: object): object =>
  Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined));

/** As `enter` has it, by the functions of the database where it has one. */
async function enterInSql(
  database: ShopDatabase,
  { state, witnessed, heard }: Spell,
): Promise<void> {
  const [was] = await database.query<{ state: string; epoch: number }>(findStanding);
  if (state === 'RECOVERING') await database.query(beginRecovery, [witnessed]);
  else if (state === 'ACTIVE' && was?.state === 'RECOVERING') {
    expect(await database.query(endRecovery, [was.epoch - 1])).toEqual([{ ended: false }]);
    expect(await database.query(endRecovery, [was.epoch])).toEqual([{ ended: true }]);
  } else await database.execute(setState, [homeCell, state]);
  for (const { peer: speaker, epoch } of heard) {
    await database.query(hearEpoch, [speaker, epoch]);
  }
}

const pool = poolIdOf('blr', 'mug');
const home = homeCell;
const peer = peerCells[0] ?? homeCell;
const act = (number: number) => ({ pool, home, document: uuidOf(1, number) as DocumentId });
const ask = (number: number) => ({
  pool,
  reservation: uuidOf(2, number) as ReservationId,
  order: orderOf(number),
  quantity: 2,
});
const mint = (number: number, quantity: number) =>
  ({ ...act(number), kind: 'mint', quantity, into: 'FREE' }) as const;
const reserve = (number: number, seconds = 1200) =>
  ({ ...ask(number), kind: 'reserve', group: `group-${number}`, holdSeconds: seconds }) as const;

const spell = { witnessed: 0, heard: [] };

/** What random commands seldom meet: a hold that is sold and reaches its end in one batch. */
const soldAndEndedAtOnce = (['cancel', 'ship'] as const).map((kind): [Spell[]] => [
  [
    {
      ...spell,
      state: 'ACTIVE',
      batches: [
        [mint(1, 3), reserve(1)],
        [
          { ...ask(1), kind: 'confirm' },
          { ...ask(1), kind },
        ],
      ],
    },
  ],
]);

/** Every outcome that changes something, so that none is left to chance. */
const wholeLife: [Spell[]] = [
  [
    {
      ...spell,
      state: 'ACTIVE',
      batches: [
        [mint(1, 30), reserve(1, 0), reserve(2), reserve(3), reserve(4)],
        [
          { ...ask(1), kind: 'expire' },
          { ...ask(2), kind: 'release' },
          { ...ask(3), kind: 'confirm' },
          { ...ask(4), kind: 'confirm' },
        ],
        [
          { ...ask(3), kind: 'cancel' },
          { ...ask(4), kind: 'ship' },
          { ...act(2), kind: 'dispatch', quantity: 2 },
          { ...act(3), kind: 'setAside', quantity: 3 },
          { ...act(4), kind: 'clear', quantity: 1 },
          { ...act(5), kind: 'keepSafe', level: 2 },
          { ...act(6), kind: 'transfer', quantity: 4 },
          { ...act(7), kind: 'count', counted: 23, position: 6 },
          { kind: 'grant', pool, peer, level: 5, ceiling: 5, acked: 0 },
          { kind: 'ack', pool, peer, total: 4 },
          { kind: 'apply', pool, home, peer, total: 1, epoch: 1 },
        ],
        [reserve(5), { ...act(8), kind: 'writeOff', quantity: 22, from: 'FREE' }, reserve(6)],
        [{ ...ask(5), kind: 'release' }, mint(9, 1), mint(10, 9)],
      ],
    },
    {
      ...spell,
      state: 'RECOVERING',
      batches: [
        [
          { kind: 'repair', pool, home, peer, granted: 9, applied: 40 },
          { ...ask(7), kind: 'readopt', home, state: 'CONFIRMED' },
          { ...ask(8), kind: 'readopt', home, state: 'HELD' },
          { ...ask(8), kind: 'readopt', home, state: 'CONFIRMED' },
          { ...ask(8), kind: 'readopt', home, state: 'SHIPPED' },
          { ...ask(9), kind: 'readopt', home, state: 'EXPIRED' },
          { ...ask(10), kind: 'readopt', home, state: 'HELD' },
          { ...ask(10), kind: 'readopt', home, state: 'CANCELLED' },
          { ...ask(9), kind: 'confirm' },
          { ...ask(11), kind: 'release' },
          { kind: 'repair', pool, home, peer, granted: 12, applied: 40 },
        ],
      ],
    },
    {
      ...spell,
      state: 'ACTIVE',
      batches: [[{ ...act(11), kind: 'resolve', quantity: 2 }, mint(12, 60)]],
    },
  ],
];

const outcomesThatChange = [
  ...reservationStates,
  ...['MINTED', 'WRITTEN_OFF', 'SET_ASIDE', 'CLEARED', 'KEPT_SAFE', 'TRANSFERRED', 'COUNTED'],
  ...['DISPATCHED', 'RESOLVED', 'REPAIRED', 'GRANTED', 'APPLIED', 'ACKED'],
];

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
    const met: Verdict[] = [];
    await fc.assert(
      fc.asyncProperty(spells, async (lived) => {
        await superuser.execute(emptyAll);
        const ledger = new PgStockLedger(api, homeCell);
        let stock = emptyStock(homeCell);
        for (const spell of lived) {
          await enterInSql(superuser, spell);
          stock = enter(stock, spell);
          for (const commands of spell.batches) {
            const expected = decideBatch(stock, commands, Date.now());
            const answer = await ledger.apply(commands);
            stock = expected.stock;
            expect(answer.verdicts).toEqual(expected.verdicts);
            for (const [pool, position] of answer.positions) {
              expect(position).toEqual(positionOf(stock, pool));
            }
            met.push(...answer.verdicts.filter(({ changed }) => changed));
          }
        }
        expect(await readAll(superuser)).toEqual(booksOf(stock));
        expect(await findBreachesInSql(superuser)).toEqual([]);
        expect(findBreaches(stock)).toEqual([]);
      }),
      {
        numRuns: runs,
        examples: [wholeLife, ...soldAndEndedAtOnce],
        verbose: fc.VerbosityLevel.Verbose,
      },
    );
    // else the comparison above proves less than it says
    expect([...new Set(met.map(({ outcome }) => outcome))].toSorted()).toEqual(
      [...outcomesThatChange].toSorted(),
    );
  }, 120_000);
});
