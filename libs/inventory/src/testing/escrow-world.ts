import type { CellId } from '@entrepot/kernel';
import { move } from '../domain/accounts.ts';
import { channelOf, emptyBooks, emptyStock, type CellStock } from '../domain/cell-stock.ts';
import type { Command, DocumentId, Verdict } from '../domain/commands.ts';
import { decideBatch } from '../domain/escrow.ts';
import type { PoolId } from '../domain/pool.ts';
import type { ReservationId, TransitionKind } from '../domain/reservation.ts';
import { homeOf, orderOf, uuidOf } from './stock-commands.ts';

/** A grant on its way. Messages are kept for ever: loss, doubling and reordering are choices of delivery. */
export interface GrantMessage {
  readonly from: CellId;
  readonly to: CellId;
  readonly pool: PoolId;
  readonly total: number;
  readonly units: number;
}

/** Several cells, the messages between them, and what each last said about its free units. */
export interface World {
  readonly cells: ReadonlyMap<CellId, CellStock>;
  readonly history: ReadonlyMap<CellId, readonly CellStock[]>;
  readonly messages: readonly GrantMessage[];
  readonly reports: ReadonlyMap<CellId, number>;
  /** Cells whose process dies inside its next delivery, after the first commit there. */
  readonly dying: ReadonlySet<CellId>;
  readonly steps: number;
}

export type Step =
  | { readonly kind: 'mint'; readonly units: number }
  | { readonly kind: 'lose' | 'setAside' | 'clear'; readonly units: number }
  | { readonly kind: 'hold' | 'sell'; readonly cell: CellId; readonly units: number }
  | { readonly kind: 'end'; readonly which: number; readonly how: TransitionKind }
  | {
      readonly kind: 'ask';
      readonly donor: CellId;
      readonly receiver: CellId;
      readonly units: number;
    }
  | { readonly kind: 'deliver' | 'timeOut'; readonly which: number }
  | { readonly kind: 'report' | 'silence' | 'leaseEnds'; readonly cell: CellId }
  | { readonly kind: 'crash'; readonly cell: CellId }
  | { readonly kind: 'failOver'; readonly cell: CellId; readonly behind: number };

/** What a protocol does at the points where plausible shortcuts go wrong. */
export interface Protocol {
  /** A word to ask for it by. */
  readonly id: string;
  readonly name: string;
  deliver(world: World, message: GrantMessage): World;
  timeOut(world: World, message: GrantMessage): World;
  /** A cell has not been heard of for long. */
  silence(world: World, silent: CellId): World;
  /** The time a cell was allowed to sell without contact is over. */
  leaseEnds(world: World, holder: CellId): World;
  /** A standby takes over; `behind` is how many writes it lacks if it lagged. */
  failOver(world: World, cell: CellId, behind: number): World;
}

export const thePool = 'blr/mug' as PoolId;
const unchanged = (world: World): World => world;

/** Ours: totals, applied in one commit; nobody takes back what another cell may have sold. */
export const escrowProtocol: Protocol = {
  id: 'escrow',
  name: 'cumulative grants, donor first',
  deliver: (world, { from: peer, to, pool, total }) =>
    command(world, to, { kind: 'apply', home: homeOf(pool), pool, peer, total, epoch: 1 }),
  timeOut: unchanged,
  silence: unchanged,
  leaseEnds: unchanged,
  failOver: unchanged,
};

export function newWorld(cells: readonly CellId[]): World {
  return {
    cells: new Map(cells.map((cell) => [cell, emptyStock(cell)])),
    history: new Map(cells.map((cell) => [cell, []])),
    messages: [],
    reports: new Map(),
    dying: new Set(),
    steps: 0,
  };
}

/** Runs steps; steps that name what is not there do nothing. */
export const run = (protocol: Protocol, world: World, steps: readonly Step[]): World =>
  steps.reduce((now, step) => take(protocol, { ...now, steps: now.steps + 1 }, step), world);

function take(protocol: Protocol, world: World, step: Step): World {
  switch (step.kind) {
    case 'mint':
      return mint(world, step.units);
    case 'lose':
    case 'setAside':
    case 'clear':
      return atWarehouse(world, step);
    case 'hold':
      return hold(world, step.cell, step.units);
    case 'sell':
      return sell(world, step.cell, step.units);
    case 'end':
      return end(world, step.which, step.how);
    case 'ask':
      return ask(world, step);
    case 'report':
      return report(world, step.cell);
    case 'crash':
      return { ...world, dying: new Set(world.dying).add(step.cell) };
    case 'silence':
      return protocol.silence(world, step.cell);
    case 'leaseEnds':
      return protocol.leaseEnds(world, step.cell);
    case 'failOver':
      return protocol.failOver(world, step.cell, step.behind);
    case 'deliver':
    case 'timeOut':
      return onMessage(protocol, world, step);
  }
}

function onMessage(
  protocol: Protocol,
  world: World,
  { kind, which }: { readonly kind: 'deliver' | 'timeOut'; readonly which: number },
): World {
  const message = world.messages[which % Math.max(1, world.messages.length)];
  if (message === undefined) return world;
  const done = protocol[kind](world, message);
  return kind === 'deliver' ? report(done, message.to) : done;
}

/** Everything that is still on its way arrives, each message once. */
export const deliverAll = (protocol: Protocol, world: World): World =>
  world.messages.reduce((now, message) => protocol.deliver(now, message), world);

export const stockOf = (world: World, cell: CellId): CellStock =>
  world.cells.get(cell) ?? emptyStock(cell);

export function command(world: World, cell: CellId, ...commands: Command[]): World {
  return decideIn(world, cell, commands).world;
}

function decideIn(
  world: World,
  cell: CellId,
  commands: readonly Command[],
): { readonly world: World; readonly verdicts: readonly Verdict[] } {
  const before = stockOf(world, cell);
  const { stock, verdicts } = decideBatch(before, commands, world.steps);
  return { world: replaceStock(world, cell, stock), verdicts };
}

export function replaceStock(world: World, cell: CellId, stock: CellStock): World {
  const past = [...(world.history.get(cell) ?? []), stockOf(world, cell)];
  return {
    ...world,
    cells: new Map(world.cells).set(cell, stock),
    history: new Map(world.history).set(cell, past),
  };
}

/** Conjures free units; only a wrong protocol has a use for it. */
export function creditOutOfThinAir(world: World, cell: CellId, units: number): World {
  const stock = stockOf(world, cell);
  const books = stock.pools.get(thePool) ?? emptyBooks(homeOf(thePool));
  if (units <= 0) return world;
  const balances = move(books.balances, 'APPLY', units);
  return replaceStock(world, cell, {
    ...stock,
    pools: new Map(stock.pools).set(thePool, { ...books, balances }),
  });
}

function mint(world: World, quantity: number): World {
  const document = uuidOf(1, world.steps) as DocumentId;
  const home = homeOf(thePool);
  return command(world, home, {
    kind: 'mint',
    pool: thePool,
    home,
    document,
    quantity,
    into: 'FREE',
  });
}

/** What the home finds on the shelf, whatever the other cells have of it. */
function atWarehouse(
  world: World,
  { kind, units: quantity }: Extract<Step, { readonly kind: 'lose' | 'setAside' | 'clear' }>,
): World {
  const home = homeOf(thePool);
  const act = {
    ...{ pool: thePool, home, quantity },
    document: uuidOf(1, world.steps) as DocumentId,
  };
  return kind === 'lose'
    ? command(world, home, { ...act, kind: 'writeOff', from: 'FREE' })
    : command(world, home, { ...act, kind });
}

const reservationAt = (world: World) => ({
  pool: thePool,
  reservation: uuidOf(2, world.steps) as ReservationId,
  order: orderOf(world.steps),
});

function hold(world: World, cell: CellId, quantity: number): World {
  const group = `step-${world.steps}`;
  const of = { ...reservationAt(world), quantity };
  return command(world, cell, { ...of, kind: 'reserve', group, holdSeconds: 0 });
}

const sell = (world: World, cell: CellId, quantity: number): World =>
  command(hold(world, cell, quantity), cell, {
    ...reservationAt(world),
    kind: 'confirm',
    quantity,
  });

function end(world: World, which: number, how: TransitionKind): World {
  const all = [...world.cells].flatMap(([cell, { reservations }]) =>
    [...reservations.values()].map((reservation) => ({ cell, reservation })),
  );
  const found = all[which % Math.max(1, all.length)];
  if (found === undefined) return world;
  const { id: reservation, pool, order, quantity } = found.reservation;
  return command(world, found.cell, { kind: how, reservation, pool, order, quantity });
}

/** The ask itself may be late: the level is what the receiver knew, the donor answers as it stands. */
function ask(
  world: World,
  { donor, receiver, units }: { donor: CellId; receiver: CellId; units: number },
): World {
  if (donor === receiver) return world;
  const { applied } = channelOf(stockOf(world, receiver), thePool, donor);
  const { granted } = channelOf(stockOf(world, donor), thePool, receiver);
  const level = applied + units;
  const { world: asked, verdicts } = decideIn(world, donor, [
    { kind: 'grant', pool: thePool, peer: receiver, level, ceiling: units, acked: 0 },
  ]);
  const total = verdicts[0]?.total ?? granted;
  const message = { from: donor, to: receiver, pool: thePool, total, units: total - granted };
  return total === 0 ? asked : { ...asked, messages: [...asked.messages, message] };
}

function report(world: World, cell: CellId): World {
  const free = stockOf(world, cell).pools.get(thePool)?.balances.FREE ?? 0;
  return { ...world, reports: new Map(world.reports).set(cell, free) };
}
