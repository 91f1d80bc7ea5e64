import { openingSplit } from '@entrepot/inventory';
import type { CellId } from '@entrepot/kernel';
import { Market, type Cut, type Wish } from './market.ts';
import { borrowOnly, failThenBorrow, planned, staticSplit, type StockPolicy } from './policies.ts';

/** A sale of one article: twice as many are wanted as there are, and each cell starts with half of them. */
export interface DemandShape {
  readonly stock: number;
  readonly wishesPerSecond: number;
  /** Part of the demand that comes to the first cell. */
  readonly firstShare: number;
  /** What the specification's own simulation had, by the name of the policy; only what it gives. */
  readonly noted: Readonly<Partial<Record<string, Partial<Outcome>>>>;
}

export interface Outcome {
  /** Refused while all cells together had enough, in per cent of all wishes. */
  readonly falsePercent: number;
  /** Likewise, at a time when the cells could reach each other. */
  readonly falseInReachPercent: number;
  /** Waited for another cell and got the goods. */
  readonly waitedPercent: number;
  /** Waited for another cell and heard that there is nothing. */
  readonly waitedInVainPercent: number;
  readonly waitP99Ms: number;
  readonly messagesPerThousand: number;
}

const shape = (
  [stock, wishesPerSecond, firstShare]: readonly [number, number, number],
  [staticFalse, failFalse]: readonly [number, number],
  [borrowWaited, borrowP99]: readonly [number, number],
  [aheadWaited, aheadP99, aheadMessages]: readonly [number, number, number],
): DemandShape => ({
  stock,
  wishesPerSecond,
  firstShare,
  noted: {
    [staticSplit.name]: { falsePercent: staticFalse },
    [failThenBorrow.name]: { falsePercent: failFalse },
    [borrowOnly.name]: { falsePercent: 0, waitedPercent: borrowWaited, waitP99Ms: borrowP99 },
    [planned().name]: {
      falsePercent: 0,
      waitedPercent: aheadWaited,
      waitP99Ms: aheadP99,
      messagesPerThousand: aheadMessages,
    },
  },
});

export const demandShapes: readonly DemandShape[] = [
  shape([1_000, 50, 0.5], [2.4, 1.9], [0.6, 1], [0.1, 0, 18]),
  shape([1_000, 50, 0.7], [39, 29], [1.1, 26], [0.2, 0, 18]),
  shape([1_000, 1_000, 0.7], [39, 39], [10.6, 122], [0.6, 6, 18]),
  shape([1_000, 1_000, 0.95], [70, 69], [18.7, 126], [1, 27, 18]),
  shape([10_000, 10_000, 0.95], [70, 70], [19, 126], [1, 16, 2]),
  shape([20, 2, 0.7], [39, 17], [10.8, 130], [7.8, 110, 220]),
];

/** The border is cut for a minute that spans the end of the sale, and for one within a longer sale. */
export const cutShapes: readonly (readonly [DemandShape, Cut])[] = [1_000, 6_000].flatMap((stock) =>
  [0.7, 0.95].map(
    (firstShare) =>
      [
        { stock, wishesPerSecond: 50, firstShare, noted: {} },
        { from: 10, until: 70 },
      ] as const,
  ),
);

export const comparedPolicies: readonly StockPolicy[] = [
  staticSplit,
  failThenBorrow,
  borrowOnly,
  planned(),
];

/** Who is compared while the border is cut; the last opens the stock by a forecast that is right. */
export const cutContenders: readonly {
  readonly name: string;
  readonly policy: StockPolicy;
  readonly isForecast: boolean;
}[] = [
  ...comparedPolicies.map((policy) => ({ name: policy.name, policy, isForecast: false })),
  { name: `${staticSplit.name}, by forecast`, policy: staticSplit, isForecast: true },
  { name: `${planned().name}, by forecast`, policy: planned(), isForecast: true },
];

const first = 'in-1' as CellId;
const second = 'eu-1' as CellId;

/** A uniform stream from a seed (mulberry32), so that a run can be had again. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function* poisson(shape: DemandShape, seed: number): Generator<Wish> {
  const random = randomFrom(seed);
  let at = 0;
  for (let wish = 0; wish < 2 * shape.stock; wish += 1) {
    at -= Math.log(1 - random()) / shape.wishesPerSecond;
    const cell = random() < shape.firstShare ? first : second;
    yield { at, cell, pool: 'the article', units: 1 };
  }
}

export interface ShapeRun {
  readonly runs: number;
  readonly cut?: Cut;
  /** The part of each cell in the demand is known beforehand: the stock opens and is shared by it. */
  readonly isForecast?: boolean;
}

/** The mean of runs with the seeds 1 to `runs`. */
export function simulateShape(
  policy: StockPolicy,
  shape: DemandShape,
  { runs, cut, isForecast = false }: ShapeRun,
): Outcome {
  const shares = new Map([
    [first, shape.firstShare],
    [second, 1 - shape.firstShare],
  ]);
  const surroundings = {
    ...(cut !== undefined && { cut }),
    ...(isForecast && { forecast: (_pool: string, cell: CellId) => shares.get(cell) }),
  };
  const parts = openingSplit(shape.stock, isForecast ? [...shares.values()] : [1, 1]);
  const all = Array.from({ length: runs }, (_, run) => {
    const market = new Market(policy, [first, second], surroundings);
    const units = new Map([...shares.keys()].map((cell, at) => [cell, parts[at] ?? 0]));
    market.open({ pool: 'the article', home: first, units });
    const tally = market.run(poisson(shape, run + 1));
    return {
      falsePercent: (100 * tally.falseRefusals) / tally.wishes,
      falseInReachPercent: (100 * tally.falseRefusalsInReach) / tally.wishes,
      waitedPercent: (100 * tally.waited) / tally.wishes,
      waitedInVainPercent: (100 * tally.waitedInVain) / tally.wishes,
      waitP99Ms: 1_000 * tally.waitP99(),
      messagesPerThousand: (1_000 * tally.messages) / tally.soldUnits,
    };
  });
  const mean = (pick: (of: Outcome) => number): number =>
    all.reduce((sum, of) => sum + pick(of), 0) / all.length;
  return {
    falsePercent: mean((of) => of.falsePercent),
    falseInReachPercent: mean((of) => of.falseInReachPercent),
    waitedPercent: mean((of) => of.waitedPercent),
    waitedInVainPercent: mean((of) => of.waitedInVainPercent),
    waitP99Ms: mean((of) => of.waitP99Ms),
    messagesPerThousand: mean((of) => of.messagesPerThousand),
  };
}
