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
import { channelOf, type CellStock } from './cell-stock.ts';
import type { Readopt, Repair } from './commands.ts';
import { isSameAsk, type Reservation } from './reservation.ts';

/** How long a hold lasts that a witness brought back: time for its order to go on where it stopped. */
export const readoptedHoldSeconds = 1200;

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
  seen.state === 'HELD' && state === 'CONFIRMED';

function bringBack(
  stock: CellStock,
  command: Readopt,
  seen: Reservation | undefined,
  now: number,
): CellStock {
  const { pool, reservation: id, order, quantity, state } = command;
  const unit = { pool, quantity, reference: id };
  const held =
    seen === undefined
      ? bookInTurn(open(stock, command), unit, [
          'READOPT_FROM_SUSPENSE',
          'READOPT',
          'READOPT_FROM_DEFICIT',
        ])
      : stock;
  const sold = state === 'CONFIRMED' ? book(held, { ...unit, movement: 'CONFIRM' }) : held;
  const expiresAt = seen?.expiresAt ?? now + readoptedHoldSeconds * 1000;
  return keep(sold, { id, pool, order, quantity, state, expiresAt });
}
