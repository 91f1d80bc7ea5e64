/** What a cell carries out: the commands of shoppers and warehouses, and the messages between cells. */
export const workKinds = [
  'RESERVE',
  'CONFIRM',
  'RELEASE',
  'EXPIRE',
  'CANCEL',
  'SHIP',
  'MINT',
  'BORROW',
  'GRANT',
  'QUOTA_GRANTED',
  'TOTALS',
  'ACK',
  'WITNESS',
  'READOPT',
  'VIEW',
  'REPAIR',
] as const;
export type WorkKind = (typeof workKinds)[number];

/**
 * Where a process can die while it carries something out: it has heard of it, the commands stand in the
 * lane, they are committed and nobody has heard, and all that followed from the answer has been done
 * (a reply or an ask is on its way).
 *
 * Of one borrow these are: the ask is sent (RESERVE after answer), the donor has heard it (BORROW heard,
 * before commit), has given and not answered (BORROW after commit), the receiver has heard (GRANT heard,
 * before commit), has taken in and woken nobody (GRANT after commit), has served whoever waited (RESERVE
 * after commit).
 *
 * Of one recovery: a movement is told to the witness and not noted as told (WITNESS before commit), what the witness knows
 * is written in (READOPT, rights and reservations one after the other), a peer has heard the new epoch and not answered
 * (VIEW after commit), its view is taken in (REPAIR).
 */
export const crashPoints = ['heard', 'before commit', 'after commit', 'after answer'] as const;
export type CrashPoint = (typeof crashPoints)[number];

export const faultKinds = [
  'message lost',
  'message doubled',
  'message late',
  'answer lost',
  'request doubled',
  'link cut',
  'link cut one way',
  'links stopped one by one',
  'crash',
  'fail-over',
  'pause',
  'clock set',
  'epoch raised',
  'acknowledgement overstated',
  'delivery sent astray',
  'restored from a backup',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** What came of restores. */
export const recoveryFigures = [
  'recoveries ended',
  'reservations readopted',
  'units suspended',
  'units owed',
  'units sold that nobody remembers',
] as const;
export type RecoveryFigure = (typeof recoveryFigures)[number];

/** Counts that can be added up over runs and workers. */
export interface Tally {
  runs: number;
  events: number;
  virtualMs: number;
  readonly faults: Record<FaultKind, number>;
  readonly crashes: Record<WorkKind, Record<CrashPoint, number>>;
  readonly recovery: Record<RecoveryFigure, number>;
}

const zeroes = <K extends string>(keys: readonly K[]): Record<K, number> =>
  Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>;

export const emptyTally = (): Tally => ({
  runs: 0,
  events: 0,
  virtualMs: 0,
  faults: zeroes(faultKinds),
  crashes: Object.fromEntries(workKinds.map((kind) => [kind, zeroes(crashPoints)])) as Record<
    WorkKind,
    Record<CrashPoint, number>
  >,
  recovery: zeroes(recoveryFigures),
});

export function addTally(sum: Tally, more: Tally): void {
  sum.runs += more.runs;
  sum.events += more.events;
  sum.virtualMs += more.virtualMs;
  for (const kind of faultKinds) sum.faults[kind] += more.faults[kind];
  for (const figure of recoveryFigures) sum.recovery[figure] += more.recovery[figure];
  for (const kind of workKinds) {
    for (const point of crashPoints) sum.crashes[kind][point] += more.crashes[kind][point];
  }
}

export const faultsOf = ({ faults }: Tally): number =>
  Object.values(faults).reduce((sum, count) => sum + count, 0);

/** The pairs of work and crash point met less often than this. */
export function uncovered({ crashes }: Tally, least: number): string[] {
  return workKinds.flatMap((kind) =>
    crashPoints
      .filter((point) => crashes[kind][point] < least)
      .map((point) => `${kind} ${point}: ${crashes[kind][point]}`),
  );
}
