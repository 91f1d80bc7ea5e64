import { accept, book, connect, keep, open, refuse, type Decision } from './bookkeeping.ts';
import { allows } from './cell-state.ts';
import { channelOf, freeOf, peerEpochOf, type CellStock } from './cell-stock.ts';
import type { Ack, Apply, Command, Grant, Reserve, Transition, Verdict } from './commands.ts';
import { hearEpoch, isInDoubt, readopt, repair } from './recovery.ts';
import { isSameAsk, transitions, type Reservation } from './reservation.ts';
import { carryOut } from './warehouse.ts';

/** Where a batch stands: the clock of the store and the group that came short. */
export interface BatchContext {
  readonly now: number;
  readonly stoppedGroup: string | undefined;
}

/**
 * The rules of escrow, as one pure function: the specification that `inventory.apply` in PostgreSQL
 * and the simulated cells are held against. Quantities are whole units above zero. Total: every
 * command in every state gets a verdict.
 */
export function decide(stock: CellStock, command: Command, context: BatchContext): Decision {
  switch (command.kind) {
    case 'reserve':
      return reserve(stock, command, context);
    case 'grant':
      return grant(stock, command);
    case 'apply':
      return takeIn(stock, command);
    case 'ack':
      return acknowledge(stock, command);
    case 'confirm':
    case 'release':
    case 'expire':
    case 'cancel':
    case 'ship':
      return advance(stock, command, context.now);
    case 'repair':
      return repair(stock, command);
    case 'readopt':
      return readopt(stock, command, context.now);
    case 'mint':
    case 'writeOff':
    case 'setAside':
    case 'clear':
    case 'keepSafe':
    case 'transfer':
    case 'count':
    case 'dispatch':
    case 'resolve':
      return carryOut(stock, command);
  }
}

/** Folds commands in arrival order, as one statement of the store does. */
export function decideBatch(
  stock: CellStock,
  commands: readonly Command[],
  now: number,
): { readonly stock: CellStock; readonly verdicts: readonly Verdict[] } {
  let state = stock;
  let stoppedGroup: string | undefined;
  const verdicts = commands.map((command) => {
    const decision = decide(state, command, { now, stoppedGroup });
    state = decision.stock;
    const { outcome } = decision.verdict;
    const isStopped = outcome === 'SHORT' || outcome === 'NOT_ACTIVE';
    if (command.kind === 'reserve' && isStopped) stoppedGroup = command.group;
    return decision.verdict;
  });
  return { stock: state, verdicts };
}

function reserve(stock: CellStock, command: Reserve, context: BatchContext): Decision {
  const seen = stock.reservations.get(command.reservation);
  if (seen !== undefined && !isSameAsk(seen, command)) return refuse(stock, command, 'CONFLICT');
  if (seen !== undefined && !isInDoubt(stock, seen)) return refuse(stock, command, seen.state);
  if (context.stoppedGroup === command.group) return refuse(stock, command, 'DEFERRED');
  if (!allows(stock.state, 'reserve')) return refuse(stock, command, 'NOT_ACTIVE');
  if (freeOf(stock, command.pool) < command.quantity) return refuse(stock, command, 'SHORT');
  const moved = book(stock, { ...command, movement: 'RESERVE', reference: command.reservation });
  const expiresAt = context.now + command.holdSeconds * 1000;
  return accept(keep(moved, reservationOf(command, 'HELD', expiresAt)), command, 'HELD');
}

function advance(stock: CellStock, command: Transition, now: number): Decision {
  const { from, to, movement } = transitions[command.kind];
  const seen = stock.reservations.get(command.reservation);
  if (seen !== undefined && !isSameAsk(seen, command)) return refuse(stock, command, 'CONFLICT');
  if (isInDoubt(stock, seen)) return refuse(stock, command, 'NOT_ACTIVE');
  if (seen === undefined) {
    if (command.kind !== 'release') return refuse(stock, command, 'UNKNOWN_RESERVATION');
    return accept(keep(stock, reservationOf(command, to, now)), command, to);
  }
  if (seen.state !== from) return refuse(stock, command, seen.state);
  if (command.kind === 'expire' && seen.expiresAt > now) return refuse(stock, command, 'NOT_DUE');
  if (!allows(stock.state, command.kind)) return refuse(stock, command, 'NOT_ACTIVE');
  const moved = book(stock, { ...command, movement, reference: command.reservation });
  return accept(keep(moved, reservationOf(command, to, seen.expiresAt)), command, to);
}

function grant(stock: CellStock, command: Grant): Decision {
  const channel = channelOf(stock, command.pool, command.peer);
  // even that nothing is free may have been forgotten: the answer would prove to the peer that it is sold out
  if (stock.state === 'RECOVERING') return refuse(stock, command, 'NOT_ACTIVE', channel.granted);
  if (command.acked > channel.granted) return refuse(stock, command, 'REGRESSED', channel.granted);
  const acked = Math.max(channel.acked, command.acked);
  const heard =
    acked === channel.acked ? stock : connect(stock, command.pool, { ...channel, acked });
  const wanted = Math.min(command.level - channel.granted, command.ceiling);
  const given = Math.min(wanted, freeOf(stock, command.pool));
  if (given <= 0) return refuse(heard, command, 'GRANTED', channel.granted);
  if (!allows(stock.state, 'grant')) {
    return refuse(heard, command, 'NOT_ACTIVE', channel.granted);
  }
  const granted = channel.granted + given;
  const raised = connect(heard, command.pool, {
    ...channel,
    acked,
    granted,
    grants: channel.grants + 1,
  });
  const { pool, peer } = command;
  const moved = book(raised, { pool, quantity: given, movement: 'GRANT', reference: peer });
  return accept(moved, command, 'GRANTED', granted);
}

function takeIn(stock: CellStock, command: Apply): Decision {
  const channel = channelOf(stock, command.pool, command.peer);
  const home = stock.pools.get(command.pool)?.home ?? command.home;
  if (home !== command.home) return refuse(stock, command, 'CONFLICT', channel.applied);
  if (command.epoch < peerEpochOf(stock, command.peer)) {
    return refuse(stock, command, 'STALE_EPOCH', channel.applied);
  }
  const fresh = command.total - channel.applied;
  if (fresh <= 0) return refuse(stock, command, 'APPLIED', channel.applied);
  if (!allows(stock.state, 'apply')) {
    return refuse(stock, command, 'NOT_ACTIVE', channel.applied);
  }
  const { pool, peer } = command;
  const heard = hearEpoch(stock, peer, command.epoch);
  const raised = connect(open(heard, command), pool, { ...channel, applied: command.total });
  const moved = book(raised, { pool, quantity: fresh, movement: 'APPLY', reference: peer });
  return accept(moved, command, 'APPLIED', command.total);
}

function acknowledge(stock: CellStock, command: Ack): Decision {
  const channel = channelOf(stock, command.pool, command.peer);
  if (command.total > channel.granted) {
    return refuse(stock, command, 'REGRESSED', channel.granted);
  }
  if (command.total <= channel.acked) return refuse(stock, command, 'ACKED', channel.acked);
  const heard = connect(stock, command.pool, { ...channel, acked: command.total });
  return accept(heard, command, 'ACKED', command.total);
}

const reservationOf = (
  { reservation: id, pool, order, quantity }: Reserve | Transition,
  state: Reservation['state'],
  expiresAt: number,
): Reservation => ({ id, pool, order, quantity, state, expiresAt });
