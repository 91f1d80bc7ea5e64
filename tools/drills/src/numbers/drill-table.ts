/** One spec of a Jest report, by the number in its title. */
export interface DrilledSpec {
  readonly number: number;
  readonly title: string;
  readonly file: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly seconds: number;
}

interface JestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly ancestorTitles?: readonly string[];
      readonly status: string;
      readonly duration?: number | null;
    }[];
  }[];
}

const numbered = /^T(?<number>[1-9]\d?) /;

export const numberOf = (title: string): number | undefined => {
  const found = numbered.exec(title)?.groups?.['number'];
  return found === undefined ? undefined : Number(found);
};

/** A spec has the number of its title, or of the block that it stands in. */
const numberWithin = (titles: readonly string[]): number | undefined =>
  titles
    .toReversed()
    .map(numberOf)
    .find((number) => number !== undefined);

/**
 * What Jest says of the specs that have a number, or of those with one number. A file that could not be
 * loaded has no specs: it counts as one that failed.
 */
export function drilledSpecs(reportText: string, only?: number): DrilledSpec[] {
  const { testResults } = JSON.parse(reportText) as JestReport;
  return testResults.flatMap(({ name: file, status, assertionResults }) => {
    if (assertionResults.length === 0 && status === 'failed') {
      return [
        { number: 0, title: 'cannot be loaded', file, outcome: 'failed' as const, seconds: 0 },
      ];
    }
    return assertionResults.flatMap((spec) => {
      const number = numberWithin([...(spec.ancestorTitles ?? []), spec.title]);
      if (number === undefined || (only !== undefined && number !== only)) return [];
      const outcome = outcomeOf(spec.status);
      return [{ number, title: spec.title, file, outcome, seconds: (spec.duration ?? 0) / 1_000 }];
    });
  });
}

function outcomeOf(status: string): DrilledSpec['outcome'] {
  if (status === 'passed') return 'passed';
  return status === 'failed' ? 'failed' : 'skipped';
}

/** A skipped drill shows nothing, and counts as one that failed. */
export const hasFailed = ({ outcome }: DrilledSpec): boolean => outcome !== 'passed';
