import type { ChannelTotals, PoolBalances } from '../check-stock.ts';
import type { PoolSummary, UnitsSummary } from './unit-summary.ts';

/**
 * What was learnt of one cell: its books, and its channels a second time after the books of all cells had been read.
 * A cell that could not be reached is unknown; its units are not zero.
 */
export type CellLook =
  | {
      readonly cell: string;
      readonly units: UnitsSummary;
      readonly again: readonly ChannelTotals[];
    }
  | { readonly cell: string; readonly unknown: string };

/**
 * Units that a donor has given and a receiver has not taken in, at the instant between the two looks: totals only rise,
 * so they are at least what had been given before less what was taken in after, and at most the reverse.
 */
export interface Transit {
  readonly donor: string;
  readonly receiver: string;
  readonly least: number;
  readonly most: number;
  /** Milliseconds since 1970: when the oldest of them was given, by the donor's clock. */
  readonly since: number | undefined;
  /** They have been on their way for longer than the givings that were looked back at reach. */
  readonly isOlder: boolean;
  /** The receiver could not be asked: what it has not acknowledged may be there or on its way. */
  readonly isUnacknowledgedOnly: boolean;
}

export interface PoolPlace {
  readonly cell: string;
  /** Undefined where the cell is unknown. */
  readonly pool: PoolSummary | undefined;
}

export interface ExplainedPool {
  readonly pool: string;
  readonly home: string;
  readonly places: readonly PoolPlace[];
  readonly transits: readonly Transit[];
  /** Over the cells that are known. */
  readonly totals: Readonly<Record<Exclude<keyof PoolBalances, 'pool' | 'home'>, number>>;
  /** What is wrong, one sentence each, with the cell that it is wrong in. */
  readonly breaches: readonly string[];
}

export interface ExplainedUnits {
  readonly sku: string;
  readonly unknown: readonly { readonly cell: string; readonly why: string }[];
  readonly pools: readonly ExplainedPool[];
}

type Known = Extract<CellLook, { units: UnitsSummary }>;
const isKnown = (look: CellLook): look is Known => 'units' in look;

const accounts = [
  ...(['minted', 'applied', 'deficit', 'free', 'held', 'sold', 'shipped', 'safety'] as const),
  ...(['quarantine', 'suspense', 'granted', 'writtenOff', 'transferred'] as const),
];

/** Puts together where all units of an article are. Pure. */
export function explainUnits(sku: string, looks: readonly CellLook[]): ExplainedUnits {
  const known = looks.filter(isKnown);
  const ids = new Set(known.flatMap(({ units }) => units.pools.map((of) => of.balances.pool)));
  return {
    sku,
    unknown: looks.flatMap((look) =>
      isKnown(look) ? [] : [{ cell: look.cell, why: look.unknown }],
    ),
    pools: [...ids].toSorted().map((pool) => explainPool(pool, looks)),
  };
}

function explainPool(pool: string, looks: readonly CellLook[]): ExplainedPool {
  const places = looks.map((look) => ({
    cell: look.cell,
    pool: isKnown(look) ? (bookOf(look, pool) ?? nothingOf(pool)) : undefined,
  }));
  const books = places.flatMap((of) => (of.pool === undefined ? [] : [of.pool]));
  const home = books.find(({ balances }) => balances.home !== '')?.balances.home ?? '';
  const sum = (account: (typeof accounts)[number]) =>
    books.reduce((all, { balances }) => all + balances[account], 0);
  const transits = looks.filter(isKnown).flatMap((donor) => transitsFrom(donor, pool, looks));
  const ownBreaches = places.flatMap((of) =>
    (of.pool?.breaches ?? []).map((breach) => `${of.cell} ${breach}`),
  );
  return {
    ...{ pool, home, places, transits: transits.filter(({ most }) => most !== 0) },
    totals: Object.fromEntries(
      accounts.map((account) => [account, sum(account)]),
    ) as ExplainedPool['totals'],
    breaches: [...ownBreaches, ...transits.flatMap(overdrawn)],
  };
}

const bookOf = ({ units }: Known, pool: string): PoolSummary | undefined =>
  units.pools.find(({ balances }) => balances.pool === pool);

/** A cell without books of a pool has none of its units. */
const nothingOf = (pool: string): PoolSummary => ({
  balances: {
    ...{ pool, home: '' },
    ...(Object.fromEntries(accounts.map((account) => [account, 0])) as Omit<
      PoolBalances,
      'pool' | 'home'
    >),
  },
  ...{ channels: [], orders: { holding: 0, bought: 0 }, newestGiven: [], movements: 0 },
  breaches: [],
});

function transitsFrom(donor: Known, pool: string, looks: readonly CellLook[]): Transit[] {
  const book = bookOf(donor, pool);
  return (book?.channels ?? []).map(({ peer, granted, acked }) => {
    const later = channelIn(donor.again, pool, peer)?.granted ?? granted;
    const receiver = looks.find(({ cell }) => cell === peer);
    const arrived = arrivedAt(receiver, pool, donor.cell) ?? { first: acked, again: later };
    const most = later - arrived.first;
    return {
      ...{ donor: donor.cell, receiver: peer, most },
      least: Math.min(most, Math.max(0, granted - arrived.again)),
      ...sinceWhen(book?.newestGiven ?? [], peer, most),
      isUnacknowledgedOnly: receiver === undefined || !isKnown(receiver),
    };
  });
}

/** What a receiver had taken in from a donor at its two looks; undefined where it could not be asked. */
function arrivedAt(
  receiver: CellLook | undefined,
  pool: string,
  donor: string,
): { readonly first: number; readonly again: number } | undefined {
  if (receiver === undefined || !isKnown(receiver)) return undefined;
  const first = channelIn(bookOf(receiver, pool)?.channels ?? [], pool, donor)?.applied ?? 0;
  return { first, again: channelIn(receiver.again, pool, donor)?.applied ?? first };
}

const channelIn = (
  channels: readonly ChannelTotals[],
  pool: string,
  peer: string,
): ChannelTotals | undefined => channels.find((of) => of.pool === pool && of.peer === peer);

/** The units that are on their way are the newest that were given: a total is taken in as a whole. */
function sinceWhen(
  given: PoolSummary['newestGiven'],
  peer: string,
  units: number,
): Pick<Transit, 'since' | 'isOlder'> {
  let covered = 0;
  let since: number | undefined;
  for (const one of given) {
    if (one.peer !== peer || covered >= units) continue;
    covered += one.units;
    since = one.at;
  }
  return { since, isOlder: covered < units };
}

const overdrawn = ({ donor, receiver, most }: Transit): string[] =>
  most < 0
    ? [`${receiver} TAKEN_MORE_THAN_GIVEN: ${-most} more than ${donor} remembers giving`]
    : [];
