import { describe, expect, it } from '@jest/globals';
import { checkHistory } from '../src/check-history.ts';
import type { MoneyBooks } from '../src/check-money.ts';
import { checkMoney } from '../src/check-money.ts';
import type { OrderBooks, OrderedCart } from '../src/check-orders.ts';
import { checkCarts, checkOrders, openOrders } from '../src/check-orders.ts';
import { findFalseRefusals } from '../src/check-refusals.ts';
import type { PoolBalances, StockBooks } from '../src/check-stock.ts';
import { checkStock } from '../src/check-stock.ts';
import type { CellTotals } from '../src/check-world.ts';
import { checkWorld, worldTotals } from '../src/check-world.ts';

const pool = 'blr/A1';
const codesOf = (breaches: readonly { readonly code: string }[]): string[] => [
  ...new Set(breaches.map(({ code }) => code)),
];

/** India minted 100, gave 40 away, sold 20 and holds 5; the EU has taken in 30 of the 40 and sold 7. */
const balances: PoolBalances = {
  pool,
  home: 'in-1',
  minted: 100,
  applied: 0,
  free: 35,
  held: 5,
  sold: 20,
  shipped: 0,
  granted: 40,
  writtenOff: 0,
  transferred: 0,
  deficit: 0,
  safety: 0,
  quarantine: 0,
  suspense: 0,
};
const india: StockBooks = {
  cell: 'in-1',
  pools: [balances],
  channels: [{ pool, peer: 'eu-1', granted: 40, applied: 0, acked: 30 }],
  journal: [
    { pool, movement: 'MINT', peer: undefined, units: 100 },
    { pool, movement: 'GRANT', peer: 'eu-1', units: 40 },
    { pool, movement: 'RESERVE', peer: undefined, units: 25 },
    { pool, movement: 'CONFIRM', peer: undefined, units: 20 },
  ],
  reservations: [
    { pool, state: 'CONFIRMED', units: 20 },
    { pool, state: 'HELD', units: 5 },
    { pool, state: 'RELEASED', units: 9 },
  ],
};
const europe: CellTotals = {
  cell: 'eu-1',
  pools: [{ ...balances, minted: 0, applied: 30, free: 23, held: 0, sold: 7, granted: 0 }],
  channels: [{ pool, peer: 'in-1', granted: 0, applied: 30, acked: 0 }],
};

describe('The stock of a cell', () => {
  const withPool = (change: Partial<PoolBalances>): StockBooks => ({
    ...india,
    pools: [{ ...balances, ...change }],
  });

  it('is found in order', () => {
    expect(checkStock(india)).toEqual([]);
  });

  it.each<[string, StockBooks]>([
    ['POOL_NOT_CONSERVED', withPool({ free: 36 })],
    ['BALANCE_NEGATIVE', withPool({ free: -1, held: 41 })],
    ['SELLS_WHILE_IT_OWES', withPool({ deficit: 1, held: 6 })],
    ['MINTED_AWAY_FROM_HOME', withPool({ home: 'eu-1' })],
    ['JOURNAL_DIFFERS', withPool({ free: 34, sold: 21 })],
    ['RESERVATIONS_DIFFER', { ...india, reservations: india.reservations.slice(1) }],
    ['CHANNELS_DIFFER', { ...india, channels: [] }],
    [
      'CHANNEL_JOURNAL_DIFFERS',
      { ...india, channels: [{ pool, peer: 'eu-1', granted: 41, applied: 0, acked: 30 }] },
    ],
    [
      'ACKED_MORE_THAN_GRANTED',
      { ...india, channels: [{ pool, peer: 'eu-1', granted: 40, applied: 0, acked: 41 }] },
    ],
    [
      'MOVEMENT_UNKNOWN',
      {
        ...india,
        journal: [...india.journal, { pool, movement: 'VANISH', peer: undefined, units: 1 }],
      },
    ],
  ])('is found to be wrong by %s', (code, books) => {
    expect(codesOf(checkStock(books))).toContain(code);
  });
});

/** India again, after 40 units were found missing and 3 set aside: more was promised than is there. */
const short: StockBooks = {
  ...india,
  pools: [{ ...balances, free: 0, writtenOff: 40, quarantine: 3, deficit: 8 }],
  journal: [
    ...india.journal,
    { pool, movement: 'SET_ASIDE', peer: undefined, units: 3 },
    { pool, movement: 'WRITE_OFF', peer: undefined, units: 32 },
    { pool, movement: 'WRITE_OFF_FROM_DEFICIT', peer: undefined, units: 8 },
  ],
};

describe('The stock of a cell that owes', () => {
  it('is found in order, alone and with the others', () => {
    expect(checkStock(short)).toEqual([]);
    expect(checkWorld([short, europe])).toEqual([]);
    expect(worldTotals([short, europe])).toMatchObject({ deficit: 8, writtenOff: 40 });
  });

  it('is missed where its debt is not told', () => {
    const silent = { ...short, pools: [{ ...balances, ...short.pools[0], deficit: 7 }] };
    expect(codesOf(checkWorld([silent, europe]))).toEqual(['UNITS_NOT_CONSERVED']);
  });
});

describe('The stock of all cells', () => {
  it('is conserved, with what is on its way', () => {
    expect(checkWorld([india, europe])).toEqual([]);
    expect(worldTotals([india, europe])).toMatchObject({ minted: 100, sold: 27, inTransit: 10 });
  });

  it('shows units that came from nowhere', () => {
    const [first] = europe.pools;
    const more = { ...europe, pools: [{ ...balances, ...first, free: 24 }] };
    expect(codesOf(checkWorld([india, more]))).toEqual(['UNITS_NOT_CONSERVED']);
  });

  it('shows a cell that took in more than it was given', () => {
    const greedy: CellTotals = {
      ...europe,
      pools: [{ ...balances, minted: 0, applied: 41, free: 34, held: 0, sold: 7, granted: 0 }],
      channels: [{ pool, peer: 'in-1', granted: 0, applied: 41, acked: 0 }],
    };
    expect(codesOf(checkWorld([india, greedy]))).toEqual(['TAKEN_MORE_THAN_GIVEN']);
  });

  it('shows a unit sold twice', () => {
    const sellers = { ...europe, pools: [{ ...balances, minted: 0, free: 0, held: 0, sold: 90 }] };
    expect(codesOf(checkWorld([india, sellers]))).toContain('OVERSOLD');
  });
});

const orders: OrderBooks = {
  cell: 'in-1',
  orders: [
    { orderId: 'o1', status: 'confirmed', currency: 'INR', totalMinor: 500 },
    { orderId: 'o2', status: 'refused', currency: 'INR', totalMinor: 900 },
    { orderId: 'o3', status: 'placing', currency: 'INR', totalMinor: 100 },
  ],
  carts: [
    { cartId: 'c1', status: 'ordered', orderId: 'o1' },
    { cartId: 'c3', status: 'ordering', orderId: 'o3' },
  ],
  lines: [{ orderId: 'o1', sku: 'A1', units: 3 }],
  reservations: [
    { orderId: 'o1', sku: 'A1', state: 'CONFIRMED', units: 1 },
    { orderId: 'o1', sku: 'A1', state: 'SHIPPED', units: 2 },
    { orderId: 'o1', sku: 'A1', state: 'RELEASED', units: 3 },
    { orderId: 'o2', sku: 'A1', state: 'RELEASED', units: 4 },
    { orderId: 'o3', sku: 'A1', state: 'HELD', units: 4 },
  ],
};

describe('Orders and their stock', () => {
  const withReservation = (orderId: string, state: string): OrderBooks => ({
    ...orders,
    reservations: [...orders.reservations, { orderId, sku: 'A1', state, units: 1 }],
  });

  it('are found in order', () => {
    expect(checkOrders(orders)).toEqual([]);
    expect(openOrders(orders.orders).map(({ orderId }) => orderId)).toEqual(['o3']);
  });

  it.each<[string, OrderBooks]>([
    ['ORDER_NOT_AS_SOLD', { ...orders, reservations: orders.reservations.slice(1) }],
    ['ORDER_NOT_AS_SOLD', withReservation('o1', 'CONFIRMED')],
    ['CONFIRMED_ORDER_HOLDS', withReservation('o1', 'HELD')],
    ['ENDED_ORDER_KEEPS_STOCK', withReservation('o2', 'CONFIRMED')],
    ['RESERVATION_WITHOUT_ORDER', withReservation('o9', 'HELD')],
  ])('are found to differ by %s', (code, books) => {
    expect(codesOf(checkOrders(books))).toContain(code);
  });

  it.each<[string, OrderedCart]>([
    ['whose order ended', { cartId: 'c2', status: 'ordering', orderId: 'o2' }],
    ['whose order is confirmed', { cartId: 'c2', status: 'ordering', orderId: 'o1' }],
    ['closed for an order that sold nothing', { cartId: 'c2', status: 'ordered', orderId: 'o2' }],
    ['of an order that is not there', { cartId: 'c2', status: 'ordering', orderId: 'o9' }],
  ])('leave no cart behind %s', (_, cart) => {
    expect(checkCarts(orders)).toEqual([]);
    const books = { ...orders, carts: [...orders.carts, cart] };
    expect(codesOf(checkCarts(books))).toEqual(['CART_WITHOUT_ITS_ORDER']);
  });
});

const entry = (account: string, amountMinor: number, journalId = 'j1') => ({
  journalId,
  kind: 'capture',
  paymentId: 'p1',
  account,
  currency: 'INR',
  amountMinor,
});
const capture = {
  reference: 'p1',
  currency: 'INR',
  captures: 1,
  capturedMinor: 500,
  refundedMinor: 0,
};
const money: MoneyBooks = {
  cell: 'in-1',
  orders: orders.orders,
  payments: [
    { paymentId: 'p1', orderId: 'o1', state: 'captured', currency: 'INR', amountMinor: 500 },
    { paymentId: 'p2', orderId: 'o2', state: 'voided', currency: 'INR', amountMinor: 900 },
    { paymentId: 'p3', orderId: 'o3', state: 'capturing', currency: 'INR', amountMinor: 100 },
  ],
  ledger: [entry('provider_receivable', 500), entry('sales', -424), entry('tax_payable', -76)],
  provider: [capture, { ...capture, reference: 'p3', capturedMinor: 100 }],
};

describe('Money', () => {
  it('is found in order, with a capture whose answer is still to come', () => {
    expect(checkMoney(money)).toEqual([]);
  });

  it.each<[string, Partial<MoneyBooks>]>([
    ['LEDGER_UNBALANCED', { ledger: money.ledger.slice(0, 2) }],
    [
      'ORDER_CAPTURED_TWICE',
      { ledger: [...money.ledger, ...money.ledger.map((of) => ({ ...of, journalId: 'j2' }))] },
    ],
    ['CONFIRMED_ORDER_NOT_CAPTURED', { ledger: [] }],
    [
      'CAPTURE_NOT_THE_TOTAL',
      { ledger: [entry('provider_receivable', 499), entry('sales', -499)] },
    ],
    [
      'ENDED_ORDER_CAPTURED',
      { orders: [{ orderId: 'o1', status: 'refused', currency: 'INR', totalMinor: 500 }] },
    ],
    ['PROVIDER_CAPTURED_TWICE', { provider: [{ ...capture, captures: 2 }] }],
    ['PROVIDER_KNOWS_MORE', { provider: [...money.provider, { ...capture, reference: 'p9' }] }],
    [
      'CAPTURED_AT_PROVIDER_ONLY',
      { provider: [...money.provider, { ...capture, reference: 'p2' }] },
    ],
    ['PROVIDER_DIFFERS', { provider: [] }],
    ['PROVIDER_DIFFERS', { provider: [{ ...capture, capturedMinor: 501 }] }],
  ])('is found to be wrong by %s', (code, change) => {
    expect(codesOf(checkMoney({ ...money, ...change }))).toContain(code);
  });
});

describe('What clients were told', () => {
  const told = { key: 'k1', cell: 'in-1', orderId: 'o1', status: 201, units: 3 };
  const check = (...history: (typeof told)[]) => codesOf(checkHistory({ ...orders, history }));

  it('is so, and what is not final binds to nothing', () => {
    const open = { ...told, key: 'k3', orderId: 'o3', status: 202 };
    const elsewhere = { ...told, cell: 'eu-1', orderId: 'o7' };
    expect(check(told, open, elsewhere)).toEqual([]);
  });

  it.each([
    ['ORDER_LOST', { ...told, orderId: 'o9' }],
    ['ORDER_NOT_AS_TOLD', { ...told, orderId: 'o3' }],
    ['ORDER_NOT_AS_TOLD', { ...told, units: 4 }],
    ['ORDER_NOT_AS_TOLD', { ...told, status: 409 }],
  ])('is found not to be so by %s', (code, line) => {
    expect(check(line)).toEqual([code]);
  });

  it('is found not to be so when two requests were given one order', () => {
    expect(check(told, { ...told, key: 'k2' })).toEqual(['ORDER_OF_TWO_KEYS']);
  });
});

describe('Refusals', () => {
  const level = (at: number, free: number, granted = 0, applied = 0) => ({
    pool,
    at,
    free,
    granted,
    applied,
  });
  // 10 in India; at 20 it gives 4 away, which arrive at 30; at 40 the EU sells 3 of them
  const cells = [
    { cell: 'in-1', steps: [level(10, 10), level(20, 6, 4)] },
    { cell: 'eu-1', steps: [level(30, 4, 0, 4), level(40, 1, 0, 4)] },
  ];
  const refusal = (quantity: number, startedAt: number, endedAt: number) => ({
    pool,
    quantity,
    startedAt,
    endedAt,
  });

  it('are true before the goods came, and when they had been sold', () => {
    expect(findFalseRefusals([refusal(1, 0, 5), refusal(8, 35, 45)], cells)).toEqual([]);
  });

  it('are false when units in other cells and on their way would have done', () => {
    const found = findFalseRefusals([refusal(10, 15, 35), refusal(7, 35, 45)], cells);
    expect(found.map(({ row }) => row['least'])).toEqual([10, 7]);
  });
});
