import type { CellId, OrderId } from '@entrepot/kernel';
import fc from 'fast-check';
import { cellStates, type CellState } from '../domain/cell-state.ts';
import type { CellStock } from '../domain/cell-stock.ts';
import type { Command, DocumentId } from '../domain/commands.ts';
import { poolIdOf, type PoolId } from '../domain/pool.ts';
import { beginRecovery, endRecovery, hearEpoch } from '../domain/recovery.ts';
import { reservationStates, type ReservationId } from '../domain/reservation.ts';

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

/** Few documents, so that one comes again with another content. */
const act = fc.record({ pool, document: fc.integer({ min: 1, max: 60 }) }).map((of) => ({
  pool: of.pool,
  home: homeOf(of.pool),
  document: uuidOf(1, of.document) as DocumentId,
}));
const place = fc.constantFrom('FREE', 'QUARANTINE' as const);
const mint: fc.Arbitrary<Command> = fc
  .record({ act, quantity, into: fc.constantFrom('FREE', 'FREE', 'QUARANTINE' as const) })
  .map(({ act: of, ...rest }) => ({ ...of, ...rest, kind: 'mint' }));
const writeOff: fc.Arbitrary<Command> = fc
  .record({ act, quantity, from: place })
  .map(({ act: of, ...rest }) => ({ ...of, ...rest, kind: 'writeOff' }));
const move: fc.Arbitrary<Command> = fc
  .record({
    act,
    quantity,
    kind: fc.constantFrom('setAside', 'clear', 'transfer', 'dispatch', 'resolve' as const),
  })
  .map(({ act: of, ...rest }) => ({ ...of, ...rest }));
const keepSafe: fc.Arbitrary<Command> = fc
  .record({ act, level: fc.integer({ min: 0, max: 4 }) })
  .map(({ act: of, level: to }) => ({ ...of, kind: 'keepSafe', level: to }));
const count: fc.Arbitrary<Command> = fc
  .record({
    act,
    counted: fc.integer({ min: 0, max: 12 }),
    position: fc.integer({ min: 0, max: 8 }),
  })
  .map(({ act: of, ...rest }) => ({ ...of, ...rest, kind: 'count' }));
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
const epoch = fc.constantFrom(1, 1, 1, 2, 3);
const apply: fc.Arbitrary<Command> = fc
  .record({ pool, peer, total: level, epoch })
  .map((of) => ({ ...of, kind: 'apply', home: homeOf(of.pool) }));
const ack: fc.Arbitrary<Command> = fc.record({
  kind: fc.constant('ack' as const),
  pool,
  peer,
  total: fc.integer({ min: 0, max: 6 }),
});

const repair: fc.Arbitrary<Command> = fc
  .record({ pool, peer, granted: level, applied: level })
  .map((of) => ({ ...of, kind: 'repair', home: homeOf(of.pool) }));
const readopt: fc.Arbitrary<Command> = fc
  .record({ ask, state: fc.constantFrom('HELD', 'CONFIRMED', ...reservationStates) })
  .map(({ ask: of, state }) => ({
    kind: 'readopt',
    pool: of.pool,
    home: homeOf(of.pool),
    reservation: uuidOf(2, of.number) as ReservationId,
    order: orderOf(of.number),
    quantity: of.quantity,
    state,
  }));

/** Any command on any pool, lawful or not. */
export const stockCommand: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: mint },
  { weight: 6, arbitrary: reserve },
  { weight: 5, arbitrary: transition },
  { weight: 3, arbitrary: grant },
  { weight: 3, arbitrary: apply },
  { weight: 1, arbitrary: ack },
  { weight: 2, arbitrary: writeOff },
  { weight: 4, arbitrary: move },
  { weight: 1, arbitrary: keepSafe },
  { weight: 2, arbitrary: count },
  { weight: 2, arbitrary: repair },
  { weight: 2, arbitrary: readopt },
);

/** What a cell meets while it is in one state. */
export interface Spell {
  readonly state: CellState;
  /** The newest epoch of the cell that a witness knows when it begins to recover. */
  readonly witnessed: number;
  /** Peers that make their epoch known as the spell begins. */
  readonly heard: readonly { readonly peer: CellId; readonly epoch: number }[];
  readonly batches: readonly (readonly Command[])[];
}

const batch = fc.array(stockCommand, { minLength: 1, maxLength: 25 });

export const stockBatches = fc.array(batch, { minLength: 1, maxLength: 8 });

/** A cell that is restored, drained or fenced and comes back, with batches in each state. */
export const spells: fc.Arbitrary<Spell[]> = fc.array(
  fc.record({
    state: fc.constantFrom('ACTIVE', 'ACTIVE', 'RECOVERING', ...cellStates),
    witnessed: fc.integer({ min: 0, max: 4 }),
    heard: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(fc.record({ peer, epoch }), { maxLength: 2 }) },
    ),
    batches: fc.array(batch, { minLength: 1, maxLength: 3 }),
  }),
  { minLength: 1, maxLength: 5 },
);

/** How a cell stands as a spell begins. */
export function enter(stock: CellStock, { state, witnessed, heard }: Spell): CellStock {
  return heard.reduce(
    (now, { peer: speaker, epoch: spoken }) => hearEpoch(now, speaker, spoken),
    inState(stock, state, witnessed),
  );
}

function inState(stock: CellStock, state: CellState, witnessed: number): CellStock {
  if (state === 'RECOVERING') return beginRecovery(stock, witnessed);
  const isMended = state === 'ACTIVE' && stock.state === 'RECOVERING';
  return isMended ? endRecovery(stock, stock.epoch) : { ...stock, state };
}
