import type { CellId } from '@entrepot/kernel';
import { emptyBalances, move, type Balances, type Movement } from './accounts.ts';
import type { PoolId } from './pool.ts';

/** What the journal says that a channel has sent and taken in. Units, ever. */
export interface ChannelSums {
  readonly granted: number;
  readonly applied: number;
}

/** The journal of one pool, added up as far as an auditor has read it. */
export interface JournalSums {
  readonly balances: Balances;
  readonly channels: Readonly<Record<CellId, ChannelSums>>;
}

export const emptySums: JournalSums = { balances: emptyBalances, channels: {} };

/** Entries of one pool with the same movement, and the same peer where units crossed. Units. */
export interface JournalPart {
  readonly movement: Movement;
  readonly peer: CellId | null;
  readonly units: number;
}

/** What the tables hold of one pool in the snapshot in which its journal was read. */
export interface PoolBooksFound {
  readonly home: CellId;
  readonly balances: Balances;
  readonly channels: Readonly<Record<CellId, ChannelSums & { readonly acked: number }>>;
}

export const bookFaults = [
  /** A balance is not the sum of the journal. */
  'JOURNAL_DIFFERS',
  /** What came in, less what went out, is not what is here; or an account is below zero. */
  'POOL_NOT_CONSERVED',
  'SELLS_WHILE_IT_OWES',
  /** A channel is not what the journal says that crossed, or the channels are not their balance. */
  'CHANNEL_DIFFERS',
  /** A total that only rises has fallen: something durable was lost. */
  'CHANNEL_REGRESSED',
  'ACKED_MORE_THAN_GRANTED',
  /** A cell that has not the warehouse spoke for its shelf. */
  'FOREIGN_SHELF',
  /** A reservation is not where its last movement left it. */
  'RESERVATION_DIFFERS',
] as const;
export type BookFault = (typeof bookFaults)[number];

export interface BookFinding {
  readonly pool: PoolId;
  readonly fault: BookFault;
  /** The figures that do not agree: names of accounts and cells, units. */
  readonly figures: Readonly<Record<string, string | number>>;
}

const sending: readonly Movement[] = ['GRANT', 'GRANT_FROM_SUSPENSE', 'GRANT_FROM_DEFICIT'];

/** The sums with these entries. Entries of one pool may come in any grouping: only their units count. */
export function addJournal(sums: JournalSums, parts: readonly JournalPart[]): JournalSums {
  return parts.reduce((all, { movement, peer, units }) => {
    const balances = move(all.balances, movement, units);
    if (peer === null) return { ...all, balances };
    const { granted, applied } = all.channels[peer] ?? { granted: 0, applied: 0 };
    const channel = sending.includes(movement)
      ? { granted: granted + units, applied }
      : { granted, applied: applied + units };
    return { balances, channels: { ...all.channels, [peer]: channel } };
  }, sums);
}

/** What is wrong with the books of a pool, held against its whole journal; empty when they agree. */
export function auditPool(
  cell: CellId,
  pool: PoolId,
  { before, sums, found }: { before: JournalSums; sums: JournalSums; found: PoolBooksFound },
): BookFinding[] {
  const at = (fault: BookFault, figures: BookFinding['figures']): BookFinding => ({
    ...{ pool, fault, figures },
  });
  return [
    ...differencesOf(sums.balances, found.balances).map((of) => at('JOURNAL_DIFFERS', of)),
    ...imbalanceOf(found.balances).map((of) => at('POOL_NOT_CONSERVED', of)),
    ...(found.balances.DEFICIT > 0 && found.balances.FREE > 0
      ? [at('SELLS_WHILE_IT_OWES', { free: found.balances.FREE, owed: found.balances.DEFICIT })]
      : []),
    ...channelDifferencesOf(sums, found).map((of) => at('CHANNEL_DIFFERS', of)),
    ...regressionsOf(before, found).map((of) => at('CHANNEL_REGRESSED', of)),
    ...Object.entries(found.channels)
      .filter(([, { acked, granted }]) => acked > granted)
      .map(([peer, { acked, granted }]) => at('ACKED_MORE_THAN_GRANTED', { peer, acked, granted })),
    ...foreignActsOf(cell, found).map((of) => at('FOREIGN_SHELF', of)),
  ];
}

type Figures = BookFinding['figures'];

function differencesOf(journal: Balances, balances: Balances): Figures[] {
  return Object.entries(balances).flatMap(([account, balance]) => {
    const summed = journal[account as keyof Balances];
    return summed === balance ? [] : [{ account, balance, journal: summed }];
  });
}

function imbalanceOf(of: Balances): Figures[] {
  const came = of.SUPPLY + of.APPLIED + of.DEFICIT - of.GRANTED - of.WRITTEN_OFF - of.TRANSFERRED;
  const here = of.FREE + of.HELD + of.SOLD + of.SHIPPED + of.SAFETY + of.QUARANTINE + of.SUSPENSE;
  const negative = Object.entries(of).filter(([, units]) => units < 0);
  return [
    ...(came === here ? [] : [{ came, here }]),
    ...negative.map(([account, units]) => ({ account, units })),
  ];
}

function channelDifferencesOf(
  sums: JournalSums,
  { balances, channels }: PoolBooksFound,
): Figures[] {
  const peers = new Set([...Object.keys(sums.channels), ...Object.keys(channels)]) as Set<CellId>;
  const single = [...peers].flatMap((peer) => {
    const { granted, applied } = channels[peer] ?? { granted: 0, applied: 0 };
    const { granted: sent, applied: taken } = sums.channels[peer] ?? { granted: 0, applied: 0 };
    return granted === sent && applied === taken ? [] : [{ peer, granted, sent, applied, taken }];
  });
  const all = Object.values(channels);
  const granted = all.reduce((sum, of) => sum + of.granted, 0);
  const applied = all.reduce((sum, of) => sum + of.applied, 0);
  const isSum = granted === balances.GRANTED && applied === balances.APPLIED;
  return isSum ? single : [...single, { granted, applied }];
}

function regressionsOf(before: JournalSums, { channels }: PoolBooksFound): Figures[] {
  return Object.entries(before.channels).flatMap(([peer, was]) => {
    const { granted, applied } = channels[peer as CellId] ?? { granted: 0, applied: 0 };
    if (granted >= was.granted && applied >= was.applied) return [];
    return [{ peer, granted, wasGranted: was.granted, applied, wasApplied: was.applied }];
  });
}

function foreignActsOf(cell: CellId, { home, balances }: PoolBooksFound): Figures[] {
  const { SUPPLY, SAFETY, QUARANTINE, WRITTEN_OFF, TRANSFERRED } = balances;
  const units = SUPPLY + SAFETY + QUARANTINE + WRITTEN_OFF + TRANSFERRED;
  return home !== cell && units > 0 ? [{ home, units }] : [];
}
