import type { Breach } from '../breach.ts';
import { breach } from '../breach.ts';
import { existingUnits, placedUnits, ToldBooks } from './told-books.ts';
import type { VectorChain } from './vector-chain.ts';

/** What is known over all cells, all pools together, at one cut of vectors. Units. */
export interface ConservationCut {
  /** By cell: the number of its vector, and when it was taken at the latest. */
  readonly vectors: Readonly<
    Record<string, { readonly number: number; readonly notAfter: string }>
  >;
  /** Minted and owed, less written off and transferred. */
  readonly exist: number;
  readonly placed: number;
  /** Given and not taken in. Exact for the vectors of the cut, each at its own instant. */
  readonly inTransit: number;
}

export interface ConservationReport {
  readonly breaches: readonly Breach[];
  /** Channels that were held against a later vector of the donor, and how many had none to be held against yet. */
  readonly proved: number;
  readonly unproved: number;
  readonly cut: ConservationCut | undefined;
}

export interface KnownWorld {
  /** By how much the clocks of two cells may be apart. */
  readonly skewMs: number;
  /** The cell of each warehouse. */
  readonly homes: ReadonlyMap<string, string>;
}

/**
 * Holds the vectors of all cells against themselves and each other: one chain for each cell there is. Pure; why this proves
 * what it says is in docs/explanation/conservation.md.
 */
export function verifyConservation(
  chains: readonly VectorChain[],
  { skewMs, homes }: KnownWorld,
): ConservationReport {
  const books = chains.map(({ cell, vectors }) => new ToldBooks(cell, vectors));
  const byCell = new Map(books.map((of) => [of.cell, of]));
  const crossings = books.flatMap((receiver) => [...crossingsInto(receiver, byCell, skewMs)]);
  const count = (is: Crossing['outcome']) =>
    crossings.filter(({ outcome }) => outcome === is).length;
  return {
    breaches: [
      ...chains.flatMap((of) => of.breaches),
      ...books.flatMap((of) => of.breaches),
      ...crossings.flatMap(({ found }) => (found === undefined ? [] : [found])),
      ...books.flatMap((of) => checkNames(of, { byCell, homes })),
    ],
    proved: count('proved'),
    unproved: count('unproved'),
    cut: cutOf(books),
  };
}

interface Crossing {
  readonly outcome: 'proved' | 'unproved' | 'broken';
  readonly found?: Breach;
}

/**
 * A total that was taken in by an instant had been given by then, and what was given is not forgotten: a vector of the donor
 * from after that instant must have it.
 */
function* crossingsInto(
  receiver: ToldBooks,
  byCell: ReadonlyMap<string, ToldBooks>,
  skewMs: number,
): Generator<Crossing> {
  for (const { at, of } of receiver.tellings()) {
    const vector = receiver.vectors[at];
    if (vector === undefined) continue;
    const instant = Date.parse(vector.notAfter) + skewMs;
    for (const { peer, applied } of of.channels.filter((channel) => channel.applied > 0)) {
      const given = givenBy(byCell.get(peer), { instant, pool: of.pool, receiver: receiver.cell });
      if (given === undefined) yield { outcome: 'unproved' };
      else if (applied <= given.granted) yield { outcome: 'proved' };
      else {
        const row = { pool: of.pool, donor: peer, receiver: receiver.cell, applied, ...given };
        const found = breach('TAKEN_MORE_THAN_GIVEN', { ...row, number: vector.number });
        yield { outcome: 'broken', found };
      }
    }
  }
}

/** What a donor's first vector from after an instant says that it gave; undefined where there is none that knows. */
function givenBy(
  donor: ToldBooks | undefined,
  { instant, pool, receiver }: { instant: number; pool: string; receiver: string },
): { readonly granted: number; readonly donorNumber: number } | undefined {
  const later = donor?.firstFrom(instant);
  if (donor === undefined || later === undefined) return undefined;
  const told = donor.poolAt(pool, later);
  if (told === undefined && !isWholeAt(donor, later)) return undefined;
  const granted = told?.channels.find(({ peer }) => peer === receiver)?.granted ?? 0;
  return { granted, donorNumber: donor.vectors[later]?.number ?? 0 };
}

const isWholeAt = ({ wholeSince }: ToldBooks, at: number): boolean =>
  wholeSince !== undefined && wholeSince <= at;

/** Units come in by the cell that has the warehouse, and cross from cells that there are. */
function checkNames(
  of: ToldBooks,
  { byCell, homes }: { byCell: ReadonlyMap<string, ToldBooks>; homes: KnownWorld['homes'] },
): Breach[] {
  return [...of.pools].flatMap((pool) => {
    const told = of.poolAt(pool, of.vectors.length - 1);
    if (told === undefined) return [];
    const row = { cell: of.cell, pool };
    const [warehouse = ''] = pool.split('/');
    const home = homes.get(warehouse) ?? 'none';
    const strangers = told.channels.filter(({ peer }) => !byCell.has(peer));
    return [
      ...(told.home === home ? [] : [breach('HOME_IS_ANOTHER', { ...row, home, told: told.home })]),
      ...strangers.map(({ peer, granted, applied }) =>
        breach('PEER_UNKNOWN', { ...row, peer, granted, applied }),
      ),
    ];
  });
}

/** The last vectors of all cells, where all their pools have been told. */
function cutOf(books: readonly ToldBooks[]): ConservationCut | undefined {
  const isWhole = books.every((of) => isWholeAt(of, of.vectors.length - 1));
  if (books.length === 0 || !isWhole) return undefined;
  const all = books.flatMap((of) =>
    [...of.pools].flatMap((pool) => of.poolAt(pool, of.vectors.length - 1) ?? []),
  );
  const sum = (units: (of: (typeof all)[number]) => number) =>
    all.reduce((total, of) => total + units(of), 0);
  return {
    vectors: Object.fromEntries(
      books.map(({ cell, vectors }) => {
        const last = vectors.at(-1);
        return [cell, { number: last?.number ?? 0, notAfter: last?.notAfter ?? '' }];
      }),
    ),
    exist: sum(existingUnits),
    placed: sum(placedUnits),
    inTransit: sum(({ channels }) =>
      channels.reduce((units, { granted, applied }) => units + granted - applied, 0),
    ),
  };
}
