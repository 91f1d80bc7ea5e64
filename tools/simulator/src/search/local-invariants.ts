import { findBreaches, terminalStates, thePool } from '@entrepot/inventory/model';
import type { Account, CellStock, Outcome } from '@entrepot/inventory/model';

const counters: readonly Account[] = [
  'SUPPLY',
  'APPLIED',
  'SHIPPED',
  'GRANTED',
  'WRITTEN_OFF',
  'TRANSFERRED',
];

/** Outcomes that lawful callers never meet unless something durable was lost or written twice. */
const alarms: ReadonlySet<Outcome> = new Set(['CONFLICT', 'REGRESSED', 'STALE_EPOCH', 'NOT_HOME']);

/** What one commit of a cell broke, one sentence each: its invariants, and that totals only rise. */
export function findCommitBreaches(
  before: CellStock,
  after: CellStock,
  outcome?: Outcome,
): readonly string[] {
  return [
    ...findBreaches(after),
    ...findFallenTotals(before, after),
    ...findReopened(before, after),
    ...(outcome !== undefined && alarms.has(outcome) ? [`${after.cell}: ${outcome}`] : []),
  ];
}

function findFallenTotals(before: CellStock, after: CellStock): string[] {
  const [was, is] = [before.pools.get(thePool), after.pools.get(thePool)];
  if (was === undefined) return [];
  const fallen = counters.filter((account) => (is?.balances[account] ?? 0) < was.balances[account]);
  const channels = [...was.channels.values()].flatMap((channel) => {
    const now = is?.channels.get(channel.peer);
    const totals = ['granted', 'applied', 'acked', 'grants'] as const;
    return totals.filter((total) => (now?.[total] ?? 0) < channel[total]);
  });
  const forgotten = [...before.peerEpochs].filter(
    ([peer, epoch]) => (after.peerEpochs.get(peer) ?? 0) < epoch,
  );
  const hasLostCredits = (is?.credits ?? 0) < was.credits;
  const epochs = forgotten.map(([peer]) => `the epoch of ${peer}`);
  return [...fallen, ...channels, ...epochs, ...(hasLostCredits ? ['credits'] : [])].map(
    (total) => `${after.cell}: ${total} fell`,
  );
}

function findReopened(before: CellStock, after: CellStock): string[] {
  return [...before.reservations.values()]
    .filter(({ id, state }) => {
      const now = after.reservations.get(id)?.state;
      return now === undefined || (terminalStates.includes(state) && now !== state);
    })
    .map(() => `${after.cell}: an ended reservation is open again, or one is gone`);
}
