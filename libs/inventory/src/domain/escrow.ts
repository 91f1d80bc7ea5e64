import { move, movements, type Movement } from './accounts.ts';
import {
  channelOf,
  emptyBooks,
  freeOf,
  type CellStock,
  type JournalEntry,
  type PoolBooks,
} from './cell-stock.ts';
import type { Ack, Apply, Command, Grant, Mint, Reserve, Transition, Verdict } from './commands.ts';
import type { PoolId, QuotaChannel } from './pool.ts';
import { transitions, type Reservation } from './reservation.ts';

/** What a command leads to: the next state and what its caller is told. */
export interface Decision {
  readonly stock: CellStock;
  readonly verdict: Verdict;
}

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
    case 'mint':
      return mint(stock, command);
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

function mint(stock: CellStock, command: Mint): Decision {
  const seen = stock.receipts.get(command.receipt);
  if (seen !== undefined) {
    const isSame = seen.pool === command.pool && seen.quantity === command.quantity;
    return refuse(stock, command, isSame ? 'MINTED' : 'CONFLICT');
  }
  const home = stock.pools.get(command.pool)?.home ?? command.home;
  if (home !== stock.cell) return refuse(stock, command, 'NOT_HOME');
  if (!stock.isActive) return refuse(stock, command, 'NOT_ACTIVE');
  const opened = open(stock, command);
  const moved = book(opened, { ...command, movement: 'MINT', reference: command.receipt });
  const { pool, quantity } = command;
  const receipts = new Map(moved.receipts).set(command.receipt, { pool, quantity });
  return accept({ ...moved, receipts }, command, 'MINTED');
}

function reserve(stock: CellStock, command: Reserve, context: BatchContext): Decision {
  const seen = stock.reservations.get(command.reservation);
  if (seen !== undefined) {
    return refuse(stock, command, isSameAsk(seen, command) ? seen.state : 'CONFLICT');
  }
  if (context.stoppedGroup === command.group) return refuse(stock, command, 'DEFERRED');
  if (!stock.isActive) return refuse(stock, command, 'NOT_ACTIVE');
  if (freeOf(stock, command.pool) < command.quantity) return refuse(stock, command, 'SHORT');
  const moved = book(stock, { ...command, movement: 'RESERVE', reference: command.reservation });
  const expiresAt = context.now + command.holdSeconds * 1000;
  return accept(keep(moved, { ...command, state: 'HELD', expiresAt }), command, 'HELD');
}

function advance(stock: CellStock, command: Transition, now: number): Decision {
  const { from, to, movement } = transitions[command.kind];
  const seen = stock.reservations.get(command.reservation);
  if (seen === undefined) {
    if (command.kind !== 'release') return refuse(stock, command, 'UNKNOWN_RESERVATION');
    return accept(keep(stock, { ...command, state: to, expiresAt: now }), command, to);
  }
  if (!isSameAsk(seen, command)) return refuse(stock, command, 'CONFLICT');
  if (seen.state !== from) return refuse(stock, command, seen.state);
  if (command.kind === 'expire' && seen.expiresAt > now) return refuse(stock, command, 'NOT_DUE');
  if (command.kind === 'confirm' && !stock.isActive) return refuse(stock, command, 'NOT_ACTIVE');
  const moved = book(stock, { ...command, movement, reference: command.reservation });
  return accept(keep(moved, { ...command, state: to, expiresAt: seen.expiresAt }), command, to);
}

function grant(stock: CellStock, command: Grant): Decision {
  const channel = channelOf(stock, command.pool, command.peer);
  if (command.acked > channel.granted) return refuse(stock, command, 'REGRESSED', channel.granted);
  const acked = Math.max(channel.acked, command.acked);
  const heard =
    acked === channel.acked ? stock : connect(stock, command.pool, { ...channel, acked });
  const wanted = Math.min(command.level - channel.granted, command.ceiling);
  const given = Math.min(wanted, freeOf(stock, command.pool));
  if (given <= 0) return refuse(heard, command, 'GRANTED', channel.granted);
  if (!stock.isActive) return refuse(heard, command, 'NOT_ACTIVE', channel.granted);
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
  if (command.epoch < channel.peerEpoch) {
    return refuse(stock, command, 'STALE_EPOCH', channel.applied);
  }
  const fresh = command.total - channel.applied;
  if (fresh <= 0) return refuse(stock, command, 'APPLIED', channel.applied);
  if (!stock.isActive) return refuse(stock, command, 'NOT_ACTIVE', channel.applied);
  const raised = connect(open(stock, command), command.pool, {
    ...channel,
    applied: command.total,
    peerEpoch: command.epoch,
  });
  const { pool, peer } = command;
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

const isSameAsk = (seen: Reservation, command: Reserve | Transition): boolean =>
  seen.pool === command.pool && seen.order === command.order && seen.quantity === command.quantity;

function accept(
  stock: CellStock,
  { pool }: Command,
  outcome: Verdict['outcome'],
  total = 0,
): Decision {
  return { stock, verdict: { outcome, changed: true, free: freeOf(stock, pool), total } };
}

function refuse(
  stock: CellStock,
  { pool }: Command,
  outcome: Verdict['outcome'],
  total = 0,
): Decision {
  return { stock, verdict: { outcome, changed: false, free: freeOf(stock, pool), total } };
}

/** A cell opens books for a pool when its first units arrive. */
function open(stock: CellStock, { pool, home }: Mint | Apply): CellStock {
  return stock.pools.has(pool) ? stock : withBooks(stock, pool, emptyBooks(home));
}

function withBooks(stock: CellStock, pool: PoolId, books: PoolBooks): CellStock {
  return { ...stock, pools: new Map(stock.pools).set(pool, books) };
}

function connect(stock: CellStock, pool: PoolId, channel: QuotaChannel): CellStock {
  const books = stock.pools.get(pool);
  if (books === undefined) return stock;
  return withBooks(stock, pool, {
    ...books,
    channels: new Map(books.channels).set(channel.peer, channel),
  });
}

/** The one place where units move: balances and journal change together. */
function book(
  stock: CellStock,
  entry: { pool: PoolId; movement: Movement; quantity: number; reference: string },
): CellStock {
  const books = stock.pools.get(entry.pool);
  if (books === undefined) throw new RangeError(`no books are open for ${entry.pool}`);
  const { pool, movement, quantity, reference } = entry;
  const moved = withBooks(stock, pool, {
    ...books,
    balances: move(books.balances, movement, quantity),
    credits: books.credits + (movements[movement].to === 'FREE' ? 1 : 0),
  });
  const line: JournalEntry = { pool, movement, quantity, reference };
  return { ...moved, journal: [...stock.journal, line] };
}

function keep(
  stock: CellStock,
  {
    reservation: id,
    pool,
    order,
    quantity,
    state,
    expiresAt,
  }: (Reserve | Transition) & Pick<Reservation, 'state' | 'expiresAt'>,
): CellStock {
  const reservation: Reservation = { id, pool, order, quantity, state, expiresAt };
  return { ...stock, reservations: new Map(stock.reservations).set(id, reservation) };
}
