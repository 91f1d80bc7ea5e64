import type { CellId } from '@entrepot/kernel';
import {
  accept,
  book,
  bookInTurn,
  connect,
  keep,
  open,
  refuse,
  type Decision,
} from './bookkeeping.ts';
import { allows } from './cell-state.ts';
import { channelOf, peerEpochOf, type CellStock } from './cell-stock.ts';
import type { Readopt, Repair } from './commands.ts';
import { hasUnits, isSameAsk, transitions, wayTo, type Reservation } from './reservation.ts';

/** How long a hold lasts that a witness brought back: time for its order to go on where it stopped. */
export const readoptedHoldSeconds = 1200;

/**
 * The cell does not trust its books any more. It speaks in an epoch above its own and above every one that
 * a witness knows it to have spoken in; begun again with no newer witness, nothing changes.
 * @param witnessed the newest epoch of this cell that anybody outside of the books has heard
 */
export function beginRecovery(stock: CellStock, witnessed: number): CellStock {
  if (stock.state === 'RECOVERING' && stock.epoch > witnessed) return stock;
  return { ...stock, state: 'RECOVERING', epoch: Math.max(stock.epoch, witnessed) + 1 };
}

/** The books are mended: the cell sells again, if nobody has begun a newer recovery meanwhile. */
export function endRecovery(stock: CellStock, epoch: number): CellStock {
  const isMended = stock.state === 'RECOVERING' && stock.epoch === epoch;
  return isMended ? { ...stock, state: 'ACTIVE' } : stock;
}

/** Notes the epoch in which a peer speaks: of an older one nothing is taken in any more, of no pool. */
export function hearEpoch(stock: CellStock, peer: CellId, epoch: number): CellStock {
  if (epoch <= peerEpochOf(stock, peer)) return stock;
  return { ...stock, peerEpochs: new Map(stock.peerEpochs).set(peer, epoch) };
}

/**
 * While a cell recovers its books may be behind, and of a reservation only an ending is known for certain.
 * @param seen as the books know it
 */
export const isInDoubt = (stock: CellStock, seen: Reservation | undefined): boolean =>
  stock.state === 'RECOVERING' &&
  (seen === undefined || seen.state === 'HELD' || seen.state === 'CONFIRMED');

/** Raises the totals of a channel to what the peer knows of them. */
export function repair(stock: CellStock, command: Repair): Decision {
  const { pool, peer } = command;
  if (!allows(stock.state, 'repair')) return refuse(stock, command, 'NOT_RECOVERING');
  const channel = channelOf(stock, pool, peer);
  const home = stock.pools.get(pool)?.home ?? command.home;
  if (home !== command.home) return refuse(stock, command, 'CONFLICT', channel.granted);
  const granted = Math.max(channel.granted, command.applied);
  const applied = Math.max(channel.applied, command.granted);
  if (granted === channel.granted && applied === channel.applied) {
    return refuse(stock, command, 'REPAIRED', granted);
  }
  const raised = connect(open(stock, command), pool, { ...channel, granted, applied });
  const given = { pool, quantity: granted - channel.granted, reference: peer };
  const paid = bookInTurn(raised, given, ['GRANT', 'GRANT_FROM_SUSPENSE', 'GRANT_FROM_DEFICIT']);
  const quantity = applied - channel.applied;
  if (quantity === 0) return accept(paid, command, 'REPAIRED', granted);
  const taken = book(paid, { pool, quantity, movement: 'APPLY_TO_SUSPENSE', reference: peer });
  return accept(taken, command, 'REPAIRED', granted);
}

/** Writes a reservation into the books again, as a witness remembers it. */
export function readopt(stock: CellStock, command: Readopt, now: number): Decision {
  const seen = stock.reservations.get(command.reservation);
  if (seen !== undefined && !isSameAsk(seen, command)) return refuse(stock, command, 'CONFLICT');
  if (seen !== undefined && !isBehind(seen, command)) return refuse(stock, command, seen.state);
  const home = stock.pools.get(command.pool)?.home ?? command.home;
  if (home !== command.home) return refuse(stock, command, 'CONFLICT');
  if (!allows(stock.state, 'readopt')) return refuse(stock, command, 'NOT_RECOVERING');
  return accept(bringBack(stock, command, seen, now), command, command.state);
}

const isBehind = (seen: Reservation, { state }: Readopt): boolean =>
  seen.state !== state && wayTo(state, seen.state) !== undefined;

function bringBack(
  stock: CellStock,
  command: Readopt,
  seen: Reservation | undefined,
  now: number,
): CellStock {
  const { pool, reservation: id, order, quantity, state } = command;
  const unit = { pool, quantity, reference: id };
  const isGone = seen === undefined && !hasUnits(state);
  const opened = open(stock, command);
  const held =
    seen === undefined && !isGone
      ? bookInTurn(opened, unit, ['READOPT_FROM_SUSPENSE', 'READOPT', 'READOPT_FROM_DEFICIT'])
      : opened;
  const way = isGone ? [] : (wayTo(state, seen?.state ?? 'HELD') ?? []);
  const moved = way.reduce(
    (current, kind) => book(current, { ...unit, movement: transitions[kind].movement }),
    held,
  );
  const expiresAt = seen?.expiresAt ?? now + readoptedHoldSeconds * 1000;
  return keep(moved, { id, pool, order, quantity, state, expiresAt });
}
