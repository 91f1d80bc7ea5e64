import type { CellId, OrderId } from '@entrepot/kernel';
import fc from 'fast-check';
import type { Command, ReceiptId } from '../domain/commands.ts';
import { poolIdOf, type PoolId } from '../domain/pool.ts';
import type { ReservationId } from '../domain/reservation.ts';

/** A small world, so that random commands keep meeting one another. */
export const homeCell = 'in-1' as CellId;
export const peerCells = ['eu-1', 'eu-2'] as CellId[];
export const pools: readonly PoolId[] = [
  poolIdOf('blr', 'mug'),
  poolIdOf('blr', 'tea'),
  poolIdOf('rtm', 'mug'),
];
const homes: Readonly<Record<string, CellId>> = { blr: homeCell, rtm: 'eu-1' as CellId };
export const homeOf = (pool: PoolId): CellId => homes[pool.slice(0, 3)] ?? homeCell;

export const uuidOf = (kind: number, number: number): string =>
  `0000000${kind}-0000-5000-8000-${String(number).padStart(12, '0')}`;
export const orderOf = (number: number): OrderId =>
  `ord_in-1_${String(number).padStart(26, '0')}` as OrderId;

const pool = fc.constantFrom(...pools);
const quantity = fc.integer({ min: 1, max: 6 });
const ask = fc.record({
  pool,
  number: fc.integer({ min: 1, max: 12 }),
  quantity: fc.constantFrom(1, 2, 2, 2, 5),
});

const mint: fc.Arbitrary<Command> = fc
  .record({ pool, receipt: fc.integer({ min: 1, max: 8 }), quantity })
  .map(({ receipt, ...of }) => ({
    ...of,
    kind: 'mint',
    home: homeOf(of.pool),
    receipt: uuidOf(1, receipt) as ReceiptId,
  }));
const reserve: fc.Arbitrary<Command> = fc
  .record({ ask, group: fc.integer({ min: 1, max: 4 }), holdSeconds: fc.constantFrom(0, 1200) })
  .map(({ ask: of, group, holdSeconds }) => ({
    kind: 'reserve',
    pool: of.pool,
    reservation: uuidOf(2, of.number) as ReservationId,
    order: orderOf(of.number),
    group: `group-${group}`,
    quantity: of.quantity,
    holdSeconds,
  }));
const transition: fc.Arbitrary<Command> = fc
  .record({
    ask,
    kind: fc.constantFrom('confirm', 'release', 'expire', 'cancel', 'ship' as const),
  })
  .map(({ ask: of, kind }) => ({
    kind,
    pool: of.pool,
    reservation: uuidOf(2, of.number) as ReservationId,
    order: orderOf(of.number),
    quantity: of.quantity,
  }));
const level = fc.integer({ min: 0, max: 20 });
const peer = fc.constantFrom(...peerCells);
const grant: fc.Arbitrary<Command> = fc.record({
  kind: fc.constant('grant' as const),
  pool,
  peer,
  level,
  ceiling: fc.integer({ min: 0, max: 20 }),
  acked: fc.integer({ min: 0, max: 3 }),
});
const apply: fc.Arbitrary<Command> = fc
  .record({ pool, peer, total: level, epoch: fc.constantFrom(1, 1, 1, 2) })
  .map((of) => ({ ...of, kind: 'apply', home: homeOf(of.pool) }));
const ack: fc.Arbitrary<Command> = fc.record({
  kind: fc.constant('ack' as const),
  pool,
  peer,
  total: fc.integer({ min: 0, max: 6 }),
});

/** Any command on any pool, lawful or not. */
export const stockCommand: fc.Arbitrary<Command> = fc.oneof(
  { weight: 3, arbitrary: mint },
  { weight: 6, arbitrary: reserve },
  { weight: 5, arbitrary: transition },
  { weight: 3, arbitrary: grant },
  { weight: 3, arbitrary: apply },
  { weight: 1, arbitrary: ack },
);

export const stockBatches = fc.array(fc.array(stockCommand, { minLength: 1, maxLength: 25 }), {
  minLength: 1,
  maxLength: 8,
});
