import { effects } from '../check-stock.ts';
import type { ExplainedMovement, OrderUnits, PoolOfCell, UnitsOfCell } from './unit-books.ts';
import { breachesOf } from './unit-summary.ts';
import { timeOf } from './unit-picture.ts';

const words: Readonly<Record<string, string>> = {
  minted: 'came in',
  applied: 'from a peer',
  granted: 'to a peer',
  deficit: 'owed',
  writtenOff: 'written off',
  transferred: 'other warehouse',
};

/** What one cell says of its own units, with the orders that hold them: for its operators, and not to be passed on. */
export function storyOf(units: UnitsOfCell): string[] {
  const head = `${units.cell} · ${units.state} in epoch ${units.epoch} · read ${units.takenAt}`;
  if (units.pools.length === 0) return [head, '  has no books of it', ''];
  return [head, ...units.pools.flatMap((pool) => poolLines(units.cell, pool))];
}

function poolLines(cell: string, pool: PoolOfCell): string[] {
  const { balances, newestOrders, newestMovements, movements, orders } = pool;
  const isHome = balances.home === cell;
  const open = orders.holding + orders.bought;
  const breaches = breachesOf(cell, pool);
  return [
    `  ${balances.pool}${isHome ? ', here at home' : `, at home in ${balances.home}`}`,
    ...(open === 0 ? [] : [`    ${open} orders have units here${bounded(newestOrders, open)}`]),
    ...newestOrders.map(orderLine),
    `    ${movements} movements${bounded(newestMovements, movements)}`,
    ...newestMovements.map(movementLine),
    breaches.length === 0
      ? '    Books, journal, reservations and channels agree.'
      : '    The books do NOT agree:',
    ...breaches.map((breach) => `      ${breach}`),
    '',
  ];
}

function bounded(shown: readonly unknown[], all: number): string {
  if (all === 0) return '';
  const more = all - shown.length;
  return more > 0 ? `; the newest ${shown.length}, ${more} more with --newest ${all}:` : ':';
}

const orderLine = ({ orderId, state, units, expiresAt }: OrderUnits): string => {
  const until = state === 'HELD' ? `held until ${timeOf(expiresAt)}` : 'sold, not shipped';
  return `      ${orderId}  ${`${units}`.padStart(6)}  ${until}`;
};

function movementLine({ at, movement, units, reference, act }: ExplainedMovement): string {
  const [from, to] = wayOf(movement);
  const way = `${from.padStart(15)} ─▶ ${to.padEnd(15)}`;
  const why = act === undefined ? reference : `${act} ${reference}`;
  return `      ${timeOf(at)} ${`${units}`.padStart(6)}  ${way} ${movement.toLowerCase()} · ${why}`;
}

const sources = ['minted', 'applied', 'deficit'];

/** From where to where a movement leads, in words. A source counts up when units leave it. */
export function wayOf(movement: string): readonly [string, string] {
  const changes = Object.entries(effects[movement] ?? {});
  const leaves = ([account, sign]: readonly [string, number]) =>
    sources.includes(account) ? sign > 0 : sign < 0;
  const from = changes.find(leaves)?.[0] ?? '?';
  const to = changes.find((change) => !leaves(change))?.[0] ?? '?';
  return [words[from] ?? from, words[to] ?? to];
}
