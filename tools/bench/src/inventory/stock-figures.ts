import type { LoadFigures } from '@entrepot/inventory/testing';
import { measureInTurns, pairedFigure, roundsOfPairs } from '../paired-figure.ts';
import type { PairedFigure, Question } from '../paired-figure.ts';

/** Where it is told what is measured now, and under which terms. */
export interface StockBenchOptions {
  /** Length of a round. */
  readonly seconds: number;
  /** How much later than from next door the word of the synchronous standby comes, in milliseconds. */
  readonly standbyAwayMs: number;
  readonly print: (line: string) => void;
}

/** One thing to be read from rounds of load. */
export interface StockQuestion extends Question {
  readonly of: (figures: LoadFigures) => number;
}

const warmUpSeconds = 1;

/** Runs both loads in turns, once to warm them, and reads every figure from the same rounds. */
export async function figuresOfLoads(
  questions: readonly StockQuestion[],
  work: {
    readonly measured: (seconds: number) => Promise<LoadFigures>;
    readonly baseline: (seconds: number) => Promise<LoadFigures>;
  },
  { seconds, print }: StockBenchOptions,
  notes: () => readonly string[] = () => [],
): Promise<readonly PairedFigure[]> {
  await work.baseline(warmUpSeconds);
  await work.measured(warmUpSeconds);
  let round = 0;
  const pairs = await measureInTurns(roundsOfPairs, {
    measured: async () => {
      round += 1;
      print(`  round ${round} of ${roundsOfPairs}`);
      return work.measured(seconds);
    },
    baseline: () => work.baseline(seconds),
  });
  return questions.map(({ of, ...question }) =>
    pairedFigure(
      question,
      pairs.map(({ measured, baseline }) => ({ measured: of(measured), baseline: of(baseline) })),
      notes(),
    ),
  );
}

export const perSecond = ({ perSecond: rate }: LoadFigures): number => rate;
export const p50 = ({ p50Ms }: LoadFigures): number => p50Ms;
export const p99 = ({ p99Ms }: LoadFigures): number => p99Ms;
