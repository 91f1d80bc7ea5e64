import type { ConservationVector, PoolTotals } from '@entrepot/inventory/model';
import type { Breach } from '../breach.ts';
import { breach } from '../breach.ts';

type Account = keyof PoolTotals['balances'];

/** Totals that no rule of the stock ever lowers. */
const rising: readonly Account[] = [
  ...(['SUPPLY', 'APPLIED', 'SHIPPED', 'GRANTED', 'WRITTEN_OFF', 'TRANSFERRED'] as const),
];
const placed: readonly Account[] = [
  ...(['FREE', 'HELD', 'SOLD', 'SHIPPED', 'SAFETY', 'QUARANTINE', 'SUSPENSE'] as const),
];

export const unitsIn = ({ balances }: PoolTotals, account: Account): number =>
  balances[account] ?? 0;
export const placedUnits = (of: PoolTotals): number =>
  placed.reduce((sum, account) => sum + unitsIn(of, account), 0);
/** What came in by its home and was promised beyond, less what left the warehouses. */
export const existingUnits = (of: PoolTotals): number =>
  unitsIn(of, 'SUPPLY') +
  unitsIn(of, 'DEFICIT') -
  unitsIn(of, 'WRITTEN_OFF') -
  unitsIn(of, 'TRANSFERRED');

/** What a pool was told to be, by the place of the vector in its chain. */
interface Told {
  readonly at: number;
  readonly of: PoolTotals;
}

/** The books of a cell as its vectors tell them, one after the other. */
export class ToldBooks {
  private readonly history = new Map<string, Told[]>();
  private readonly firsts = new Map<number, number>();
  readonly breaches: Breach[] = [];
  /** The first vector by which every pool of the cell has been told; undefined where that never was so. */
  readonly wholeSince: number | undefined;

  constructor(
    readonly cell: string,
    readonly vectors: readonly ConservationVector[],
  ) {
    for (const [at, { pools }] of vectors.entries()) for (const of of pools) this.hear(of, at);
    this.wholeSince = firstWhole(vectors);
  }

  get pools(): IterableIterator<string> {
    return this.history.keys();
  }

  /** A pool as of a vector; undefined where nobody has told it by then. */
  poolAt(pool: string, at: number): PoolTotals | undefined {
    return this.history.get(pool)?.findLast((told) => told.at <= at)?.of;
  }

  /** Every telling of every pool. */
  *tellings(): Generator<Told> {
    for (const tellings of this.history.values()) yield* tellings;
  }

  /**
   * The first vector that was taken at an instant or later and leaves out no pool that had changed by then. While a cell
   * recovers its books may be behind what it gave.
   */
  firstFrom(instant: number): number | undefined {
    const at = this.firsts.get(instant) ?? this.searchFrom(instant);
    this.firsts.set(instant, at);
    return at < 0 ? undefined : at;
  }

  private searchFrom(instant: number): number {
    return this.vectors.findIndex(
      ({ isComplete, state, notBefore }) =>
        isComplete && state !== 'RECOVERING' && Date.parse(notBefore) >= instant,
    );
  }

  private hear(of: PoolTotals, at: number): void {
    const known = this.history.get(of.pool);
    const before = known?.at(-1)?.of;
    const number = this.vectors[at]?.number ?? 0;
    this.breaches.push(...checkPool(this.cell, number, of));
    if (before !== undefined) this.breaches.push(...checkRise(this.cell, number, { before, of }));
    if (known === undefined) this.history.set(of.pool, [{ at, of }]);
    else known.push({ at, of });
  }
}

/** The slices go round by pool id: once one has begun at the beginning and the next ones have reached the end. */
function firstWhole(vectors: readonly ConservationVector[]): number | undefined {
  let reached: string | undefined;
  for (const [at, { slice }] of vectors.entries()) {
    const continues = slice.after === '' || (reached !== undefined && slice.after === reached);
    if (continues && slice.through === null) return at;
    reached = continues ? (slice.through ?? undefined) : undefined;
  }
  return undefined;
}

function checkPool(cell: string, number: number, of: PoolTotals): Breach[] {
  const row = { cell, number, pool: of.pool };
  const came = existingUnits(of) + unitsIn(of, 'APPLIED') - unitsIn(of, 'GRANTED');
  const here = placedUnits(of);
  const sum = (total: 'granted' | 'applied') =>
    of.channels.reduce((all, channel) => all + channel[total], 0);
  const negative = Object.entries(of.balances).filter(([, units]) => units < 0);
  const shelf = unitsIn(of, 'SUPPLY') + unitsIn(of, 'SAFETY') + unitsIn(of, 'QUARANTINE');
  const left = unitsIn(of, 'WRITTEN_OFF') + unitsIn(of, 'TRANSFERRED');
  return [
    ...(came === here ? [] : [breach('POOL_NOT_CONSERVED', { ...row, came, here })]),
    ...negative.map(([account, units]) => breach('BALANCE_NEGATIVE', { ...row, account, units })),
    ...(unitsIn(of, 'DEFICIT') > 0 && unitsIn(of, 'FREE') > 0
      ? [breach('SELLS_WHILE_IT_OWES', { ...row, owed: unitsIn(of, 'DEFICIT') })]
      : []),
    ...(sum('granted') === unitsIn(of, 'GRANTED') && sum('applied') === unitsIn(of, 'APPLIED')
      ? []
      : [breach('CHANNELS_DIFFER', { ...row, granted: sum('granted'), applied: sum('applied') })]),
    ...(of.home !== cell && shelf + left > 0
      ? [breach('SPOKE_FOR_ANOTHERS_SHELF', { ...row, home: of.home, units: shelf + left })]
      : []),
  ];
}

function checkRise(
  cell: string,
  number: number,
  { before, of }: { before: PoolTotals; of: PoolTotals },
): Breach[] {
  const row = { cell, number, pool: of.pool };
  const fallen = rising.filter((account) => unitsIn(of, account) < unitsIn(before, account));
  const channels = before.channels.flatMap((was) => {
    const is = of.channels.find(({ peer }) => peer === was.peer);
    const granted = is?.granted ?? 0;
    const applied = is?.applied ?? 0;
    if (granted >= was.granted && applied >= was.applied) return [];
    return [breach('TOTAL_FELL', { ...row, peer: was.peer, granted, applied })];
  });
  return [
    ...fallen.map((account) =>
      breach('TOTAL_FELL', {
        ...{ ...row, account, units: unitsIn(of, account), before: unitsIn(before, account) },
      }),
    ),
    ...channels,
    ...(before.home === of.home ? [] : [breach('HOME_CHANGED', { ...row, home: of.home })]),
  ];
}
