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
const ordersForPace = 3;

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

/** Units per second as of `at`; the tick that is open is not counted yet. */
export function unitsPerSecond(rate: DemandRate | undefined, at: number): number {
  if (rate === undefined) return 0;
  const { tick, since, short, long } = closedUntil(rate, tickOf(at));
  const age = tick - since;
  const pace = short.orders < ordersForPace ? 0 : paceOf(short, shortWeight, age);
  return Math.max(pace, paceOf(long, longWeight, long.orders < ordersForPace ? Infinity : age));
}

/** What a window of that weight says after `age` ticks; a young window has not filled yet. */
const paceOf = ({ units }: Asked, weight: number, age: number): number =>
  age <= 0 ? 0 : (units * weight) / tickSeconds / (1 - (1 - weight) ** age);

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
