import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { statement } from '@entrepot/platform-database';
import { testDatabase, type TestDatabase } from '@entrepot/testing';
import { checkStock } from '../src/check-stock.ts';
import { readLevels, readShop } from '../src/shop-reader.ts';

const cell = 'in-1';
const pool = 'blr/mug';
const of = { pool, home: cell };
const peer = 'eu-1';
const act = (number: number) => ({
  ...of,
  document: `00000001-0000-5000-8000-${String(number).padStart(12, '0')}`,
});
const ask = (number: number) => ({
  pool,
  reservation: `00000002-0000-5000-8000-${String(number).padStart(12, '0')}`,
  order: `ord_in-1_${String(number).padStart(26, '0')}`,
  quantity: 2,
});

/** Every movement that the books know, in the states of the cell in which it may happen. */
const life = [
  {
    state: 'ACTIVE',
    batches: [
      [
        { ...act(1), kind: 'mint', quantity: 30, into: 'FREE' },
        { ...act(2), kind: 'mint', quantity: 3, into: 'QUARANTINE' },
        ...[1, 2, 3, 4].map((number) => ({
          ...{ ...ask(number), kind: 'reserve', group: `g${number}` },
          holdSeconds: number === 1 ? 0 : 600,
        })),
      ],
      [
        { ...ask(1), kind: 'expire' },
        { ...ask(2), kind: 'release' },
        { ...ask(3), kind: 'confirm' },
        { ...ask(4), kind: 'confirm' },
      ],
      [
        { ...ask(3), kind: 'cancel' },
        { ...ask(4), kind: 'ship' },
        { ...act(3), kind: 'dispatch', quantity: 2 },
        { ...act(4), kind: 'writeOff', quantity: 1, from: 'QUARANTINE' },
        { ...act(5), kind: 'clear', quantity: 1 },
        { ...act(6), kind: 'keepSafe', level: 4 },
        { ...act(7), kind: 'keepSafe', level: 2 },
        { ...act(8), kind: 'transfer', quantity: 3 },
        { kind: 'grant', pool, peer, level: 12, ceiling: 12, acked: 0 },
        { ...of, kind: 'apply', peer, total: 1, epoch: 1 },
        { ...act(9), kind: 'writeOff', quantity: 17, from: 'FREE' },
        { ...act(10), kind: 'setAside', quantity: 2 },
        { ...act(11), kind: 'mint', quantity: 1, into: 'FREE' },
      ],
    ],
  },
  {
    state: 'RECOVERING',
    batches: [
      [
        { ...of, kind: 'repair', peer, granted: 9, applied: 0 },
        { ...of, kind: 'repair', peer, granted: 9, applied: 30 },
        { ...ask(5), ...of, kind: 'readopt', state: 'CONFIRMED' },
      ],
      [
        { ...of, kind: 'repair', peer, granted: 14, applied: 30 },
        { ...ask(6), ...of, kind: 'readopt', state: 'HELD' },
      ],
    ],
  },
  {
    state: 'ACTIVE',
    batches: [
      [
        { ...act(12), kind: 'mint', quantity: 40, into: 'FREE' },
        { ...act(13), kind: 'setAside', quantity: 1 },
        { ...act(14), kind: 'resolve', quantity: 2 },
      ],
    ],
  },
  {
    state: 'RECOVERING',
    batches: [
      [
        { ...of, kind: 'repair', peer, granted: 14, applied: 33 },
        { ...ask(7), ...of, kind: 'readopt', state: 'HELD' },
      ],
    ],
  },
];

const everyMovement = [
  ...['MINT', 'MINT_TO_QUARANTINE', 'APPLY', 'APPLY_TO_SUSPENSE', 'RESERVE', 'CONFIRM', 'RELEASE'],
  ...['EXPIRE', 'CANCEL', 'SHIP', 'GRANT', 'GRANT_FROM_SUSPENSE', 'GRANT_FROM_DEFICIT', 'READOPT'],
  ...['READOPT_FROM_SUSPENSE', 'READOPT_FROM_DEFICIT', 'WRITE_OFF', 'WRITE_OFF_FROM_SAFETY'],
  ...['WRITE_OFF_FROM_QUARANTINE', 'WRITE_OFF_FROM_DEFICIT', 'SET_ASIDE', 'SET_ASIDE_FROM_DEFICIT'],
  ...['CLEAR', 'KEEP_SAFE', 'FREE_SAFETY', 'TRANSFER', 'RESOLVE', 'SETTLE'],
];

const setState = statement(
  'audit_test.set_state',
  `INSERT INTO inventory.cell_epoch (cell, state) VALUES ('${cell}', $1)
   ON CONFLICT (cell) DO UPDATE SET state = excluded.state`,
);
const apply = statement('audit_test.apply', 'SELECT inventory.apply($1::jsonb)');
const lose = statement(
  'audit_test.lose',
  `DO $$ BEGIN
     SET LOCAL session_replication_role = replica;
     DELETE FROM inventory.escrow_journal WHERE movement = 'SETTLE';
   END $$`,
);

describe('what an audit reads of the stock of a cell', () => {
  let database: TestDatabase<'shop'>;

  beforeAll(async () => {
    database = await testDatabase('shop', { cell });
    const superuser = database.open('superuser');
    const worker = database.open('worker');
    for (const { state, batches } of life) {
      await superuser.execute(setState, [state]);
      for (const commands of batches) await worker.query(apply, [JSON.stringify(commands)]);
    }
  });
  afterAll(() => database.drop());

  it('is in order after a life with every movement', async () => {
    const { stock } = await readShop(database.urlFor('audit'), cell);
    expect(checkStock(stock)).toEqual([]);
    const met = new Set(stock.journal.map(({ movement }) => movement));
    expect([...met].toSorted()).toEqual(everyMovement.toSorted());
  });

  it('leads, level by level, to what is free, given and taken in now', async () => {
    const url = database.urlFor('audit');
    const { stock } = await readShop(url, cell);
    const levels = await readLevels(url, [pool]);
    const [now] = stock.pools;
    expect(levels.at(-1)).toMatchObject({
      free: now?.free,
      granted: now?.granted,
      applied: now?.applied,
    });
    expect(Math.min(...levels.map(({ free }) => free))).toBeGreaterThanOrEqual(0);
  });

  it('shows a debt that was paid without a word', async () => {
    await database.open('superuser').execute(lose);
    const { stock } = await readShop(database.urlFor('audit'), cell);
    expect(checkStock(stock).map(({ code }) => code)).toContain('JOURNAL_DIFFERS');
  });
});
