/** What one round of a measurement gave. */
export interface Round {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** What was not answered as it should be, by status or code. */
  readonly failures: Readonly<Record<string, number>>;
}

/** The medians of the rounds; failures are those of all rounds. */
export interface Figure extends Round {
  readonly name: string;
  /** Each round's rate: how far the median may be trusted. */
  readonly rounds: readonly number[];
  /** What the rate is held against, measured in the same run. */
  readonly baseline: string;
  readonly baselinePerSecond: number;
  readonly ratio: number;
}

export interface Baseline {
  readonly name: string;
  readonly perSecond: number;
}

export function figureOf(name: string, rounds: readonly Round[], baseline: Baseline): Figure {
  const perSecond = median(rounds.map((round) => round.perSecond));
  return {
    name,
    perSecond,
    p50Ms: median(rounds.map((round) => round.p50Ms)),
    p99Ms: median(rounds.map((round) => round.p99Ms)),
    failures: sumOf(rounds.map(({ failures }) => failures)),
    rounds: rounds.map((round) => round.perSecond),
    baseline: baseline.name,
    baselinePerSecond: baseline.perSecond,
    ratio: baseline.perSecond === 0 ? 0 : perSecond / baseline.perSecond,
  };
}

/** The middle one, the mean of the two in the middle, or 0 of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const upper = Math.floor(sorted.length / 2);
  const lower = Math.ceil(sorted.length / 2) - 1;
  return ((sorted[lower] ?? 0) + (sorted[upper] ?? 0)) / 2;
}

/** Nearest rank, of values in any order; 0 of none. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.max(1, Math.ceil((sorted.length * percent) / 100)) - 1] ?? 0;
}

function sumOf(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const [code, count] of counts.flatMap((one) => Object.entries(one))) {
    sum[code] = (sum[code] ?? 0) + count;
  }
  return sum;
}
