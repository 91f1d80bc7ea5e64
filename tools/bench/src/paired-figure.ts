import { median } from './figure.ts';

/** What one run gave, and what its baseline gave straight before or after it, in the same unit. */
export interface Pair {
  readonly measured: number;
  readonly baseline: number;
}

/** What a figure should come to; printed beside it and never asserted. */
export interface Aim {
  /** The ratio to the baseline, or the figure itself. */
  readonly of: 'ratio' | 'figure';
  readonly bound: 'at most' | 'at least';
  readonly value: number;
}

/** What is measured in pairs with a baseline. */
export interface Question {
  readonly name: string;
  readonly unit: string;
  /** What the figure is held against. */
  readonly baseline: string;
  readonly aim?: Aim;
}

/** Medians over the pairs. The ratio is the median of the pairs' own ratios. */
export interface PairedFigure extends Question {
  readonly measured: number;
  readonly baselineMeasured: number;
  readonly ratio: number;
  /** Each pair's ratio, in the order in which they were run: how far the median may be trusted. */
  readonly ratios: readonly number[];
  /** Undefined where there is no aim. */
  readonly isMet: boolean | undefined;
  /** What has to be known beside the figure, such as failures. */
  readonly notes: readonly string[];
}

export const roundsOfPairs = 5;

/** Throws a RangeError for no pairs at all, and for a baseline of nothing. */
export function pairedFigure(
  question: Question,
  pairs: readonly Pair[],
  notes: readonly string[] = [],
): PairedFigure {
  if (pairs.length === 0) throw new RangeError(`${question.name}: nothing was measured`);
  if (pairs.some(({ baseline }) => baseline <= 0)) {
    throw new RangeError(`${question.name}: the baseline came to nothing`);
  }
  const ratios = pairs.map(({ measured, baseline }) => measured / baseline);
  const measured = median(pairs.map((pair) => pair.measured));
  const ratio = median(ratios);
  return {
    ...question,
    ...{ measured, ratio, ratios, notes },
    baselineMeasured: median(pairs.map((pair) => pair.baseline)),
    isMet: question.aim && meets(question.aim, question.aim.of === 'ratio' ? ratio : measured),
  };
}

const meets = ({ bound, value }: Aim, found: number): boolean =>
  bound === 'at most' ? found <= value : found >= value;

/** Runs both in turn, so that what else the machine does meets both; every other pair begins with the other. */
export async function measureInTurns<T = number>(
  rounds: number,
  work: { readonly measured: () => Promise<T>; readonly baseline: () => Promise<T> },
): Promise<readonly { readonly measured: T; readonly baseline: T }[]> {
  const pairs: { measured: T; baseline: T }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    if (round % 2 === 0) {
      const baseline = await work.baseline();
      pairs.push({ measured: await work.measured(), baseline });
    } else {
      const measured = await work.measured();
      pairs.push({ measured, baseline: await work.baseline() });
    }
  }
  return pairs;
}
