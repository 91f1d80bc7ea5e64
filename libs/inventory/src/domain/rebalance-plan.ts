import type { CellId } from '@entrepot/kernel';
import { horizonSeconds, ordersForPace } from './demand-rate.ts';

/**
 * When a cell asks others for units of a pool, whom, for how many, and what a donor gives. All of it is
 * advice: it bounds traffic and waiting and cannot touch safety, as the rules of the books clamp whatever
 * it says (`plan-bounds.ts`, `decide`). Rates are units per second.
 */

/** What one cell knows, or was last told, about a pool in a cell. */
export interface CellOutlook {
  readonly cell: CellId;
  readonly free: number;
  readonly rate: number;
  /** Of the own cell: what one order adds to a rate, so how many orders the rates of all rest on. */
  readonly perOrder?: number;
  /** Part of the demand that a forecast expects here, 0 to 1; an even part where there is none. */
  readonly share?: number;
}

/** How a pool stands, as one cell sees it. */
export interface PoolView {
  readonly own: CellOutlook;
  readonly peers: readonly CellOutlook[];
  readonly stage: ChunkStage;
}

export interface PlanSettings {
  /** Between two cells, there and back. */
  readonly roundTripSeconds: number;
  /** Between two looks at whether to ask ahead. */
  readonly periodSeconds: number;
  /** How long each cell should get on without the others, where stock allows. */
  readonly horizonSeconds: number;
}

export const defaultSettings: PlanSettings = {
  roundTripSeconds: 0.13,
  periodSeconds: 0.1,
  horizonSeconds,
};

/** One ask to one donor. */
export interface PlannedAsk {
  readonly donor: CellId;
  /** Units that somebody waits for. */
  readonly need: number;
  /** All that is wished for, the need included. */
  readonly units: number;
}

/** At or below so many free units in all cells, only what is needed moves. */
const tailUnits = 20;
/** Likewise at or below what all cells sell in so many round trips. */
const tailRoundTrips = 3;
/** In the tail rates are a few orders old: so many more count as seen, where the forecast expects them. */
const ordersExpected = 2;
/** While a unit is left in the tail, fewer are not worth a message. */
const leastInTail = 2;
/** Two standard deviations of the root of a count, which deviates by a half whatever the count is. */
const doubt = 1;
/** Likewise of the demand to come, in roots of what is expected of it. */
const chanceRoots = 2;
/** A cell asks ahead once what it has is gone in this many times the trip and the wait for the next look. */
const asksAheadTimes = 2;
/** What a donor keeps for its own shoppers in any case: as much as they take in two round trips. */
const donorRoundTrips = 2;

/** 0 with plenty, 1 below a quarter of the opening stock, 2 below 6 %: chunks are a quarter each time. */
export type ChunkStage = 0 | 1 | 2;
const shrinksAt = [0.25, 0.06] as const;
/** Chunks grow again only at twice the part at which they shrank, so that they do not flutter. */
const growsAtTimes = 2;

/** @param opening the most that all cells had since goods last came. */
export function chunkStageOf(total: number, opening: number, before: ChunkStage): ChunkStage {
  const part = opening > 0 ? total / opening : 0;
  const floor = part < shrinksAt[1] ? 2 : part < shrinksAt[0] ? 1 : 0;
  if (floor >= before) return floor;
  const mark = shrinksAt[before === 2 ? 1 : 0];
  return part >= mark * growsAtTimes ? floor : before;
}

/** The least that is worth a message, in units, while there is plenty. */
export const chunkOf = (total: number, cells: number, stage: ChunkStage): number =>
  Math.max(1, total / (4 * cells) / 4 ** stage);

const totalOf = (cells: readonly CellOutlook[]): number =>
  cells.reduce((sum, { free }) => sum + free, 0);
const rateOf = (cells: readonly CellOutlook[]): number =>
  cells.reduce((sum, { rate }) => sum + rate, 0);
const allOf = ({ own, peers }: PoolView): readonly CellOutlook[] => [own, ...peers];

/** The tail of a sale: the last units are consolidated by need, one exchange at a time. */
export function isTail(cells: readonly CellOutlook[], settings: PlanSettings): boolean {
  const soon = tailRoundTrips * settings.roundTripSeconds * rateOf(cells);
  return totalOf(cells) <= Math.max(tailUnits, soon);
}

/** What one order adds to a rate, as far as it is known; where this cell has seen none, as a pace begins. */
const perOrderOf = (cells: readonly CellOutlook[]): number =>
  cells.find(({ perOrder = 0 }) => perOrder > 0)?.perOrder ??
  Math.max(...cells.map(({ rate }) => rate)) / ordersForPace;

/**
 * The rates at the end of what chance allows that speaks for moving nothing: that of the asker lower than it
 * looks, those of the others higher. Asker and donor see much the same, so what is asked for will be given.
 */
function doubted(cells: readonly CellOutlook[], asker: CellId): readonly CellOutlook[] {
  const perOrder = perOrderOf(cells);
  if (perOrder === 0) return cells;
  return cells.map((of) => {
    const root = Math.sqrt(of.rate / perOrder) + (of.cell === asker ? -doubt : doubt);
    return { ...of, rate: perOrder * Math.max(0, root) ** 2 };
  });
}

/**
 * The units each cell should have of what all have together, in the order of the cells; they add up to
 * it. Each gets what it sells within the horizon and, of what is left then, its forecast share; where
 * there is not enough for that, the cells get parts as their rates are.
 */
export function targetsOf(cells: readonly CellOutlook[], settings: PlanSettings): number[] {
  const total = totalOf(cells);
  const wanted = cells.map(({ rate }) => rate * settings.horizonSeconds);
  const all = wanted.reduce((sum, units) => sum + units, 0);
  if (all >= total && all > 0) return wanted.map((units) => (units / all) * total);
  const shares = sharesOf(cells);
  return wanted.map((units, at) => units + (shares[at] ?? 0) * (total - all));
}

function sharesOf(cells: readonly CellOutlook[]): number[] {
  const given = cells.map(({ share }) => share ?? 1 / cells.length);
  const sum = given.reduce((all, share) => all + share, 0);
  return given.map((share) => (sum > 0 ? share / sum : 1 / cells.length));
}

/** Splits what a warehouse has at the start by the forecast: whole units, none lost, the larger rests first. */
export function openingSplit(units: number, shares: readonly number[]): number[] {
  const sum = shares.reduce((all, share) => all + share, 0);
  const exact = shares.map((share) => (sum > 0 ? share / sum : 1 / shares.length) * units);
  const whole = exact.map(Math.floor);
  const rest = units - whole.reduce((all, part) => all + part, 0);
  const byRest = exact
    .map((part, at) => ({ at, rest: part - Math.floor(part) }))
    .toSorted((left, right) => right.rest - left.rest || left.at - right.at);
  const favoured = new Set(byRest.slice(0, rest).map(({ at }) => at));
  return whole.map((part, at) => part + (favoured.has(at) ? 1 : 0));
}

/**
 * The whole units the first cell should have in the tail: one in each cell as long as there are so many, as
 * a cell that has one sells it while it asks for the next, and of the others parts roughly as the rates are.
 */
function partInTail(cells: readonly CellOutlook[]): number {
  const ordered = cells.toSorted((left, right) => (left.cell < right.cell ? -1 : 1));
  // what is not known to be sold yet counts: to ask in vain tells that it is gone
  const total = cells.reduce((sum, { free }) => sum + Math.ceil(free), 0);
  const each = total >= cells.length ? 1 : 0;
  const expected = ordersExpected * perOrderOf(cells);
  const shares = sharesOf(ordered);
  const rest = openingSplit(
    total - each * cells.length,
    ordered.map(({ rate }, at) => rate + expected * (shares[at] ?? 0)),
  );
  return each + (rest[ordered.findIndex(({ cell }) => cell === cells[0]?.cell)] ?? 0);
}

/** The part of the first cell, when units would move to the asker. */
function partOf(cells: readonly CellOutlook[], asker: CellId, settings: PlanSettings): number {
  if (isTail(cells, settings)) return partInTail(cells);
  // where stock outlasts the horizon it is shared as the forecast is, and rates count for little
  const isShort = rateOf(cells) * settings.horizonSeconds >= totalOf(cells);
  return targetsOf(isShort ? doubted(cells, asker) : cells, settings)[0] ?? 0;
}

/** What is wanted in a cell before the answer to the next ask but one can have come, in whole units. */
const neededSoon = (rate: number, { roundTripSeconds, periodSeconds }: PlanSettings): number =>
  Math.floor(rate * (2 * roundTripSeconds + periodSeconds));

/** What a cell lacks in the tail; nothing before its last unit may be gone when the answer comes. */
function lackingInTail(cells: readonly CellOutlook[], settings: PlanSettings): number {
  const [own] = cells;
  const { roundTripSeconds, periodSeconds } = settings;
  if (own === undefined || own.rate === 0) return 0;
  if (own.free >= 1 + own.rate * (roundTripSeconds + periodSeconds)) return 0;
  const wanted = Math.max(partInTail(cells), neededSoon(own.rate, settings));
  const lacking = Math.max(0, Math.floor(wanted - own.free));
  return own.free < 1 || lacking >= leastInTail ? lacking : 0;
}

/** Whether a cell could be short within the horizon, so that how others stand is worth knowing. */
export const mayRunShort = (
  { rate, free }: Pick<CellOutlook, 'rate' | 'free'>,
  settings: PlanSettings,
): boolean => free < Math.max(soldMeanwhile(rate, settings), rate * settings.horizonSeconds);

const soldMeanwhile = (rate: number, { roundTripSeconds, periodSeconds }: PlanSettings): number =>
  rate * (2 * roundTripSeconds + periodSeconds) * asksAheadTimes;

/**
 * Asks that nobody waits for, to those who have most. With plenty a cell asks once it has less than it
 * sells in twice the time an ask takes, or than it sells within the horizon as far as its part goes, and
 * only where half a chunk is lacking, and for the horizon more than chance makes of the demand to come; in
 * the tail for whole units, once its last may be gone when the answer comes.
 */
export function planAhead(pool: PoolView, settings: PlanSettings): readonly PlannedAsk[] {
  const { own, peers, stage } = pool;
  const cells = allOf(pool);
  if (isTail(cells, settings)) return spread(0, lackingInTail(cells, settings), peers);
  const target = partOf(cells, own.cell, settings);
  const forHorizon = Math.min(target, own.rate * settings.horizonSeconds);
  const isUrgent = own.free < soldMeanwhile(own.rate, settings);
  if (!isUrgent && own.free >= forHorizon) return [];
  const lacking = target - own.free;
  const chunk = chunkOf(totalOf(cells), cells.length, stage);
  const byChance = isUrgent ? 0 : chanceRoots * Math.sqrt(target);
  if (lacking <= Math.max(1, chunk / 2, byChance)) return [];
  return spread(0, Math.floor(lacking), peers);
}

/**
 * Asks on behalf of orders that wait for `need` units: those, what will be needed until the answer can
 * come, and what brings the cell to its part. This holds in the tail too, where asking for the need alone
 * takes more messages and makes more wait.
 */
export function planNeed(
  pool: PoolView,
  need: number,
  settings: PlanSettings,
): readonly PlannedAsk[] {
  const { own, peers } = pool;
  const part = partOf(allOf(pool), own.cell, settings);
  const soon = need + neededSoon(own.rate, settings);
  const ahead = Math.max(soon, Math.floor(part - own.free));
  return spread(need, Math.max(need, ahead), peers);
}

/**
 * The richest first, each for what it is known to have. What is known may be old: where it is not enough,
 * each is asked for the rest as well.
 */
function spread(need: number, units: number, peers: readonly CellOutlook[]): readonly PlannedAsk[] {
  const ordered = richestFirst(peers).map(({ cell, free }) => ({ cell, known: Math.floor(free) }));
  const allKnown = ordered.reduce((sum, { known }) => sum + known, 0);
  const [needLeft, unitsLeft] = [need, units].map((all) => Math.max(0, all - allKnown));
  let before = 0;
  return ordered
    .map(({ cell, known }): PlannedAsk => {
      const part = (all: number): number => Math.min(Math.max(0, all - before), known);
      const ask = {
        donor: cell,
        need: part(need) + (needLeft ?? 0),
        units: part(units) + (unitsLeft ?? 0),
      };
      before += known;
      return ask;
    })
    .filter((ask) => ask.units > 0);
}

export const richestFirst = (peers: readonly CellOutlook[]): readonly CellOutlook[] =>
  peers.toSorted((left, right) => right.free - left.free || (left.cell < right.cell ? -1 : 1));

/** An ask as its donor sees it. */
export interface SeenAsk extends Pick<PlannedAsk, 'need' | 'units'> {
  /** The home of the warehouse lacks units that were promised. */
  readonly isRecall?: boolean;
}

/**
 * How many units a donor gives: what somebody waits for as far as there is any, and beyond that only
 * what it has above its own part and above what its shoppers take in two round trips. To the home that
 * lost units it gives all: here they could only be promised again.
 * @param pool as the donor sees it; its first peer is the asker.
 */
export function planGrant(pool: PoolView, ask: SeenAsk, settings: PlanSettings): number {
  const { own } = pool;
  if (ask.isRecall === true) return own.free;
  const asker = pool.peers[0];
  const needed = Math.min(ask.need, own.free);
  const spare = own.free - needed;
  const wish = Math.max(0, ask.units - needed);
  if (asker === undefined || wish === 0) return needed;
  const part = partOf(allOf(pool), asker.cell, settings);
  const soldSoon = Math.floor(own.rate * settings.roundTripSeconds * donorRoundTrips);
  const keeps = Math.max(part, soldSoon);
  return needed + Math.max(0, Math.min(wish, Math.floor(spare - keeps)));
}
