/**
 * How fast a pool is asked for in one cell, learnt from what was asked. Two exponentially weighted
 * windows over ticks of 0.1 s: a short one that sees a flash sale within a tick or two, and one as long as
 * the horizon for goods of which a few go in an hour. Instants are seconds on any clock that does not go
 * back; nothing here can touch safety.
 */
export interface DemandRate {
  /** The tick that is still open, and what was asked for in it. */
  readonly tick: number;
  readonly open: Asked;
  /** The tick of the first order after a silence as long as the horizon. */
  readonly since: number;
  readonly short: Asked;
  readonly long: Asked;
}

/** What was asked for in a while. */
export interface Asked {
  readonly units: number;
  readonly orders: number;
}

const ticksPerSecond = 10;
const tickSeconds = 1 / ticksPerSecond;
/** Weight of the newest tick in the short window: about half a second counts. */
const shortWeight = 0.2;
/** How long a cell should get on without the others where stock allows. */
export const horizonSeconds = 300;
const longWeight = tickSeconds / horizonSeconds;
/** Fewer orders than this are no pace: one large order must not look like a flash sale. */
export const ordersForPace = 3;
/** Standard deviations above the mean that are no chance. */
const deviations = 3;

const nothing: Asked = { units: 0, orders: 0 };

export const noDemand = (at: number): DemandRate => {
  const tick = tickOf(at);
  return { tick, open: nothing, since: tick, short: nothing, long: nothing };
};

/** Counts an order, also one that was refused: demand is what was wanted. */
export const withOrder = (
  rate: DemandRate | undefined,
  { at, units }: { readonly at: number; readonly units: number },
): DemandRate => withOrders(rate, { at, units, orders: 1 });

/** Counts what several orders wanted of a pool since they were last counted. */
export function withOrders(
  rate: DemandRate | undefined,
  { at, ...asked }: Asked & { readonly at: number },
): DemandRate {
  const tick = tickOf(at);
  const isNew = rate === undefined || (tick - rate.tick) * tickSeconds > horizonSeconds;
  const now = isNew ? noDemand(at) : closedUntil(rate, tick);
  return { ...now, open: plus(now.open, asked) };
}

/** How fast a pool is asked for, and how much is known of it. */
export interface DemandPace {
  /** Units per second; the tick that is open is not counted yet. */
  readonly rate: number;
  /** What one order adds to the rate: it rests on as many orders as it is times that. 0 without orders. */
  readonly perOrder: number;
}

export function paceAt(demand: DemandRate | undefined, at: number): DemandPace {
  if (demand === undefined) return { rate: 0, perOrder: 0 };
  const { tick, since, short, long } = closedUntil(demand, tickOf(at));
  const age = tick - since;
  const isYoung = long.orders < ordersForPace;
  const steady = paceOf(long.units, longWeight, isYoung ? Infinity : age);
  const fast = isBurst(short, long, age) ? paceOf(short.units, shortWeight, age) : 0;
  if (fast > steady) return { rate: fast, perOrder: fast / short.orders };
  const perOrder = long.orders > 0 ? paceOf(long.units, longWeight, age) / long.orders : 0;
  return { rate: steady, perOrder };
}

/**
 * The short window has more orders than chance puts there at the pace of the long one; else a slow cell
 * would look fast each time that a few of its orders come together.
 */
function isBurst(short: Asked, long: Asked, age: number): boolean {
  const expected = paceOf(long.orders, longWeight, age) / paceOf(1, shortWeight, age);
  return short.orders >= Math.max(ordersForPace, expected + deviations * Math.sqrt(expected));
}

/** What a window of that weight says after `age` ticks; a young window has not filled yet. */
const paceOf = (count: number, weight: number, age: number): number =>
  age <= 0 ? 0 : (count * weight) / tickSeconds / (1 - (1 - weight) ** age);

function closedUntil(rate: DemandRate, tick: number): DemandRate {
  const ticks = tick - rate.tick;
  if (ticks <= 0) return rate;
  const { open, short, long, since } = rate;
  return {
    tick,
    open: nothing,
    since,
    short: faded(plus(faded(short, shortWeight, 1), open), shortWeight, ticks - 1),
    long: faded(plus(faded(long, longWeight, 1), open), longWeight, ticks - 1),
  };
}

const tickOf = (at: number): number => Math.floor(at * ticksPerSecond);

const plus = (one: Asked, other: Asked): Asked => ({
  units: one.units + other.units,
  orders: one.orders + other.orders,
});

function faded({ units, orders }: Asked, weight: number, ticks: number): Asked {
  const left = (1 - weight) ** ticks;
  return { units: units * left, orders: orders * left };
}
