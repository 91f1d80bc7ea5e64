import type { Sku } from '@entrepot/kernel';
import { allocate, type PoolOutlook } from './allocate.ts';
import type { Availability } from './availability.ts';
import { byPoolId, partsOf, type PoolId } from './pool.ts';

export interface OrderLine {
  /** The caller's own name for the line. */
  readonly line: string;
  readonly sku: Sku;
  readonly quantity: number;
}

export interface DroppedLine {
  readonly line: string;
  readonly sku: Sku;
  readonly quantity: number;
  readonly availability: Availability;
}

interface PlannedSku {
  readonly lines: readonly OrderLine[];
  readonly outlooks: readonly PoolOutlook[];
  readonly portions: readonly Demand[];
}

export interface Demand {
  readonly pool: PoolId;
  readonly quantity: number;
}

/** What an order still wants, holds and has given up. A value: every step makes a new one. */
export interface ReservationPlan {
  readonly skus: ReadonlyMap<Sku, PlannedSku>;
  readonly dropped: readonly DroppedLine[];
  /** Held units that no kept line needs any more. */
  readonly surplus: readonly Demand[];
  /** A pool proved empty after another of the same SKU was held: only a new round can spread anew. */
  readonly mustRestart: boolean;
}

/** Sums the lines per SKU and spreads each sum over its pools. */
export function planReservation(
  lines: readonly OrderLine[],
  outlooksOf: (sku: Sku) => readonly PoolOutlook[],
): ReservationPlan {
  const bySku = Map.groupBy(lines, ({ sku }) => sku);
  const skus = new Map(
    [...bySku].map(([sku, ofSku]) => [sku, spread(ofSku, outlooksOf(sku))] as const),
  );
  const empty: ReservationPlan = { skus, dropped: [], surplus: [], mustRestart: false };
  return [...skus].reduce((plan, [sku, planned]) => {
    if (sumOf(planned.portions) === sumOf(planned.lines)) return plan;
    // held earlier under another spread, or known to have no pool with units at all
    const isHeld = planned.outlooks.some(({ held }) => held !== undefined);
    return isHeld ? { ...plan, mustRestart: true } : giveUp(plan, sku, planned);
  }, empty);
}

/**
 * Pools to reserve, one demand each, in the order in which they must be taken. Of goods that lie in
 * several, the pool that is asked for more than it has here comes alone: what it turns out to have
 * decides what the others must add, and what is held cannot be changed within a round.
 */
export function demandsOf(plan: ReservationPlan): Demand[] {
  return [...plan.skus.values()]
    .flatMap(({ portions, outlooks }) => {
      const outlookOf = new Map(outlooks.map((of) => [of.pool, of]));
      const open = portions.filter(({ pool }) => !outlookOf.get(pool)?.held);
      const asked = open.filter(({ pool, quantity }) => exceeds(quantity, outlookOf.get(pool)));
      return asked.length > 0 ? asked : open;
    })
    .toSorted((left, right) => byPoolId(left.pool, right.pool));
}

const exceeds = (quantity: number, outlook: PoolOutlook | undefined): boolean =>
  outlook?.ceiling === undefined && quantity > (outlook?.free ?? 0);

export function heldBy(plan: ReservationPlan): Demand[] {
  return [...plan.skus.values()]
    .flatMap(({ outlooks }) => outlooks)
    .flatMap(({ pool, held }) => (held === undefined ? [] : [{ pool, quantity: held }]));
}

/** Where else the goods of a pool might be, of which this cell knows nothing. */
export function unknownSiblingsOf(plan: ReservationPlan, pool: PoolId): PoolId[] {
  const outlooks = plan.skus.get(partsOf(pool).sku)?.outlooks ?? [];
  return outlooks
    .filter((of) => of.pool !== pool && !of.isKnown)
    .filter(({ ceiling, held }) => ceiling === undefined && held === undefined)
    .map((of) => of.pool);
}

export function withHeld(plan: ReservationPlan, held: readonly Demand[]): ReservationPlan {
  return held.reduce((current, { pool, quantity }) => {
    return replace(current, pool, (planned) => ({
      ...planned,
      outlooks: learn(planned.outlooks, pool, { held: quantity }),
    }));
  }, plan);
}

/**
 * A pool proved to have no more than `available`: its SKU is spread over what is left, or lines are
 * dropped. A line is dropped whole, never trimmed; earlier lines keep precedence.
 */
export function withCeiling(
  plan: ReservationPlan,
  pool: PoolId,
  available: number,
): ReservationPlan {
  const { sku } = partsOf(pool);
  const planned = plan.skus.get(sku);
  if (planned === undefined) return plan;
  const outlooks = learn(planned.outlooks, pool, { ceiling: available });
  const respread = spread(planned.lines, outlooks);
  const missing = sumOf(planned.lines) - sumOf(respread.portions);
  if (missing === 0) return set(plan, sku, respread);
  if (outlooks.some(({ held, ceiling }) => held !== undefined && ceiling === undefined)) {
    return { ...plan, mustRestart: true };
  }
  return giveUp(plan, sku, { ...respread, lines: planned.lines });
}

/** Keeps the lines that fit, in their order; with a part already held elsewhere none is kept. */
function giveUp(plan: ReservationPlan, sku: Sku, planned: PlannedSku): ReservationPlan {
  const available = sumOf(planned.portions);
  const held = planned.outlooks.filter((of) => of.held !== undefined);
  let left = held.length > 0 ? 0 : available;
  const kept = planned.lines.filter(({ quantity }) => {
    if (quantity > left) return false;
    left -= quantity;
    return true;
  });
  const availability: Availability =
    available === 0 ? { answer: 'GLOBAL_EMPTY' } : { answer: 'INSUFFICIENT', available };
  const dropped = planned.lines
    .filter((line) => !kept.includes(line))
    .map((line) => ({ ...line, availability }));
  const outlooks = planned.outlooks.filter((of) => of.held === undefined);
  return {
    ...set(plan, sku, spread(kept, outlooks)),
    dropped: [...plan.dropped, ...dropped],
    surplus: [...plan.surplus, ...held.map(({ pool, held: quantity = 0 }) => ({ pool, quantity }))],
  };
}

function spread(lines: readonly OrderLine[], outlooks: readonly PoolOutlook[]): PlannedSku {
  return { lines, outlooks, portions: allocate(sumOf(lines), outlooks).portions };
}

function learn(
  outlooks: readonly PoolOutlook[],
  pool: PoolId,
  news: Pick<PoolOutlook, 'held'> | Pick<PoolOutlook, 'ceiling'>,
): PoolOutlook[] {
  return outlooks.map((outlook) => (outlook.pool === pool ? { ...outlook, ...news } : outlook));
}

function replace(
  plan: ReservationPlan,
  pool: PoolId,
  change: (planned: PlannedSku) => PlannedSku,
): ReservationPlan {
  const { sku } = partsOf(pool);
  const planned = plan.skus.get(sku);
  return planned === undefined ? plan : set(plan, sku, change(planned));
}

const set = (plan: ReservationPlan, sku: Sku, planned: PlannedSku): ReservationPlan => ({
  ...plan,
  skus: new Map(plan.skus).set(sku, planned),
});

const sumOf = (parts: readonly { readonly quantity: number }[]): number =>
  parts.reduce((sum, { quantity }) => sum + quantity, 0);
