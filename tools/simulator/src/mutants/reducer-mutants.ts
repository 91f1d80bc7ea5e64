import type { PoolId } from '@entrepot/inventory';
import {
  channelOf,
  decideBatch,
  freeOf,
  peerEpochOf,
  type CellStock,
  type Command,
  type Outcome,
  type Reserve,
  type Transition,
} from '@entrepot/inventory/testing';
import type { Decide } from '../cell/protocol.ts';
import type { Mutant } from './mutant.ts';
import { reducerWith, replaceChannel, tamper } from './wrong-books.ts';

export const homeIn = (stock: CellStock, pool: PoolId) => ({
  pool,
  home: stock.pools.get(pool)?.home ?? stock.cell,
});

export function told(
  stock: CellStock,
  pool: PoolId,
  outcome: Outcome,
  total = 0,
): ReturnType<Decide> {
  const free = freeOf(stock, pool);
  return { stock, verdicts: [{ outcome, changed: true, free, total }] };
}

function withState(
  stock: CellStock,
  { reservation: id, pool, order, quantity }: Transition | Reserve,
  of: Pick<Reservations, 'state' | 'expiresAt'>,
): CellStock {
  const { state, expiresAt } = of;
  const changed = { id, pool, order, quantity, state, expiresAt };
  return { ...stock, reservations: new Map(stock.reservations).set(id, changed) };
}
type Reservations = CellStock['reservations'] extends ReadonlyMap<unknown, infer R> ? R : never;

const seenOf = (stock: CellStock, { reservation }: Transition | Reserve) =>
  stock.reservations.get(reservation);

/** Decides as the reducer does and then does more. */
export const afterwards =
  (more: (before: CellStock, after: CellStock, command: Command) => CellStock): Decide =>
  (stock, command, now) => {
    const decision = decideBatch(stock, [command], now);
    return { ...decision, stock: more(stock, decision.stock, command) };
  };

export const bug = (name: string, sentence: string, decide: Decide): Mutant => ({
  name,
  sentence,
  change: { decide: reducerWith(decide) },
});

/** Bugs in the rules of one cell's books. */
export const reducerMutants: readonly Mutant[] = [
  bug(
    'apply-without-max',
    'An older total is taken in as well, as a negative difference.',
    (stock, command) => {
      if (command.kind !== 'apply') return undefined;
      const channel = channelOf(stock, command.pool, command.peer);
      const fresh = command.total - channel.applied;
      if (fresh >= 0 || command.epoch < peerEpochOf(stock, command.peer)) return undefined;
      const of = homeIn(stock, command.pool);
      const lowered = replaceChannel(stock, of, { ...channel, applied: command.total });
      const moved = tamper(lowered, of, { APPLIED: fresh, FREE: fresh });
      return told(moved, command.pool, 'APPLIED', command.total);
    },
  ),
  bug(
    'grant-without-debit',
    'The total of a grant is raised and its units stay free at the donor.',
    afterwards((before, after, command) => {
      if (command.kind !== 'grant') return after;
      const given = freeOf(before, command.pool) - freeOf(after, command.pool);
      return given === 0 ? after : tamper(after, homeIn(after, command.pool), { FREE: given });
    }),
  ),
  bug(
    'epoch-unchecked',
    'A receiver takes in what is said in an epoch that is over.',
    (stock, command, now) => {
      if (command.kind !== 'apply') return undefined;
      const epoch = Math.max(command.epoch, peerEpochOf(stock, command.peer));
      return decideBatch(stock, [{ ...command, epoch }], now);
    },
  ),
  bug(
    'expire-confirmed',
    'The sweep ends what is due, whether or not it was confirmed meanwhile.',
    (stock, command, now) => {
      if (command.kind !== 'expire') return undefined;
      const seen = seenOf(stock, command);
      if (seen?.state !== 'CONFIRMED' || seen.expiresAt > now) return undefined;
      const { pool, quantity, reservation: reference } = command;
      const line = { movement: 'CANCEL' as const, quantity, reference };
      const by = { SOLD: -quantity, FREE: quantity };
      const moved = tamper(stock, homeIn(stock, pool), by, line);
      const of = { state: 'EXPIRED' as const, expiresAt: seen.expiresAt };
      return told(withState(moved, command, of), pool, 'EXPIRED');
    },
  ),
  bug(
    'release-twice',
    'A release that comes again gives the units back again.',
    (stock, command) => {
      if (command.kind !== 'release' || seenOf(stock, command)?.state !== 'RELEASED') return;
      const by = { FREE: command.quantity, HELD: -command.quantity };
      return told(tamper(stock, homeIn(stock, command.pool), by), command.pool, 'RELEASED');
    },
  ),
  bug(
    'confirm-by-time',
    'A confirm wins if its time is not over, whatever became of the hold.',
    (stock, command, now) => {
      if (command.kind !== 'confirm') return undefined;
      const seen = seenOf(stock, command);
      const isOver = seen === undefined || seen.expiresAt <= now;
      if (isOver || seen.state === 'HELD' || seen.state === 'CONFIRMED') return undefined;
      const { pool, quantity } = command;
      const moved = tamper(stock, homeIn(stock, pool), { FREE: -quantity, SOLD: quantity });
      const of = { state: 'CONFIRMED' as const, expiresAt: seen.expiresAt };
      return told(withState(moved, command, of), pool, 'CONFIRMED');
    },
  ),
  bug(
    'ack-unchecked',
    'A donor believes a peer that says it took in more than it was given.',
    (stock, command) => {
      if (command.kind !== 'ack') return undefined;
      const channel = channelOf(stock, command.pool, command.peer);
      if (command.total <= channel.granted) return undefined;
      const acked = { ...channel, acked: command.total };
      const heard = replaceChannel(stock, homeIn(stock, command.pool), acked);
      return told(heard, command.pool, 'ACKED', command.total);
    },
  ),
  bug(
    'mint-anywhere',
    'Any cell brings goods in, not only the home of the warehouse.',
    (stock, command, now) => {
      if (command.kind !== 'mint' || command.home === stock.cell) return undefined;
      if (stock.pools.has(command.pool)) return undefined;
      return decideBatch(stock, [{ ...command, home: stock.cell }], now);
    },
  ),
  bug('mint-twice', 'A delivery that is told twice is brought in twice.', (stock, command, now) => {
    if (command.kind !== 'mint' || !stock.documents.has(command.document)) return undefined;
    return decideBatch({ ...stock, documents: new Map() }, [command], now);
  }),
  bug(
    'reserve-ignores-free',
    'A reserve is granted without a look at what is free.',
    (stock, command, now) => {
      if (command.kind !== 'reserve' || seenOf(stock, command) !== undefined) return undefined;
      if (!stock.pools.has(command.pool)) return undefined;
      const { pool, quantity } = command;
      const by = { FREE: -quantity, HELD: quantity };
      const of = { state: 'HELD' as const, expiresAt: now + command.holdSeconds * 1_000 };
      return told(withState(tamper(stock, homeIn(stock, pool), by), command, of), pool, 'HELD');
    },
  ),
  bug(
    'reserve-twice',
    'A reserve that comes again after its hold ended holds again under the same id.',
    (stock, command, now) => {
      if (command.kind !== 'reserve') return undefined;
      const state = seenOf(stock, command)?.state;
      if (state !== 'EXPIRED' && state !== 'RELEASED') return undefined;
      const reservations = new Map(stock.reservations);
      reservations.delete(command.reservation);
      return decideBatch({ ...stock, reservations }, [command], now);
    },
  ),
  bug(
    'no-tombstone',
    'A release of something nobody has seen leaves nothing behind, and the late reserve holds.',
    (stock, command) => {
      if (command.kind !== 'release' || seenOf(stock, command) !== undefined) return undefined;
      return told(stock, command.pool, 'RELEASED');
    },
  ),
  bug(
    'credits-uncounted',
    'What comes free by an expiry or a release is not counted as a credit.',
    afterwards((before, after, command) => {
      if (command.kind !== 'expire' && command.kind !== 'release') return after;
      const books = after.pools.get(command.pool);
      const credits = before.pools.get(command.pool)?.credits;
      if (books === undefined || credits === undefined) return after;
      return { ...after, pools: new Map(after.pools).set(command.pool, { ...books, credits }) };
    }),
  ),
];
