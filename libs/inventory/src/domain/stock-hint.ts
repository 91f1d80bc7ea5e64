import type { CellId } from '@entrepot/kernel';
import { bandOf, lowUnits, type Availability } from './availability.ts';
import type { PoolId } from './pool.ts';

/**
 * What a shop window may show of goods. A hint of all cells together, of different instants, so it is
 * never a number: two cells would promise the same units by it. Nothing says that there are none, for
 * only an order that was refused can prove that.
 */
export const stockBands = ['MANY', 'FEW', 'CHECKING'] as const;
export type StockBand = (typeof stockBands)[number];

/** What another cell last said of a pool. */
export interface PeerReport {
  readonly peer: CellId;
  /** Units that were free there. */
  readonly free: number;
  /** Units it had given to this cell, ever. */
  readonly granted: number;
  /** Units of its that this cell has taken in by now, ever. */
  readonly applied: number;
  readonly ageSeconds: number;
}

/** How a pool stands, as far as a cell knows without asking another. */
export interface PoolHint {
  readonly pool: PoolId;
  /** Units free in this cell. */
  readonly free: number;
  readonly reports: readonly PeerReport[];
}

export interface StockHint {
  readonly band: StockBand;
  /** Age of the oldest word of another cell that the band counts; undefined where it counts none. */
  readonly peersHeardSecondsAgo: number | undefined;
}

/** What a cell said longer ago counts for nothing: its units may have been sold since. */
export const reportLifeSeconds = 300;

const isFresh = ({ ageSeconds }: PeerReport): boolean => ageSeconds <= reportLifeSeconds;

/** What was given is never taken back, so it is on its way however old the word is. */
const inTransitBy = ({ granted, applied }: PeerReport): number => Math.max(0, granted - applied);

/** What this cell took in after the word was said was free there then, and is counted here now. */
const freeBy = ({ free, granted, applied }: PeerReport): number =>
  Math.max(0, free - Math.max(0, applied - granted));

/**
 * The band of goods that may lie in several pools. No unit counts twice: one in transit counts at the
 * cell that will take it in, and no longer at the one that gave it.
 */
export function hintOf(pools: readonly PoolHint[]): StockHint {
  const reports = pools.flatMap((pool) => pool.reports);
  const fresh = reports.filter(isFresh);
  const units = freeOf(pools) + sumOf(reports, inTransitBy) + sumOf(fresh, freeBy);
  const ages = fresh.map(({ ageSeconds }) => ageSeconds);
  return {
    band: units > lowUnits ? 'MANY' : units > 0 ? 'FEW' : 'CHECKING',
    peersHeardSecondsAgo: ages.length === 0 ? undefined : Math.max(...ages),
  };
}

export interface AvailabilityQuestion {
  /** At least 1. */
  readonly quantity: number;
  readonly pools: readonly PoolHint[];
  /** All cells together had only so many, by a proof of the last moment; undefined without one. */
  readonly provenUnits: number | undefined;
  /** Cells that have not been heard of late. */
  readonly silentPeers: ReadonlySet<CellId>;
}

/** The answer to a read, from this cell's own units, a fresh proof, and who is there to be asked. */
export function answerOf(question: AvailabilityQuestion): Availability {
  const { quantity, pools, provenUnits, silentPeers } = question;
  const free = freeOf(pools);
  if (free >= quantity) return bandOf(free, false);
  if (provenUnits === 0) return { answer: 'GLOBAL_EMPTY' };
  if (provenUnits !== undefined && provenUnits < quantity) {
    return { answer: 'INSUFFICIENT', available: provenUnits };
  }
  const reports = pools.flatMap((pool) => pool.reports);
  const reachable = reports.filter((report) => isFresh(report) && !silentPeers.has(report.peer));
  const units = free + sumOf(reports, inTransitBy) + sumOf(reachable, freeBy);
  return silentPeers.size > 0 && units < quantity
    ? { answer: 'PEER_UNREACHABLE' }
    : { answer: 'BORROWING' };
}

const freeOf = (pools: readonly PoolHint[]): number =>
  pools.reduce((sum, { free }) => sum + free, 0);

const sumOf = (reports: readonly PeerReport[], unitsBy: (report: PeerReport) => number): number =>
  reports.reduce((sum, report) => sum + unitsBy(report), 0);
